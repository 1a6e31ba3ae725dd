// Which stretch of time a row belongs to: the unit that intervals stand on.

/** 15 minutes of seconds: labels a minute long and volatility that stays for minutes are inside one block. */
const BLOCK_STEPS = 900;

/** A hole of more steps than this ends a segment, whatever the symbol. */
const GAP_STEPS = 300;

/**
 * Block of each of the rows, numbered from 0 in the order of time. Each stretch of time without a hole of more than 300
 * steps is cut from its first row on, every `blockSteps` steps of grid time, so that no block spans two segments and
 * holes shorten a block instead of stretching it. Rows of all symbols at the same time are in the same block: markets
 * move together, and two symbols of one hour are not two hours. What is left at a stretch's end is a block of its own;
 * it weighs what its rows weigh.
 *
 * Example: rows at steps 0, 300, 600, 899, 900 and 1500 are in blocks 0, 0, 0, 0, 1, 2.
 *
 * @param rows columns of a dataset's rows; @param positions rows to look at, in any order.
 * @throws RangeError when `blockSteps` is not a whole number from 1.
 */
export function assignBlocks(
  rows: { readonly step: ArrayLike<number> },
  positions: Int32Array,
  blockSteps = BLOCK_STEPS,
): Int32Array {
  if (!(Number.isInteger(blockSteps) && blockSteps >= 1)) {
    throw new RangeError(`blockSteps: got ${blockSteps}, expected a whole number from 1`);
  }
  const order = positions.map((_, i) => i).sort((a, b) => rows.step[positions[a]!]! - rows.step[positions[b]!]!);
  const blocks = new Int32Array(positions.length);
  let block = -1;
  let start = -Infinity;
  let previous = -Infinity;
  for (const i of order) {
    const step = rows.step[positions[i]!]!;
    const hole = step - previous > GAP_STEPS;
    if (hole || step - start >= blockSteps) {
      block += 1;
      start = hole ? step : start + blockSteps * Math.floor((step - start) / blockSteps);
    }
    blocks[i] = block;
    previous = step;
  }
  return blocks;
}
