// One resample of a block bootstrap: how often each block is taken.

/** Most attempts at a resample with both outcomes. */
const MAX_DRAWS = 100;

/** Random numbers in the open interval (0, 1). */
interface UniformSource {
  uniform(): number;
}

/** Rows and positive rows of each block. */
export interface BlockCounts {
  readonly rows: Int32Array;
  readonly positives: Int32Array;
}

/**
 * Takes as many blocks as there are, with replacement and equal chances, and writes how often each was taken. If the
 * whole set has both outcomes, the resample must have both too: it is redrawn up to `MAX_DRAWS` times.
 *
 * @param times overwritten, one entry per block.
 * @returns false when no draw had both outcomes; `times` is then the last draw.
 */
export function drawBlocks(random: UniformSource, counts: BlockCounts, times: Int32Array): boolean {
  const size = times.length;
  const needed = mixed(counts, undefined);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    times.fill(0);
    for (let b = 0; b < size; b++) times[Math.floor(random.uniform() * size)]! += 1;
    if (!needed || mixed(counts, times)) return true;
  }
  return false;
}

/** Whether the drawn blocks, or all blocks without `times`, have both outcomes. */
function mixed({ rows, positives }: BlockCounts, times: Int32Array | undefined): boolean {
  let total = 0;
  let hits = 0;
  for (let b = 0; b < rows.length; b++) {
    const weight = times === undefined ? 1 : times[b]!;
    total += weight * rows[b]!;
    hits += weight * positives[b]!;
  }
  return hits > 0 && hits < total;
}
