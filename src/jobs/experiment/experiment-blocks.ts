// What every symbol's object knows of the running experiment.
import type { BlockGain } from "../../quality/quality-series.ts";
import type { PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../quality/promotion/sequential-evidence.ts";
import { listSymbols } from "../../durable/directory/object.ts";
import type { Env } from "../../settings.ts";

/** One symbol's part of an experiment, as its object answers. */
export interface ExperimentBlocks {
  /** SHA-256 of the two models that `blocks` compares: an object may not have heard yet of the newest experiment. */
  readonly pair: { readonly champion: string; readonly challenger: string } | null;
  readonly blocks: readonly BlockGain[];
  /** Steps since the experiment began that each of them answered, whatever is compared. */
  readonly answered: { readonly champion: number; readonly challenger: number };
}

/** What is kept of a symbol's answer: of a thousand symbols' blocks of thirty days not all fit into one isolate. */
export interface SymbolPart {
  readonly symbol: string;
  /** Whether the object did not answer. One without a tick has no pair and nothing else. */
  readonly failed: boolean;
  readonly pair: ExperimentBlocks["pair"];
  readonly answered: ExperimentBlocks["answered"];
  /** What the rule would say of all blocks of this symbol alone. */
  readonly verdict: PromotionVerdict;
  /** The blocks that are not decided yet. */
  readonly fresh: readonly BlockGain[];
}

/** Objects asked at the same time. */
const PARALLEL = 32;

/**
 * Asks every symbol of the directory. One that fails is logged and marked, and holds up nobody.
 * @param rule with the last block that was decided before.
 */
export async function collectBlocks(env: Env, rule: PoolingRule, nowMs: number): Promise<SymbolPart[]> {
  const symbols = await listSymbols(env, nowMs);
  const parts: SymbolPart[] = [];
  for (let from = 0; from < symbols.length; from += PARALLEL) {
    parts.push(...(await Promise.all(symbols.slice(from, from + PARALLEL).map((symbol) => ask(env, rule, symbol)))));
  }
  return parts;
}

async function ask(env: Env, rule: PoolingRule, symbol: string): Promise<SymbolPart> {
  try {
    const answer = await env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol)).experimentBlocks();
    const { pair, answered, blocks } = answer ?? NOTHING;
    const fresh = blocks.filter(({ block }) => block > (rule.throughBlock ?? -Infinity));
    return { symbol, failed: false, pair, answered, verdict: promotionVerdict([blocks], rule), fresh };
  } catch (error) {
    console.error(JSON.stringify({ event: "experiment_symbol_failed", symbol, error: String(error) }));
    return { symbol, failed: true, ...NOTHING, verdict: promotionVerdict([], rule), fresh: [] };
  }
}

const NOTHING = { pair: null, answered: { champion: 0, challenger: 0 }, blocks: [] as readonly BlockGain[] };
