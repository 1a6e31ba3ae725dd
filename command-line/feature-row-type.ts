// The option value that names a feature row.
import { expectedRow, type RowName } from "../src/features/schema.ts";
import { type ValueType, valueType } from "./value-types.ts";

/** One of some rows; the error for `custom` without own columns says where to declare them. */
export function featureRow<Row extends RowName>(names: readonly Row[]): ValueType<Row> {
  return valueType("NAME", expectedRow(names), (value) => names.find((name) => name === value));
}
