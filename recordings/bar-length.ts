// The length of a file's bars, from its name and from the distances between its time stamps.

/** Number of bars that are examined; even with gaps, two of them are adjacent. */
export const HEAD_BARS = 100;

/**
 * The length of bars in ms. `distancesMs` are those between neighbouring stamps at the beginning of the file, each
 * above 0. A length in the name (`namedMs`) counts, unless half of the distances are no multiples of it, or the head is
 * full and no two bars lie that close. Without one it is the smallest distance, of which all others must be multiples.
 *
 * Examples: `barLengthMs(undefined, [60000, 180000])` is 60,000; `barLengthMs(3600000, [60000, 60000])` a text that
 * says that the name has 3,600 s and the stamps 60 s; so is `barLengthMs(undefined, [])`, as one bar gives no length.
 *
 * @returns a text saying what is wrong when they disagree, or when nothing gives the length.
 */
export function barLengthMs(namedMs: number | undefined, distancesMs: readonly number[]): number | string {
  const smallest = distancesMs.reduce((least, distance) => Math.min(least, distance), Infinity);
  const name = "name the length in the file's name, as BTC-USD_1m.csv";
  if (namedMs !== undefined) {
    const fitting = distancesMs.filter((distance) => distance % namedMs === 0);
    const tooFar = distancesMs.length >= HEAD_BARS - 1 && !fitting.includes(namedMs);
    if (2 * fitting.length >= distancesMs.length && !tooFar) return namedMs;
    return `got stamps ${smallest / 1000} s apart, expected bars of ${namedMs / 1000} s, which its name says`;
  }
  if (smallest === Infinity) return `got a single bar, from which its length cannot be computed: ${name}`;
  const odd = distancesMs.find((distance) => distance % smallest !== 0);
  if (odd !== undefined) {
    return `got stamps ${smallest / 1000} s and ${odd / 1000} s apart, expected multiples of one length: ${name}`;
  }
  if (smallest < 1000) return `got stamps ${smallest} ms apart, expected bars of at least 1 s: ${name}`;
  return smallest;
}

/** Whether bars of this length fill steps whole, so that a step closes with the high, low and close of its bars. */
export function barsFit(barMs: number, stepMs: number): boolean {
  return barMs <= stepMs && stepMs % barMs === 0;
}
