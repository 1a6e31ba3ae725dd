// The drift windows of a grid, and how their rows are thinned. The trainer must use the same plan for its null windows,
// so that their thresholds apply to live windows.
import type { DriftWindowName } from "./drift-reference.ts";

export interface DriftWindowPlan {
  readonly name: DriftWindowName;
  /** Windows do not overlap: step `index` belongs to window floor(index · stepMs / windowMs). */
  readonly windowMs: number;
  /** Steps in a window. */
  readonly steps: number;
  /** The rows of steps with index % every === 0 are kept. */
  readonly every: number;
  /** Windows, and features within a window, with fewer values are not judged: half the rows of a full window. */
  readonly minRows: number;
  /** Number of pages for the rows; each page holds one part of the window. */
  readonly pages: number;
}

const WINDOWS = [
  { name: "1h", windowMs: 3_600_000, rows: 180, pages: 4 },
  { name: "24h", windowMs: 86_400_000, rows: 720, pages: 24 },
] as const;

/**
 * The 1 h and 24 h windows of a grid, with about 180 and 720 rows where the grid has as many.
 *
 * Example: at 1,000 ms every 20th of 3,600 steps and every 120th of 86,400; at 60,000 ms every one of 60 and every 2nd
 * of 1,440.
 * @throws RangeError unless `stepMs` is a positive whole number.
 */
export function driftWindowPlan(stepMs: number): DriftWindowPlan[] {
  if (!Number.isInteger(stepMs) || stepMs <= 0) {
    throw new RangeError(`stepMs: got ${stepMs}, expected a positive whole number of milliseconds`);
  }
  return WINDOWS.map(({ name, windowMs, rows, pages }) => {
    const steps = Math.max(1, Math.floor(windowMs / stepMs));
    const every = Math.max(1, Math.floor(steps / rows));
    return { name, windowMs, steps, every, minRows: Math.ceil(steps / every / 2), pages };
  });
}
