// The trainer's side: the same ticks through the feature engine in Node.
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { type GridCounts, VERDICT } from "../../src/features/batch-counts.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ALL_COLUMNS, ofRows, ROWS, type RowName } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import type { StepColumn, StepValues, Steps } from "./step-columns.ts";

/** The steps of one symbol's ticks, in one pass over the whole list. */
export interface TrainerSteps extends Steps {
  readonly closed: ClosedSteps;
  readonly stepMs: number;
  /** Outcomes of the ticks. A tick that is still held at the end is not counted. */
  readonly totals: Readonly<GridCounts>;
  /** The ticks that were applied, packed, in their order: what further grids are fed, and what an archive holds. */
  readonly applied: Float64Array;
}

export function trainerSteps(ticks: readonly Tick[], config: EngineConfig): TrainerSteps {
  const packed = new PackedTicks(ticks.length);
  for (const tick of ticks) packed.add(tick);
  return stepsOf(packed.rows(), new FeatureEngine(config));
}

/**
 * The steps of a further grid: its rows are those that the trainer makes of the ticks that the default grid accepted,
 * as it reads them from an archive.
 */
export function furtherSteps(applied: Float64Array, config: EngineConfig): TrainerSteps {
  const engine = new FeatureEngine(config);
  engine.areJudged = true;
  return stepsOf(applied, engine);
}

function stepsOf(rows: Float64Array, engine: FeatureEngine): TrainerSteps {
  const closed = new ClosedSteps(1, 4096);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, closed, verdicts);
  const { count } = closed;
  const columns: Record<StepColumn, StepValues> = {
    index: closed.index.subarray(0, count),
    flags: closed.flags.subarray(0, count),
    ...ofRows((row) => allColumns(closed, row)),
    tau: closed.tau.subarray(0, count),
    label: closed.label.subarray(0, count),
    horizonVolatility: closed.horizonVolatility.subarray(0, count),
  };
  const { stepMs } = engine.config.grid;
  return { count, columns, closed, stepMs, totals: engine.totals, applied: acceptedRows(rows, verdicts) };
}

function acceptedRows(rows: Float64Array, verdicts: Uint8Array): Float64Array {
  const accepted = new Float64Array(rows.length);
  let to = 0;
  verdicts.forEach((verdict, i) => {
    if (verdict !== VERDICT.accepted) return;
    accepted.set(rows.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS), to);
    to += TICK_FIELDS;
  });
  return accepted.subarray(0, to);
}

function allColumns(closed: ClosedSteps, row: RowName): Float32Array {
  const width = ROWS[row].length;
  const values = new Float32Array(closed.count * width);
  for (let k = 0; k < closed.count; k++) closed.row(row, k, 0, ALL_COLUMNS[row], values, k * width);
  return values;
}
