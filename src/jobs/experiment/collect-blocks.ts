// Collects every symbol's part of the running experiment.
import type { BlockGain } from "../../quality/quality-series.ts";
import type { PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../quality/promotion/sequential-evidence.ts";
import { listSymbols } from "../../clients/directory.ts";
import type { ExperimentBlocks } from "../../durable/symbol/evaluation/experiment-blocks-of.ts";
import type { Env } from "../../settings.ts";
import { logError } from "../../log.ts";
import { symbolOf } from "../../clients/symbols.ts";

/** A summary of a symbol's answer: thirty days of blocks of a thousand symbols do not fit into one isolate. */
export interface SymbolPart {
  readonly symbol: string;
  /** Whether the object did not answer. A symbol without ticks has no pair and no blocks. */
  readonly failed: boolean;
  readonly pair: ExperimentBlocks["pair"];
  readonly answered: ExperimentBlocks["answered"];
  /** The rule's verdict on all blocks of this symbol alone. */
  readonly verdict: PromotionVerdict;
  /** The blocks that are not decided yet. */
  readonly fresh: readonly BlockGain[];
}

/** Objects asked at the same time. */
const PARALLEL = 32;

/**
 * Asks every symbol of the directory. A failing object is logged and marked, and does not affect the others.
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
