// What the blocks of a set of rows hold.
import type { BlockCounts } from "../../../src/quality/draw-blocks.ts";

/** Counts of the labels per block. */
export function countBlocks(labels: Uint8Array, blocks: Int32Array, blockCount: number): BlockCounts {
  const rows = new Int32Array(blockCount);
  const positives = new Int32Array(blockCount);
  for (let k = 0; k < labels.length; k++) {
    rows[blocks[k]!]! += 1;
    positives[blocks[k]!]! += labels[k]!;
  }
  return { rows, positives };
}
