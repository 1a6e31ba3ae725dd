// Processes a batch: apply it, score the steps it closes, record the scores, store it, answer. `processBatch` needs
// exclusive access to the symbol. If it throws, nothing of the batch is stored, and the caller reloads the symbol.
import { noCounts } from "../../features/event-grid.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import { adoptModels } from "./adopt-models.ts";
import type { Batch, BatchOutcome } from "./batch.ts";
import type { LiveSymbol, Serving } from "./live-symbol.ts";
import { predictLastStep } from "./prediction.ts";
import { scoreReplayed } from "./refresh-prediction.ts";
import type { StepScores } from "./scoring.ts";
import { countScoringErrors } from "./scoring-errors.ts";
import { championSpec, type StepTrace, traceSteps } from "./trace.ts";

/** A batch of one symbol as the Worker sends it. */
export interface IngestBatch extends Batch {
  readonly symbol: string;
  /** Whether the answer includes a trace of what the batch computed. */
  readonly trace: boolean;
  /** What the directory says; without it the batch creates no symbol. */
  readonly admitted?: Admitted | undefined;
}

/** A symbol that the directory knows. */
interface Admitted {
  /** Since when, ms since 1970; 0 for longer than that is kept. */
  readonly sinceMs: number;
}

/** The outcome of a batch. */
export interface BatchAnswer extends BatchOutcome {
  readonly trace: readonly StepTrace[] | undefined;
  /**
   * Set when the whole batch was refused. `archive_backlog`: the archive backlog is full, send it again later.
   * `not_created`: there is no such symbol, send it again with what the directory says.
   */
  readonly refused?: "archive_backlog" | "not_created";
}

/** Applies a batch durably and scores the steps it closes. A scoring error or a fault of the monitor loses no tick. */
export async function processBatch(
  batch: IngestBatch,
  live: LiveSymbol,
  serving: Serving,
  nowMs: number,
): Promise<BatchAnswer> {
  const { engine, evaluation } = live;
  const { models, experiment } = serving;
  await scoreReplayed(live, serving);
  if (engine.isDuplicate(batch)) return redelivered(batch, live);
  if (engine.archive?.isBacklogged === true) return { ...NOTHING, refused: "archive_backlog" };

  adoptModels(live, models.served);
  engine.prepare(evaluation);
  const traces: StepTrace[] = [];
  let scores: StepScores | undefined;
  for (const steps of engine.rounds(batch)) {
    scores = await models.score(steps, engine.features);
    countScoringErrors(live, scores);
    evaluation.record(steps, scores, experiment);
    if (batch.trace) traces.push(traceSteps(steps, scores, championSpec(engine.features, models.served)));
  }
  const prediction =
    scores && predictLastStep(live.name, engine.features, scores, { models: models.served, experiment });
  // Last: what is stored is answered.
  const outcome = engine.commit(batch, nowMs);

  if (prediction === undefined) return { ...outcome, trace: undefined };
  live.latest = { prediction, models: models.served };
  return { ...outcome, trace: batch.trace ? traces : undefined };
}

export const NOTHING: BatchAnswer = { ...noCounts(), outlierRows: [], trace: undefined };

function redelivered({ rows }: IngestBatch, { counters }: LiveSymbol): BatchAnswer {
  const duplicate = rows.length / TICK_FIELDS;
  counters.redeliveredTicks += duplicate;
  return { ...NOTHING, duplicate };
}
