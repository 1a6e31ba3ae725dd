// onnxruntime as the referee of the own scorer: the same rows through both.
import type { RowName } from "../features/schema.ts";
import type { ModelRunner } from "./model-runner.ts";
import { ordinaryRows } from "./trial-rows.ts";

/** Ordinary rows of a check. */
const ORDINARY_ROWS = 120;

/** A cell is replaced by one of these in turn, every so many cells. */
const SPECIAL = [NaN, 0, -0, Infinity, -Infinity, 1e-40, 3.4e38, -3.4e38, -40, 40];
const SPECIAL_EVERY = 7;

/**
 * Rows that meet every branch of the arithmetic: ordinary ones, the same with special values in some cells, and rows of
 * one special value only; float32 [n, columns.length].
 */
export function checkRows(row: RowName, columns: Int32Array): Float32Array {
  const ordinary = ordinaryRows(row, columns, ORDINARY_ROWS);
  const mixed = ordinary.map((x, i) => (i % SPECIAL_EVERY === 0 ? SPECIAL[(i / SPECIAL_EVERY) % SPECIAL.length]! : x));
  const constant = SPECIAL.flatMap((value) => Array<number>(columns.length).fill(value));
  return Float32Array.from([...ordinary, ...mixed, ...constant]);
}

/**
 * Whether two runners give the same bits for rows, all at once and the first ones one by one; one `NaN` is as good as
 * another. Throws what a runner throws.
 */
export async function giveSameBits(
  one: ModelRunner,
  other: ModelRunner,
  rows: Float32Array,
  width: number,
): Promise<boolean> {
  const runs = [rows, ...[0, 1, 2].map((i) => rows.slice(i * width, (i + 1) * width))];
  for (const some of runs) {
    const [a, b] = [await one.run(some), await other.run(some)];
    const isSame =
      a.length === b.length &&
      a.every((values, output) => {
        const others = b[output]!;
        return values.length === others.length && values.every((value, i) => Object.is(value, others[i]));
      });
    if (!isSame) return false;
  }
  return true;
}
