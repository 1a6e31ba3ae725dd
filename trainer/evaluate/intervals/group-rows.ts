// Rows by groups of their blocks, as a jackknife leaves them out.
import { blockGroups } from "../../../src/quality/block-groups.ts";

export interface GroupedRows {
  /** Group of each row, from 0. */
  readonly groups: Int32Array;
  /** Per group, 1 if it holds a spike. */
  readonly hasSpike: Uint8Array;
}

/** @param blocks block of each row, from 0 in the order of time (`assignBlocks`). */
export function groupRows(labels: Uint8Array, blocks: Int32Array): GroupedRows {
  const size = blocks.reduce((max, b) => Math.max(max, b + 1), 0);
  const rows = new Int32Array(size);
  const positives = new Int32Array(size);
  for (let k = 0; k < labels.length; k++) {
    rows[blocks[k]!]! += 1;
    positives[blocks[k]!]! += labels[k]!;
  }
  const { groupOf, hasSpike } = blockGroups({ rows, positives });
  return { groups: blocks.map((b) => groupOf[b]!), hasSpike };
}
