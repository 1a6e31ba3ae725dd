// Processes batches: apply them, score the steps that close, record the scores, store, answer. `processBatches` needs
// exclusive access to the symbol. If it throws, nothing of the batch is stored, and the caller reloads the symbol.
import { noCounts } from "../../features/batch-counts.ts";
import type { ClosedSteps } from "../../features/closed-steps.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import { ROW_NAMES, type RowName } from "../../features/schema.ts";
import type { DirectoryEntry } from "../directory/object.ts";
import { adoptModels } from "./adopt-models.ts";
import type { Batch, BatchOutcome } from "./batch.ts";
import type { Evaluation } from "./evaluation/evaluation.ts";
import {
  type GridServing,
  type LatestStep,
  type LiveGrid,
  type LiveSymbol,
  type Serving,
  servingOf,
} from "./live-symbol.ts";
import { beginAnswering, logAnswers } from "./log-answers.ts";
import { latestStep } from "./prediction.ts";
import { scoreReplayed } from "./refresh-prediction.ts";
import type { RetainedModels } from "./retained-models.ts";
import type { StepScores } from "./scoring.ts";
import { countScoringErrors } from "./scoring-errors.ts";
import { championSpec, mostTraceBytes, type StepTrace, traceSteps } from "./trace.ts";

/** A batch of one symbol as the Worker sends it. */
export interface IngestBatch extends Batch {
  readonly symbol: string;
  /** Most bytes of a trace of what the batch computed; `null` for no trace. */
  readonly maxTraceBytes: number | null;
  /** How many of the ticks were given the time of their receipt. */
  readonly receiptTimed?: number | undefined;
  /** Of the request that brought the batch, for the log. */
  readonly requestId?: string | undefined;
  /** What the directory says; without it the batch creates no symbol. */
  readonly admitted?: DirectoryEntry | undefined;
}

/**
 * Why nothing of a batch was applied. A full archive backlog passes by itself, and so does `champion_unknown`: the
 * symbol is new, and its label is not known yet. `symbol_busy`: too many batches wait. `not_created`: there is no such
 * symbol, send the batch again with what the directory says.
 */
type BatchRefusal =
  | "archive_backlog"
  | "champion_unknown"
  | "not_created"
  | "sequence_conflict"
  | "sequence_too_old"
  | "symbol_busy"
  | "trace_too_large";

/** The outcome of a batch. */
export interface BatchAnswer extends BatchOutcome {
  readonly trace: readonly StepTrace[] | undefined;
  /** Those of the further grids, by name; `undefined` where nothing is traced. */
  readonly gridTraces?: Readonly<Record<string, readonly StepTrace[]>> | undefined;
  /** Set when nothing of the batch was applied. */
  readonly refused?: BatchRefusal;
}

/**
 * Applies batches durably and scores the steps they close. A scoring error or a fault of the monitor loses no tick.
 * Batches that wait together are applied and scored as one, and stored each in its slot: most of what a batch costs is
 * not its ticks. If one is refused for a reason that passes by itself, every other new one is too.
 * @param batches of which only a single one can be traced.
 */
export async function processBatches(
  batches: readonly IngestBatch[],
  live: LiveSymbol,
  serving: Serving,
  nowMs: number,
): Promise<BatchAnswer[]> {
  await scoreReplayed(live, serving);
  const judged = batches.map((batch) => live.engine.judgeSequence(batch));
  const fresh = batches.filter((_, i) => judged[i] === "new");
  const refusal = fresh.length === 0 ? undefined : refusalOf(fresh, live);
  const isTaken = fresh.length > 0 && refusal === undefined;
  const answers = isTaken ? await applyAsOne(fresh, live, serving, nowMs) : [];
  return batches.map((batch, i) => {
    const sequence = judged[i]!;
    if (sequence === "duplicate") return redelivered(batch, live);
    if (sequence !== "new") return refusedBatch(sequence);
    return refusal === undefined ? answers.shift()! : refusedBatch(refusal);
  });
}

async function applyAsOne(
  batches: readonly IngestBatch[],
  live: LiveSymbol,
  serving: Serving,
  nowMs: number,
): Promise<BatchAnswer[]> {
  const { engine, evaluation } = live;
  const { models } = serving;
  const isAnsweredOtherwise = beginAnswering(live, serving);
  adoptModels(live, serving);
  if (isAnsweredOtherwise && beginAnswering(live, serving)) engine.saveSnapshot(evaluation);
  engine.prepare(evaluation, batches.length);
  const rows = joinedRows(batches);
  const tracing = batches[0]!.maxTraceBytes === null ? undefined : new Map<LiveGrid, StepTrace[]>();
  const read = tracing === undefined ? rowsRead(models, evaluation) : ROW_NAMES;
  const predicted = await scoreRounds(live, engine.rounds(rows, read), serving, tracing);
  const predictedOnGrids = live.grids.size === 0 ? [] : await feedGrids(live, engine.appliedOf(rows), serving, tracing);
  // Last: what is stored is answered.
  const outcomes = engine.commit(batches, nowMs);
  for (const { receiptTimed = 0 } of batches) live.counters.receiptTimedTicks += receiptTimed;
  for (const { grid, latest } of predictedOnGrids) grid.latest = latest;
  if (predicted !== undefined) live.latest = predicted;
  return outcomes.map((outcome) => ({ ...outcome, ...tracesOf(live, tracing) }));
}

/** Before anything is applied: an answer that is too large for RPC would lose the acknowledgement. */
function refusalOf([first]: readonly IngestBatch[], live: LiveSymbol): BatchRefusal | undefined {
  if (live.engine.archive?.isBacklogged === true) return "archive_backlog";
  const { maxTraceBytes, rows } = first!;
  return maxTraceBytes !== null && mostBytesOfTraces(rows, live) > maxTraceBytes ? "trace_too_large" : undefined;
}

function joinedRows(batches: readonly IngestBatch[]): Float64Array {
  if (batches.length === 1) return batches[0]!.rows;
  const joined = new Float64Array(batches.reduce((sum, { rows }) => sum + rows.length, 0));
  let at = 0;
  for (const { rows } of batches) {
    joined.set(rows, at);
    at += rows.length;
  }
  return joined;
}

/** Traces by grid. */
type Tracing = Map<LiveGrid, StepTrace[]>;

function mostBytesOfTraces(rows: Float64Array, live: LiveSymbol): number {
  const grids = [live, ...live.grids.values()];
  return grids.reduce((sum, { engine }) => sum + mostTraceBytes(rows, engine.features), 0);
}

/** No trace of a grid that closed no step. */
function tracesOf(live: LiveSymbol, tracing: Tracing | undefined): Pick<BatchAnswer, "trace" | "gridTraces"> {
  const further = [...live.grids].flatMap(([name, grid]) => {
    const traces = tracing?.get(grid);
    return traces === undefined ? [] : [[name, traces] as const];
  });
  const gridTraces = further.length === 0 ? {} : { gridTraces: Object.fromEntries(further) };
  return { trace: tracing?.get(live), ...gridTraces };
}

/** Applies what the default grid applied to the further ones, and scores the steps that this closes. */
async function feedGrids(
  live: LiveSymbol,
  applied: Float64Array,
  serving: Serving,
  tracing: Tracing | undefined,
): Promise<{ readonly grid: LiveGrid; readonly latest: LatestStep }[]> {
  const predicted: { readonly grid: LiveGrid; readonly latest: LatestStep }[] = [];
  for (const grid of live.grids.values()) {
    const own = servingOf(serving, grid);
    const rows = tracing === undefined ? rowsRead(own.models, grid.evaluation) : ROW_NAMES;
    const latest = await scoreRounds(grid, grid.engine.rounds(applied, rows), own, tracing);
    if (latest !== undefined) predicted.push({ grid, latest });
  }
  return predicted;
}

/** Scores and records the steps of a grid, round by round. Returns its live prediction; `undefined` if none closed. */
async function scoreRounds(
  grid: LiveGrid,
  rounds: Iterable<ClosedSteps>,
  serving: GridServing,
  tracing: Tracing | undefined,
): Promise<LatestStep | undefined> {
  const { name, evaluation } = grid;
  const { features, warm } = grid.engine;
  const { models, experiment } = serving;
  let scores: StepScores | undefined;
  for (const steps of rounds) {
    scores = evaluation.learn(steps, await models.score(steps, features));
    countScoringErrors(grid, scores);
    evaluation.record(steps, scores, experiment);
    logAnswers(grid, steps, scores, serving);
    if (tracing !== undefined) {
      const trace = traceSteps(steps, scores, championSpec(features, models.served));
      const traces = tracing.get(grid);
      if (traces === undefined) tracing.set(grid, [trace]);
      else traces.push(trace);
    }
  }
  if (scores === undefined) return undefined;
  return latestStep(name, features, scores, { models: models.served, experiment, warm });
}

/** The rows that a served model takes, and that of the champion that is watched: it may be one of before. */
function rowsRead({ rows }: RetainedModels, { monitor }: Evaluation): readonly RowName[] {
  return ROW_NAMES.filter((row) => rows.has(row) || row === monitor.rowRead);
}

const NOTHING: BatchAnswer = { ...noCounts(), outlierRows: [], trace: undefined };

/** The answer to a batch of which nothing was taken. */
export function refusedBatch(refused: BatchRefusal): BatchAnswer {
  return { ...NOTHING, refused };
}

function redelivered({ rows }: IngestBatch, { counters }: LiveSymbol): BatchAnswer {
  const duplicate = rows.length / TICK_FIELDS;
  counters.redeliveredTicks += duplicate;
  return { ...NOTHING, duplicate };
}
