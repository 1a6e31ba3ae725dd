// Collects every symbol's part of the running experiment.
import type { BlockGain } from "../../quality/quality-series.ts";
import type { PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../quality/promotion/sequential-evidence.ts";
import { listSymbols } from "../../clients/directory.ts";
import type { ExperimentBlocks } from "../../durable/symbol/evaluation/experiment-blocks-of.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { askSymbols } from "../../clients/symbols.ts";

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

/**
 * Asks every symbol of the directory. A failing object is logged and marked, and does not affect the others.
 * @param rule with the last block that was decided before; @param tries comparisons with this champion so far.
 */
export async function collectBlocks(env: Env, rule: PoolingRule, tries: number): Promise<SymbolPart[]> {
  const symbols = await listSymbols(env);
  const answers = await askSymbols(env, symbols, { event: "experiment_symbol_failed" }, async (stub, symbol) =>
    partOf(symbol, { rule, tries }, (await stub.experimentBlocks(settingsOf(env).grid)) ?? undefined),
  );
  return answers.map(
    ({ symbol, answer, failed }) => answer ?? { ...partOf(symbol, { rule, tries }, undefined), failed },
  );
}

/** @param answer `undefined` for a symbol without ticks. */
function partOf(
  symbol: string,
  { rule, tries }: { readonly rule: PoolingRule; readonly tries: number },
  answer: ExperimentBlocks | undefined,
): SymbolPart {
  const { pair, answered, blocks } = answer ?? NOTHING;
  const fresh = blocks.filter(({ block }) => block > (rule.throughBlock ?? -Infinity));
  const verdict = promotionVerdict(answer === undefined ? [] : [blocks], rule, tries);
  return { symbol, failed: false, pair, answered, verdict, fresh };
}

const NOTHING: ExperimentBlocks = { pair: null, answered: { champion: 0, challenger: 0 }, blocks: [] };
