// Which stretch of time a row belongs to: the unit that a bootstrap draws.

/** 15 minutes of seconds: labels a minute long and volatility that stays for minutes are inside one block. */
export const BLOCK_STEPS = 900;

/**
 * Block of each of the rows, numbered from 0 in the order in which they are met. Each segment of each symbol is cut from
 * its first row among `positions` on, every `blockSteps` steps of grid time, so that no block spans two segments and holes
 * shorten a block instead of stretching it. What is left at a segment's end is a block of its own; see
 * `bootstrapFigures` for what it weighs.
 *
 * Example: rows of one segment at steps 10, 909, 910 and 2000 are in blocks 0, 0, 1, 2.
 *
 * @param rows columns of a dataset's rows; @param positions rows to look at, in any order.
 * @throws RangeError when `blockSteps` is not a whole number from 1.
 */
export function assignBlocks(
  rows: {
    readonly step: ArrayLike<number>;
    readonly segment: ArrayLike<number>;
    readonly symbol: ArrayLike<number>;
  },
  positions: Int32Array,
  blockSteps = BLOCK_STEPS,
): Int32Array {
  if (!(Number.isInteger(blockSteps) && blockSteps >= 1)) {
    throw new RangeError(`blockSteps: got ${blockSteps}, expected a whole number from 1`);
  }
  const stretch = (k: number): string => `${rows.symbol[k]}:${rows.segment[k]}`;
  const firstStep = new Map<string, number>();
  for (const k of positions) {
    const key = stretch(k);
    firstStep.set(key, Math.min(firstStep.get(key) ?? Infinity, rows.step[k]!));
  }
  const numbers = new Map<string, number>();
  return positions.map((k) => {
    const key = stretch(k);
    const block = `${key}:${Math.floor((rows.step[k]! - firstStep.get(key)!) / blockSteps)}`;
    let number = numbers.get(block);
    if (number === undefined) numbers.set(block, (number = numbers.size));
    return number;
  });
}
