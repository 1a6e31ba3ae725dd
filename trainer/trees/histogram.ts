// Histograms of a node: per column and bin the sums of gradients and hessians and the number of rows. The smaller child
// of a split is counted, its sibling is the parent less that.
import { GROUP, MISSING_BIN } from "./bin-layout.ts";
import { HISTOGRAM_BYTES, type Workspace } from "./workspace.ts";

const GROUP_BYTES = GROUP * HISTOGRAM_BYTES;
const BIN_BYTES = 16;

/**
 * Counts the rows at places [from, to) of `workspace.rows` into a slot, for the four columns of a group. Of a column's
 * 256 bins those that it has are cleared and counted; the others hold anything.
 */
export function countGroup(workspace: Workspace, group: number, slot: number, from: number, to: number): void {
  const { kernel, histograms, histogramsAt, slotBytes, rowsAt, pairsAt, plan } = workspace;
  const at = slot * slotBytes + group * GROUP_BYTES;
  for (let lane = 0; lane < GROUP; lane++) {
    const column = (at + lane * HISTOGRAM_BYTES) / 4;
    const missing = column + 4 * MISSING_BIN;
    histograms.fill(0, column, column + 4 * binsOfLane(workspace, group, lane));
    histograms.fill(0, missing, missing + 4);
  }
  const binsAt = group * plan.rowCount * GROUP;
  kernel.addRows(binsAt, rowsAt + 4 * from, rowsAt + 4 * to, pairsAt, histogramsAt + at);
}

/** Turns the parent's histograms of a group, in `parentSlot`, into those of the sibling of `childSlot`. */
export function subtractGroup(workspace: Workspace, group: number, parentSlot: number, childSlot: number): void {
  const { kernel, histogramsAt, slotBytes } = workspace;
  const at = histogramsAt + parentSlot * slotBytes + group * GROUP_BYTES;
  const other = histogramsAt + childSlot * slotBytes + group * GROUP_BYTES;
  for (let lane = 0; lane < GROUP; lane++) {
    const column = lane * HISTOGRAM_BYTES;
    const missing = column + BIN_BYTES * MISSING_BIN;
    const end = column + BIN_BYTES * binsOfLane(workspace, group, lane);
    kernel.subtract(at + column, at + end, other + column);
    kernel.subtract(at + missing, at + missing + BIN_BYTES, other + missing);
  }
}

/** Bins of a column of the group without the missing one; 0 of the empty columns that fill up the last group. */
function binsOfLane({ plan }: Workspace, group: number, lane: number): number {
  return plan.binCounts[group * GROUP + lane] ?? 0;
}

/** The word of `workspace.histograms` at which a column of a slot begins. */
export function histogramAt({ slotBytes }: Workspace, slot: number, column: number): number {
  return (slot * slotBytes + column * HISTOGRAM_BYTES) / 4;
}
