// The trainer's side: the same ticks through the feature engine in Node.
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import type { GridCounts } from "../../src/features/batch-counts.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { ALL_COLUMNS, ofRows, ROWS, type RowName } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import type { StepColumn, StepValues, Steps } from "./step-columns.ts";

/** The steps of one symbol's ticks, in one pass over the whole list. */
export interface TrainerSteps extends Steps {
  readonly closed: ClosedSteps;
  /** Outcomes of the ticks. A tick that is still held at the end is not counted. */
  readonly totals: Readonly<GridCounts>;
}

export function trainerSteps(ticks: readonly Tick[], config: EngineConfig): TrainerSteps {
  const packed = new PackedTicks(ticks.length);
  for (const tick of ticks) packed.add(tick);
  const closed = new ClosedSteps(1, 4096);
  const engine = new FeatureEngine(config);
  engine.process(packed.rows(), closed, new Uint8Array(ticks.length));
  const { count } = closed;
  const columns: Record<StepColumn, StepValues> = {
    index: closed.index.subarray(0, count),
    flags: closed.flags.subarray(0, count),
    ...ofRows((row) => allColumns(closed, row)),
    tau: closed.tau.subarray(0, count),
    label: closed.label.subarray(0, count),
    horizonVolatility: closed.horizonVolatility.subarray(0, count),
  };
  return { count, columns, closed, totals: engine.totals };
}

function allColumns(closed: ClosedSteps, row: RowName): Float32Array {
  const width = ROWS[row].length;
  const values = new Float32Array(closed.count * width);
  for (let k = 0; k < closed.count; k++) closed.row(row, k, 0, ALL_COLUMNS[row], values, k * width);
  return values;
}
