// Gives the running experiment's challenger the record that it would have earned live, from blocks of the archive: the
// symbols keep the blocks, and the evidence is computed anew from those and the live ones.
import { askSymbol } from "../../clients/symbols.ts";
import { registryOf } from "../../clients/registry.ts";
import type { ChangeCause } from "../../durable/registry/alias-history.ts";
import type { Experiment } from "../../durable/registry/experiment.ts";
import type { ChangeRefusal } from "../../durable/registry/outcome.ts";
import type { BackfillOutcome } from "../../durable/symbol/evaluation/take-backfill.ts";
import { updateModels } from "../../model-refresh.ts";
import { type BackfillRule, blocksFault } from "../../quality/promotion/backfill-fault.ts";
import { ALL_DECIDED, minRows, poolBlocks } from "../../quality/promotion/sequential-blocks.ts";
import { trainedThrough } from "../../quality/promotion/trained-through.ts";
import { SequentialEvidence } from "../../quality/promotion/sequential-evidence.ts";
import type { BlockGain, QualityPair } from "../../quality/quality-series.ts";
import { BLOCK_STEPS } from "../../quality/step-ring.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { collectBlocks } from "./collect-blocks.ts";
import { comparesPair } from "./experiment-coverage.ts";
import { type ExperimentEvaluation, evaluateExperiment } from "./evaluate-experiment.ts";

/** What a challenger has earned from the archive, for the experiment of that id and pair. */
export interface ArchiveRecord {
  readonly experiment: string;
  readonly pair: QualityPair;
  /** Each symbol's blocks, never empty. */
  readonly symbols: readonly { readonly symbol: string; readonly blocks: readonly BlockGain[] }[];
}

interface BackfilledSymbol {
  readonly symbol: string;
  readonly blocks: readonly BlockGain[];
  /** The first block that was compared live; `null` before it. */
  readonly firstLive: number | null;
}

/** Why nothing was kept. */
export type BackfillRefusal =
  | { readonly ok: false; readonly code: ChangeRefusal }
  | {
      readonly ok: false;
      readonly code:
        | "experiment_not_serving"
        | "unknown_symbol"
        | "decided_blocks_gone"
        | Extract<BackfillOutcome, { readonly ok: false }>["code"];
      readonly detail: string;
    };

export type BackfillResult =
  | {
      readonly ok: true;
      readonly symbols: readonly BackfilledSymbol[];
      /** End of what the champion was trained on, ms since 1970. */
      readonly championTrainedMs: number;
      /** Whether the champion knows blocks that count here: they are in its favour. */
      readonly favoursChampion: boolean;
      readonly evaluation: ExperimentEvaluation;
    }
  | BackfillRefusal;

/**
 * Checks everything, then keeps it, and judges the experiment. Blocks given again replace the earlier ones of their
 * symbol. Nothing is kept when a block is refused. Throws what an unreachable object throws; the request may then be
 * sent again.
 * @param cause for the history.
 */
export async function backfillExperiment(env: Env, record: ArchiveRecord, cause: ChangeCause): Promise<BackfillResult> {
  const { experiment } = await registryOf(env).read();
  const models = await updateModels(env);
  if (experiment === null) return { ok: false, code: "no_experiment" };
  if (experiment.id !== record.experiment || !comparesPair(record, experiment)) {
    return { ok: false, code: "experiment_changed" };
  }
  const [champion, challenger] = (["champion", "challenger"] as const).map((alias) => models.byAlias[alias]?.manifest);
  if (champion?.onnxSha256 !== experiment.champion || challenger?.onnxSha256 !== experiment.challenger) {
    return { ok: false, code: "experiment_not_serving", detail: "an artifact of it is not serving here, see /health" };
  }
  const { stepMs } = settingsOf(env).engine.grid;
  const rule = { horizonSteps: challenger.label.horizonSteps, trainedThrough: trainedThrough(challenger, stepMs) };
  const refused = refusedBlocks(record, rule) ?? (await decidedGone(env, record, experiment, rule));
  if (refused !== undefined) return refused;
  const looked = await giveBlocks(env, record, false);
  if (!looked.ok) return looked;
  const given = await giveBlocks(env, record, true);
  if (!given.ok) return given;
  const noted = { symbols: record.symbols.map(({ symbol }) => symbol), text: noteText(record, stepMs) };
  const outcome = await registryOf(env).noteBackfill(experiment.id, noted, cause);
  if (!outcome.ok) return outcome;
  const { toMs: championTrainedMs } = champion.training;
  const evaluation = await evaluateExperiment(env, cause.atMs);
  return {
    ok: true,
    symbols: given.symbols,
    championTrainedMs,
    favoursChampion: firstMs(record.symbols, stepMs) < championTrainedMs,
    evaluation,
  };
}

function refusedBlocks({ symbols }: ArchiveRecord, rule: BackfillRule): BackfillRefusal | undefined {
  for (const { symbol, blocks } of symbols) {
    const fault = blocksFault(blocks, rule);
    if (fault !== undefined) return { ok: false, code: fault.code, detail: `${symbol}: ${fault.detail}` };
  }
  return undefined;
}

/**
 * Whether the symbols no longer keep blocks that were decided, and the record has none in their place: evidence without
 * them would be another one.
 */
async function decidedGone(
  env: Env,
  { symbols }: ArchiveRecord,
  experiment: Experiment,
  { horizonSteps, trainedThrough: throughBlock }: BackfillRule,
): Promise<BackfillRefusal | undefined> {
  const kept = (await registryOf(env).readEvidence(experiment.id))?.evidence ?? null;
  const decidedThrough = kept?.throughBlock ?? null;
  if (kept === null || decidedThrough === null) return undefined;
  const rule = { throughBlock, lagBlocks: ALL_DECIDED, minRows: minRows(horizonSteps) };
  const parts = (await collectBlocks(env, experiment, rule)).filter((part) => comparesPair(part, experiment));
  const decided = parts.map(({ symbol, fresh }) => {
    const given = symbols.find((one) => one.symbol === symbol)?.blocks ?? [];
    return [...fresh, ...given].filter(({ block }) => block <= decidedThrough);
  });
  const { blocks } = poolBlocks(decided, rule);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const before = SequentialEvidence.from(kept).verdict();
  if (blocks.length >= before.blocks && rows >= before.rows) return undefined;
  const detail =
    `${before.blocks} blocks of ${before.rows} rows were decided, and the symbols keep ${blocks.length} of ${rows}: ` +
    "a removed symbol had them, or they are older than thirty days";
  return { ok: false, code: "decided_blocks_gone", detail };
}

/** Asks each symbol of the record to look at its blocks, or to keep them. */
async function giveBlocks(
  env: Env,
  { experiment, pair, symbols }: ArchiveRecord,
  keep: boolean,
): Promise<BackfillRefusal | { readonly ok: true; readonly symbols: readonly BackfilledSymbol[] }> {
  const { grid } = settingsOf(env);
  const given: BackfilledSymbol[] = [];
  for (const { symbol, blocks } of symbols) {
    const request = { experiment, pair, blocks, keep };
    const outcome = (await askSymbol(env, symbol, async (stub) => await stub.backfill(request, grid))) ?? undefined;
    if (outcome === undefined) return { ok: false, code: "unknown_symbol", detail: symbol };
    if (!outcome.ok) return { ok: false, code: outcome.code, detail: `${symbol}: ${outcome.detail}` };
    given.push({ symbol, blocks, firstLive: outcome.firstLive });
  }
  return { ok: true, symbols: given };
}

/** Begin of the earliest block. */
function firstMs(symbols: ArchiveRecord["symbols"], stepMs: number): number {
  return Math.min(...symbols.map(({ blocks }) => blocks[0]!.block)) * BLOCK_STEPS * stepMs;
}

/** `BTC-USD and 2 more backfilled from 2026-11-01T00:00:00.000Z`. */
function noteText({ symbols }: ArchiveRecord, stepMs: number): string {
  const [first] = symbols;
  const names = symbols.length > 1 ? `${first?.symbol} and ${symbols.length - 1} more` : `${first?.symbol}`;
  const blocks = symbols.reduce((sum, one) => sum + one.blocks.length, 0);
  return `${names} backfilled with ${blocks} blocks from ${new Date(firstMs(symbols, stepMs)).toISOString()} on`;
}
