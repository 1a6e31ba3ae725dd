// Histograms of a node: per column and bin the sums of gradients and hessians and the number of rows. The smaller child
// of a split is counted, its sibling is the parent less that.
import { GROUP } from "./bin-layout.ts";
import { HISTOGRAM_BYTES, type Workspace } from "./workspace.ts";

const GROUP_BYTES = GROUP * HISTOGRAM_BYTES;

/** Counts the rows at places [from, to) of `workspace.rows` into a slot, for the four columns of a group. */
export function countGroup(workspace: Workspace, group: number, slot: number, from: number, to: number): void {
  const { kernel, histograms, histogramsAt, slotBytes, rowsAt, pairsAt, plan } = workspace;
  const at = slot * slotBytes + group * GROUP_BYTES;
  histograms.fill(0, at / 4, (at + GROUP_BYTES) / 4);
  const binsAt = group * plan.rowCount * GROUP;
  kernel.addRows(binsAt, rowsAt + 4 * from, rowsAt + 4 * to, pairsAt, histogramsAt + at);
}

/** Turns the parent's histograms of a group, in `parentSlot`, into those of the sibling of `childSlot`. */
export function subtractGroup(workspace: Workspace, group: number, parentSlot: number, childSlot: number): void {
  const { kernel, histogramsAt, slotBytes } = workspace;
  const at = histogramsAt + parentSlot * slotBytes + group * GROUP_BYTES;
  kernel.subtract(at, at + GROUP_BYTES, histogramsAt + childSlot * slotBytes + group * GROUP_BYTES);
}

/** The word of `workspace.histograms` at which a column of a slot begins. */
export function histogramAt({ slotBytes }: Workspace, slot: number, column: number): number {
  return (slot * slotBytes + column * HISTOGRAM_BYTES) / 4;
}
