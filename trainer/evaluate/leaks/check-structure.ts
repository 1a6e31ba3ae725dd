// Leak check 1: in every fold, all training labels end before the first test row.
import type { Dataset } from "../../rows/dataset.ts";
import { horizonMs, type Split } from "../../folds/split.ts";
import type { LeakCheck } from "./leak-check.ts";

/**
 * In every fold the last training row's label ends before the first test row: over all symbols and segments together,
 * and in each segment that has rows of both kinds. A fold without training or test rows fails too, because nothing is
 * checked there; so does a run without folds.
 *
 * Figures: `folds`, and `smallestGapSteps`, the fewest steps between the end of a fold's last training label and its
 * first test row (negative when they overlap).
 */
export function checkStructure(data: Dataset, splits: readonly Split[]): LeakCheck {
  const problems = splits.length === 0 ? ["there are no folds"] : [];
  let smallest = Infinity;
  splits.forEach((split, f) => {
    const fold = `fold ${f + 1}`;
    if (split.train.length === 0 || split.test.length === 0) {
      problems.push(`${fold} has ${split.train.length} training and ${split.test.length} test rows`);
      return;
    }
    const gap = gapMs(data, split.train, split.test);
    smallest = Math.min(smallest, gap);
    if (!(gap > 0)) problems.push(`${fold}: the last training label ends ${-gap} ms after the first test row`);
    for (const [segment, within] of bySegment(data, split)) {
      const inside = gapMs(data, within.train, within.test);
      if (!(inside > 0))
        problems.push(`${fold}, segment ${segment}: a training label ends ${-inside} ms into the test`);
    }
  });
  const passed = problems.length === 0;
  const smallestGapSteps = Number.isFinite(smallest) ? smallest / data.config.grid.stepMs : 0;
  const clear = `all ${splits.length} folds are forward: at least ${smallestGapSteps} steps from label to test`;
  return {
    name: "structure",
    outcome: passed ? "passed" : "failed",
    passed,
    detail: passed ? clear : problems.slice(0, 3).join("; "),
    figures: { folds: splits.length, smallestGapSteps },
  };
}

/** From the end of the last training label to the first test row; `Infinity` when either side is empty. */
function gapMs(data: Dataset, train: Iterable<number>, test: Iterable<number>): number {
  const { tsMs } = data.rows;
  let lastLabelMs = -Infinity;
  let firstTestMs = Infinity;
  for (const k of train) lastLabelMs = Math.max(lastLabelMs, tsMs[k]! + horizonMs(data));
  for (const k of test) firstTestMs = Math.min(firstTestMs, tsMs[k]!);
  return firstTestMs - lastLabelMs;
}

function bySegment(data: Dataset, split: Split): Map<number, { train: number[]; test: number[] }> {
  const segments = new Map<number, { train: number[]; test: number[] }>();
  for (const part of ["train", "test"] as const) {
    for (const k of split[part]) {
      const segment = data.rows.segment[k]!;
      let rows = segments.get(segment);
      if (rows === undefined) segments.set(segment, (rows = { train: [], test: [] }));
      rows[part].push(k);
    }
  }
  return segments;
}
