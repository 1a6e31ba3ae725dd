// A sample of rows that covers all of their time evenly.
import { SeededRandom } from "../../src/features/seeded-random.ts";

/**
 * One number drawn from each of `wanted` equal stretches of 0 … `count` − 1, rising; all numbers when there are no more
 * than that. Drawn, because every n-th minute is always the same minute of the hour. The same for the same arguments.
 *
 * Example: of 10 numbers with 5 wanted, one of 0 and 1, one of 2 and 3, and so on.
 */
export function stretchSample(count: number, wanted: number): Int32Array {
  if (count <= wanted) return Int32Array.from({ length: count }, (_, i) => i);
  const sample = new Int32Array(wanted);
  drawStretches(sample, count, wanted, new SeededRandom(`stretches of ${count}`));
  return sample;
}

/** Writes one number of each of `wanted` ≤ `count` stretches to the front of `into`. */
export function drawStretches(into: Int32Array, count: number, wanted: number, random: SeededRandom): void {
  let from = 0;
  for (let k = 0; k < wanted; k++) {
    const to = Math.floor(((k + 1) * count) / wanted);
    into[k] = from + Math.floor(random.uniform() * (to - from));
    from = to;
  }
}

/** Those rows of a longer list that `stretchSample` takes. */
export function thinned(rows: Int32Array, wanted: number): Int32Array {
  return rows.length <= wanted ? rows : stretchSample(rows.length, wanted).map((i) => rows[i]!);
}
