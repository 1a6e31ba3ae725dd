// The feature values of a run: those of the rows that it needs, and an error for any other.
import { ROW_NAMES, type RowName, ROWS } from "../../src/features/schema.ts";

/** Float32 [capacity × columns] per row of `rows`. Reading another row throws `Error`: its values were not kept. */
export function valuesOfRows(rows: readonly RowName[], capacity: number): Record<RowName, Float32Array> {
  const values = {};
  for (const row of ROW_NAMES) {
    Object.defineProperty(
      values,
      row,
      rows.includes(row)
        ? { value: new Float32Array(capacity * ROWS[row].length), enumerable: true, writable: true }
        : { get: () => refuse(row, rows) },
    );
  }
  return values as Record<RowName, Float32Array>;
}

function refuse(row: RowName, rows: readonly RowName[]): never {
  throw new Error(`row ${row} was not kept when the ticks were read; kept are ${rows.join(", ")}`);
}
