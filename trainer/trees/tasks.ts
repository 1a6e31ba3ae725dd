// The parts of a job that any thread may take: each writes only its own memory, so the result does not depend on which
// thread runs which part.
import { GROUP } from "./bin-layout.ts";
import type { FixedPoint } from "./fixed-point.ts";
import { countGroup, histogramAt, subtractGroup } from "./histogram.ts";
import { writeGradients } from "./loss.ts";
import { addLeafValues } from "./score-update.ts";
import { findSplit, GAIN, SPLIT_FIELDS } from "./splitting.ts";
import type { Workspace } from "./workspace.ts";

/** Jobs: gradients of a block of sampled rows; histograms and splits of four columns; a tree's values on a block. */
export const GRADIENTS = 0;
export const NODES = 1;
export const SCORES = 2;
export const BLOCK_ROWS = 16_384;

/** Places in `workspace.job`. The first four hold for all jobs of a tree. */
export const BASE = 0;
export const GRADIENT_SCALE = 1;
export const HESSIAN_SCALE = 2;
export const COUNT_SHIFT = 3;
/** Rows to count, in places of `workspace.rows`; none when from = to. */
export const COUNT_FROM = 4;
export const COUNT_TO = 5;
/** Rows at the front of `workspace.rows` that the gradients are written of. */
export const SAMPLED = 7;
/** Slot from which the counted one is subtracted, or −1. */
export const PARENT_SLOT = 6;
/** The counted child begins at `CHILD`, its sibling at `CHILD` + `CHILD_FIELDS`. */
export const CHILD = 8;
export const SLOT = 0;
/** 1 when the child's best splits are to be found. */
export const WANTED = 1;
export const GRADIENT = 2;
export const HESSIAN = 3;
export const ROWS = 4;
export const LOWER = 5;
export const UPPER = 6;
export const CHILD_FIELDS = 8;

/** Does part `index` of a job. */
export function runTask(workspace: Workspace, job: number, index: number): void {
  if (job === NODES) nodesOfGroup(workspace, index);
  else if (job === GRADIENTS) gradientsOfBlock(workspace, index);
  else scoresOfBlock(workspace, index);
}

function gradientsOfBlock(workspace: Workspace, index: number): void {
  const to = Math.min(workspace.job[SAMPLED]!, (index + 1) * BLOCK_ROWS);
  writeGradients(workspace, index * BLOCK_ROWS, to, workspace.job[BASE]!, fixedPointOf(workspace));
}

function scoresOfBlock(workspace: Workspace, index: number): void {
  addLeafValues(workspace, index * BLOCK_ROWS, Math.min(workspace.plan.rowCount, (index + 1) * BLOCK_ROWS));
}

function nodesOfGroup(workspace: Workspace, group: number): void {
  const { job, columnsInUse, plan } = workspace;
  const end = Math.min(plan.width, (group + 1) * GROUP);
  const used = columnsInUse.subarray(group * GROUP, end).includes(1);
  if (used && job[COUNT_TO]! > job[COUNT_FROM]!) {
    countGroup(workspace, group, job[CHILD + SLOT]!, job[COUNT_FROM]!, job[COUNT_TO]!);
    if (job[PARENT_SLOT]! >= 0) subtractGroup(workspace, group, job[PARENT_SLOT]!, job[CHILD + SLOT]!);
  }
  for (let child = 0; child < 2; child++) {
    if (job[CHILD + child * CHILD_FIELDS + WANTED] === 1) splitsOfGroup(workspace, child, group * GROUP, end);
  }
}

function splitsOfGroup(workspace: Workspace, child: number, from: number, to: number): void {
  const { job, columnsInUse, splits, histograms, plan } = workspace;
  const at = CHILD + child * CHILD_FIELDS;
  const node = {
    gradient: job[at + GRADIENT]!,
    hessian: job[at + HESSIAN]!,
    rows: job[at + ROWS]!,
    lower: job[at + LOWER]!,
    upper: job[at + UPPER]!,
  };
  const fixed = fixedPointOf(workspace);
  for (let column = from; column < to; column++) {
    const out = (child * plan.width + column) * SPLIT_FIELDS;
    if (columnsInUse[(child + 1) * plan.width + column] === 0) {
      splits[out + GAIN] = -Infinity;
      continue;
    }
    const histogram = histogramAt(workspace, job[at + SLOT]!, column);
    const direction = plan.monotone[column]!;
    findSplit(histograms, histogram, plan.binCounts[column]!, fixed, node, direction, plan.rules, splits, out);
  }
}

function fixedPointOf({ job }: Workspace): FixedPoint {
  return {
    gradientScale: job[GRADIENT_SCALE]!,
    hessianScale: job[HESSIAN_SCALE]!,
    countShift: job[COUNT_SHIFT]!,
  };
}
