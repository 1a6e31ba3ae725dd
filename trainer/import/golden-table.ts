// A golden table: rows and the predictions that the original library made for them, as CSV.
import { CsvError, parse } from "csv-parse/sync";
import { UserError } from "../../command-line/user-error.ts";

export interface GoldenTable {
  /** Float32 [rows × features], in the order of the features asked for. */
  readonly values: Float32Array;
  /** The library's own predictions, float64, one a row. */
  readonly probabilities: Float64Array;
}

const TARGET = "probability";
const MISSING = new Set(["", "nan", "na", "null", "none"]);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a table whose header holds each of `features` once, in any order, and `probability` as its last column. Empty
 * cells and `nan` are missing values, `inf` is allowed; values are rounded to float32, as the gateway's are. `name` is
 * the file's name in messages. Throws `UserError` naming line and column for anything else, and for a table without
 * rows.
 */
export function parseGoldenTable(text: string, features: readonly string[], name: string): GoldenTable {
  const [header, ...rows] = rowsOf(text, name);
  const columns = columnsOf(header.cells, features, name);
  if (rows.length === 0) throw new UserError(`${name}: got no rows, expected at least one below the header`);
  const values = new Float32Array(rows.length * features.length);
  const probabilities = new Float64Array(rows.length);
  for (const [i, { cells: row, line }] of rows.entries()) {
    const where = `${name}, line ${line}`;
    if (row.length !== header.cells.length) {
      throw new UserError(`${where}: got ${row.length} cells, expected ${header.cells.length} as in the header`);
    }
    for (const [j, column] of columns.entries()) {
      values[i * features.length + j] = parseCell(row[column]!, `${where}, ${features[j]}`);
    }
    const probability = parseCell(row.at(-1)!, `${where}, ${TARGET}`);
    if (!(probability >= 0 && probability <= 1)) {
      throw new UserError(`${where}, ${TARGET}: got ${row.at(-1)}, expected a number from 0 to 1`);
    }
    probabilities[i] = probability;
  }
  return { values, probabilities };
}

function columnsOf(header: readonly string[], features: readonly string[], name: string): number[] {
  if (header.at(-1) !== TARGET) {
    throw new UserError(`${name}: got ${header.at(-1)} as last column, expected ${TARGET}`);
  }
  const expected = new Set([...features, TARGET]);
  const extra = header.find((column, i) => !expected.has(column) || header.indexOf(column) !== i);
  if (extra !== undefined) throw new UserError(`${name}: got a column ${extra}, expected each of --features once`);
  const absent = features.find((feature) => !header.includes(feature));
  if (absent !== undefined) throw new UserError(`${name}: got no column ${absent}, expected each of --features once`);
  return features.map((feature) => header.indexOf(feature));
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The header and what follows, without the empty lines at the end. */
function rowsOf(text: string, name: string): [Row, ...Row[]] {
  const rows: Row[] = [];
  try {
    parse(text, {
      bom: true,
      relax_column_count: true,
      trim: true,
      on_record: (cells: string[], { lines }) => void rows.push({ cells, line: lines }),
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${name}: got no CSV (${error.message})`);
  }
  while (rows.at(-1)?.cells.join("") === "") rows.pop();
  const [header = { cells: [""], line: 1 }, ...rest] = rows;
  return [header, ...rest];
}

function parseCell(cell: string, where: string): number {
  if (MISSING.has(cell.toLowerCase())) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(cell);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  if (!NUMBER.test(cell)) throw new UserError(`${where}: got ${cell.slice(0, 40)}, expected a number`);
  return Number(cell);
}
