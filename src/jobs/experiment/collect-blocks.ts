// What every symbol's object knows of the running experiment.
import type { BlockGain } from "../../quality/quality-series.ts";
import type { PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../quality/promotion/sequential-evidence.ts";
import { listSymbols } from "../../clients/directory.ts";
import type { ExperimentBlocks } from "../../durable/symbol/evaluation/experiment-blocks-of.ts";
import type { Env } from "../../settings.ts";
import { logError } from "../../log.ts";
import { symbolOf } from "../../clients/symbols.ts";

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
    const answer = await symbolOf(env, symbol).experimentBlocks();
    const { pair, answered, blocks } = answer ?? NOTHING;
    const fresh = blocks.filter(({ block }) => block > (rule.throughBlock ?? -Infinity));
    return { symbol, failed: false, pair, answered, verdict: promotionVerdict([blocks], rule), fresh };
  } catch (error) {
    logError("experiment_symbol_failed", { symbol, error: String(error) });
    return { symbol, failed: true, ...NOTHING, verdict: promotionVerdict([], rule), fresh: [] };
  }
}

const NOTHING = { pair: null, answered: { champion: 0, challenger: 0 }, blocks: [] as readonly BlockGain[] };
