// Hands a closed step to the drift windows. Here it is decided which steps have a row there.
import { type ClosedSteps, FLAG } from "../features/closed-steps.ts";
import { ALL_COLUMNS, type RowName } from "../features/schema.ts";
import type { DriftVerdict } from "./drift-verdict.ts";
import type { DriftWindows } from "./drift-windows.ts";

/** What is read of a step. */
interface DriftRow {
  readonly row: RowName;
  /** The place of the model's label spec among those of the steps. */
  readonly spec: number;
  /** The model's score, `NaN` for none. */
  readonly score: number;
}

/**
 * Adds entry k of the closed steps. Its row counts where training would have taken it (`ClosedSteps.isTrainable`): the
 * windows are compared with training windows, which have no rows without τ. Another step only advances the time.
 * @returns the verdicts of the windows that this step closed, usually none.
 */
export function updateDrift(
  windows: DriftWindows,
  steps: ClosedSteps,
  k: number,
  { row, spec, score }: DriftRow,
): readonly DriftVerdict[] {
  const index = steps.index[k]!;
  if ((steps.flags[k]! & FLAG.segmentStart) !== 0) windows.startSegment(index);
  // Most steps of a fine grid are in no window: their rows are not computed.
  if (!windows.samples(index) || !steps.isTrainable(k, spec)) return windows.update(index, NO_ROW, false);
  const columns = ALL_COLUMNS[row];
  const values = new Float32Array(columns.length + 1);
  steps.row(row, k, spec, columns, values, 0);
  values[columns.length] = score;
  return windows.update(index, values, true);
}

const NO_ROW = new Float32Array(0);
