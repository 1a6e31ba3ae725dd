// Groups of neighbouring blocks of time: what a jackknife leaves out, one at a time.

/**
 * Most groups. Few are cheap, and long ones hold what is autocorrelated over several blocks; 24 cost 5 % of the width
 * that infinitely many would have.
 */
const MOST_GROUPS = 24;

/** Rows and positive rows of each block, in order of time. */
export interface BlockCounts {
  readonly rows: Int32Array;
  readonly positives: Int32Array;
}

export interface BlockGroups {
  /** Group of each block, ascending from 0; −1 for a block without a row. */
  readonly groupOf: Int32Array;
  /** Per group, 1 if it holds a positive row. Its length is the number of groups. */
  readonly hasSpike: Uint8Array;
}

/**
 * Joins as many neighbouring blocks as leave at most `most` groups, all of the same number of blocks but the
 * last. Blocks without a row, and those not used, are in no group.
 *
 * Example: 5 blocks of which the second has no row are the groups 0, −1, 1, 2, 3; 50 blocks are 17 groups, 16 of three.
 */
export function blockGroups(
  { rows, positives }: BlockCounts,
  use: (block: number) => boolean = () => true,
  most = MOST_GROUPS,
): BlockGroups {
  const used = presentBlocks(rows).filter(use);
  const perGroup = Math.max(1, Math.ceil(used.length / most));
  const groupOf = new Int32Array(rows.length).fill(-1);
  const hasSpike = new Uint8Array(Math.ceil(used.length / perGroup));
  used.forEach((block, i) => {
    const group = Math.floor(i / perGroup);
    groupOf[block] = group;
    if (positives[block]! > 0) hasSpike[group] = 1;
  });
  return { groupOf, hasSpike };
}

/** Blocks with a row. */
export function presentBlocks(rows: Int32Array): number[] {
  return Array.from(rows.keys()).filter((b) => rows[b]! > 0);
}
