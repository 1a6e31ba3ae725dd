// Reads what the tasks wrote about a node, for the grower.
import { MISSING_BIN } from "./bin-layout.ts";
import { type FixedPoint, wholeNumber } from "./fixed-point.ts";
import { histogramAt } from "./histogram.ts";
import * as split from "./splitting.ts";
import type { Workspace } from "./workspace.ts";

/** The split of a node that gains most. */
export interface BestSplit {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: Sums;
}

/** Sums over rows. */
export type Sums = Pick<split.NodeSums, "gradient" | "hessian" | "rows">;

/**
 * The best split over all columns of child 0 or 1 of a job; the first column of equal gains, none when none is allowed.
 */
export function bestOfColumns({ splits, plan }: Workspace, child: number): BestSplit | undefined {
  let best = -1;
  let gain = -Infinity;
  for (let column = 0; column < plan.width; column++) {
    const at = (child * plan.width + column) * split.SPLIT_FIELDS;
    if (splits[at + split.GAIN]! > gain) {
      best = at;
      gain = splits[at + split.GAIN]!;
    }
  }
  if (best < 0) return undefined;
  return {
    gain,
    column: best / split.SPLIT_FIELDS - child * plan.width,
    bin: splits[best + split.BIN]!,
    missingLeft: splits[best + split.MISSING_LEFT] === 1,
    left: {
      gradient: splits[best + split.LEFT_GRADIENT]!,
      hessian: splits[best + split.LEFT_HESSIAN]!,
      rows: splits[best + split.LEFT_ROWS]!,
    },
  };
}

/** Sums over all bins of one column of a slot: every row of the node is in one of them. */
export function histogramSums(
  workspace: Workspace,
  slot: number,
  column: number,
  { gradientScale, hessianScale, countShift }: FixedPoint,
): Sums {
  const { histograms } = workspace;
  const shift = countShift - 32;
  let gradient = 0;
  let hessian = 0;
  let rows = 0;
  const bins = workspace.plan.binCounts[column]!;
  for (let k = 0; k <= bins; k++) {
    const at = histogramAt(workspace, slot, column) + 4 * (k < bins ? k : MISSING_BIN);
    gradient += wholeNumber(histograms[at]!, histograms[at + 1]!);
    hessian += wholeNumber(histograms[at + 2]!, histograms[at + 3]! & ((1 << shift) - 1));
    rows += histograms[at + 3]! >> shift;
  }
  return { gradient: gradient / gradientScale, hessian: hessian / hessianScale, rows };
}
