// Which rows a tree is grown on.
import { drawStretches } from "../rows/stretch-sample.ts";
import type { SeededRandom } from "../../src/features/seeded-random.ts";

/**
 * Writes round(share · n) rows drawn without replacement, at least one, in rising order. Less than half of the rows are
 * drawn one from each of as many equal stretches, which takes no look at the others. @returns how many.
 */
export function drawRows(rows: Int32Array, share: number, random: SeededRandom): number {
  const n = rows.length;
  const count = Math.max(1, Math.min(n, Math.round(share * n)));
  if (2 * count < n) {
    drawStretches(rows, n, count, random);
    return count;
  }
  let taken = 0;
  for (let row = 0; taken < count; row++) {
    if (count - taken === n - row || random.uniform() * (n - row) < count - taken) rows[taken++] = row;
  }
  return count;
}

/** Writes as many rows as there are, drawn with replacement, in rising order. @returns how many. */
export function drawBootstrap(rows: Int32Array, random: SeededRandom): number {
  const times = new Int32Array(rows.length);
  for (let k = 0; k < rows.length; k++) times[Math.floor(random.uniform() * rows.length)]!++;
  let at = 0;
  times.forEach((count, row) => {
    rows.fill(row, at, at + count);
    at += count;
  });
  return at;
}
