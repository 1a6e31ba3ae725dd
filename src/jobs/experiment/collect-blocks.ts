// Collects every symbol's part of the running experiment.
import type { BlockGain } from "../../quality/quality-series.ts";
import type { PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../quality/promotion/sequential-evidence.ts";
import { listSymbols } from "../../clients/directory.ts";
import type { Experiment } from "../../durable/registry/experiment.ts";
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
  /** The blocks of the archive among all. */
  readonly backfilled: ExperimentBlocks["backfilled"];
  /** The first block that was compared live; `null` before it. */
  readonly firstLive: number | null;
  readonly replaceableThrough: number | null;
}

/**
 * Asks every symbol of the directory for its part of an experiment. A failing object is logged and marked, and does not
 * affect the others.
 * @param rule with the last block that was decided before.
 */
export async function collectBlocks(
  env: Env,
  { id, tries }: Pick<Experiment, "id" | "tries">,
  rule: PoolingRule,
): Promise<SymbolPart[]> {
  const symbols = await listSymbols(env);
  const answers = await askSymbols(env, symbols, { event: "experiment_symbol_failed" }, async (stub, symbol) =>
    partOf(symbol, { rule, tries }, (await stub.experimentBlocks(settingsOf(env).grid, id)) ?? undefined),
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
  // An object of an older version says nothing of a backfill.
  const { pair, answered, blocks, ...rest } = (answer ?? NOTHING) as Answered;
  const { backfilled = null, firstLive = null, replaceableThrough = null } = rest;
  const fresh = blocks.filter(({ block }) => block > (rule.throughBlock ?? -Infinity));
  const verdict = promotionVerdict(answer === undefined ? [] : [blocks], rule, tries);
  return { symbol, failed: false, pair, answered, verdict, fresh, backfilled, firstLive, replaceableThrough };
}

type Newer = "backfilled" | "firstLive" | "replaceableThrough";
type Answered = Omit<ExperimentBlocks, Newer> & Partial<Pick<ExperimentBlocks, Newer>>;

const NOTHING: ExperimentBlocks = {
  pair: null,
  answered: { champion: 0, challenger: 0 },
  blocks: [],
  backfilled: null,
  firstLive: null,
  replaceableThrough: null,
};
