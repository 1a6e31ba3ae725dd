// The rows of an inference request: its one input tensor as the model takes it. Everything that is no row is refused by
// name; nothing is cut, padded or guessed.
import { shown } from "../schemas/shown.ts";
import type { RequestInput } from "./infer-schema.ts";
import { Problem } from "./problem.ts";
import { MAX_ROWS } from "./rows-schema.ts";
import { type Datatype, decodeFloats, ELEMENT_BYTES } from "./tensor-frame.ts";

/** What the model takes. */
export interface RowsShape {
  /** Name of its input. */
  readonly name: string;
  /** Values of a row. */
  readonly columns: number;
}

const EXPECTED = "a finite float32";

/**
 * Rows as float32 [n, columns]. A missing feature is `NaN`: in JSON it is null, in bytes any NaN. FP64 is rounded to
 * the nearest float32, as numbers of JSON are.
 * @param tensors the bytes behind the JSON.
 * @throws Problem `inference_malformed`, or `too_many_rows`.
 */
export function readRows(input: RequestInput, tensors: Uint8Array, model: RowsShape): Float32Array {
  const { name, shape, datatype, data, parameters } = input;
  const size = parameters?.binary_data_size ?? undefined;
  if (name !== model.name) throw refused("name", shown(name), model.name);
  const rows = rowsOf(shape, model);
  if (size !== undefined && Array.isArray(data)) {
    throw refused("data", "a list beside binary_data_size", "one of the two");
  }
  if (size === undefined && !Array.isArray(data)) throw refused("data", shown(data), "a list, or binary_data_size");
  if (tensors.length !== (size ?? 0)) {
    const got = `${tensors.length} bytes behind the JSON`;
    throw new Problem("inference_malformed", `body: got ${got}, expected ${size ?? 0} as binary_data_size says`);
  }
  if (size === undefined) return fromJson(data as readonly unknown[], rows, model);
  const expected = rows * model.columns * ELEMENT_BYTES[datatype];
  if (size === expected) return fromBytes(tensors, datatype);
  throw refused("parameters.binary_data_size", String(size), `${expected} for ${datatype} ${JSON.stringify(shape)}`);
}

/** Rows of a body without JSON: FP32, as many as there are bytes for. Throws likewise. */
export function readRawRows(tensors: Uint8Array, model: RowsShape): Float32Array {
  const rowBytes = model.columns * ELEMENT_BYTES.FP32;
  if (tensors.length % rowBytes !== 0) {
    const expected = `a multiple of ${rowBytes}: rows of ${model.columns} FP32`;
    throw new Problem("inference_malformed", `body: got ${tensors.length} bytes, expected ${expected}`);
  }
  requireFew(tensors.length / rowBytes);
  return fromBytes(tensors, "FP32");
}

function rowsOf(shape: readonly number[], { columns }: RowsShape): number {
  const [rows, width] = shape;
  if (rows === undefined || width !== columns || shape.length !== 2) {
    const text = shape.length > 8 ? `${shape.length} dimensions` : JSON.stringify(shape);
    throw refused("shape", text, `[n, ${columns}] for n rows`);
  }
  requireFew(rows);
  return rows;
}

function requireFew(rows: number): void {
  if (rows > MAX_ROWS) throw new Problem("too_many_rows", `rows: got ${rows}, expected at most ${MAX_ROWS}`);
}

function fromBytes(bytes: Uint8Array, datatype: Datatype): Float32Array {
  const values = decodeFloats(bytes, datatype);
  const rows = new Float32Array(values);
  const bad = rows.findIndex((value) => Math.abs(value) === Infinity);
  if (bad < 0) return rows;
  throw refused(`data[${bad}]`, String(values[bad]), `${EXPECTED}, or NaN for a missing feature`);
}

/** Flat, or a list for each row. */
function fromJson(data: readonly unknown[], rows: number, { columns }: RowsShape): Float32Array {
  const values = new Float32Array(rows * columns);
  if (!data.some((entry) => Array.isArray(entry))) {
    requireLength("data", data, values.length, `${rows} rows of ${columns}`);
    data.forEach((value, i) => (values[i] = numberOf(value, () => `data[${i}]`)));
    return values;
  }
  requireLength("data", data, rows, `${rows} rows`);
  data.forEach((row, i) => {
    if (!Array.isArray(row)) throw refused(`data[${i}]`, shown(row), `a list of ${columns}, as the other rows are`);
    requireLength(`data[${i}]`, row, columns, `a row of ${columns}`);
    row.forEach((value, j) => (values[i * columns + j] = numberOf(value, () => `data[${i}][${j}]`)));
  });
  return values;
}

function requireLength(field: string, list: readonly unknown[], expected: number, what: string): void {
  if (list.length !== expected) throw refused(field, `${list.length} entries`, `${expected}: ${what}`);
}

function numberOf(value: unknown, field: () => string): number {
  if (value === null) return NaN;
  const rounded = typeof value === "number" ? Math.fround(value) : NaN;
  if (Number.isFinite(rounded)) return rounded;
  throw refused(field(), shown(value), `${EXPECTED}, or null for a missing feature`);
}

function refused(field: string, got: string, expected: string): Problem {
  return new Problem("inference_malformed", `inputs[0].${field}: got ${got}, expected ${expected}`);
}
