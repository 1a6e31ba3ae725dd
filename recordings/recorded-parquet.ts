// Parquet recordings: the rows of a file as tick inputs, one row group at a time.
import {
  type AsyncBuffer,
  type DecodedArray,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type ParquetScan,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parseSymbol } from "../src/features/tick.ts";
import { UnreadableFileError } from "./file-lines.ts";
import { parquetInputValue } from "./recorded-parquet-tick.ts";
import type { TickField } from "../src/features/tick-fields.ts";
import { type TickColumns, tickColumns } from "./tick-columns.ts";

const ROWS_AT_ONCE = 4096;
/** A footer is read at first in this many bytes from the end, and once more when it is longer. */
const FOOTER_BYTES = 1 << 16;
/** `…/<symbol>/<yyyy-mm-dd>/…` as the gateway archives, `…/symbol=<symbol>/…` as data lakes do. */
const FOLDER = /(?:^|\/)symbol=([^/]+)\/|(?:^|\/)([^/]+)\/\d{4}-\d{2}-\d{2}\//;

/** Times become whole ms, cut like those of ISO strings. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  timestampFromMicroseconds: (us: bigint) => Number(us / 1000n),
  timestampFromNanoseconds: (ns: bigint) => Number(ns / 1_000_000n),
};

/**
 * Inputs of `parseParquetTick`, some thousand at a time. Columns as in `tickColumns`; `ts` may be an integer (ms since
 * 1970 UTC), a time stamp of any unit or an ISO 8601 string. A null and a floating-point NaN are missing.
 *
 * Memory holds the columns of one row group, whatever the file's size. Snappy, gzip, zstd, brotli and LZ4 are
 * understood.
 *
 * @param path names the file in errors; without a column `symbol`, the folder above a date is the symbol.
 * @param wanted the symbol where neither column nor folder names one.
 * @param onRows called with the number of rows read and the total.
 * @throws UnreadableFileError for what is no Parquet, is damaged, or has no columns `ts` and `price` or no symbol.
 */
export async function* parquetInputs(
  path: string,
  file: AsyncBuffer,
  wanted: string | undefined,
  onRows: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<readonly unknown[]> {
  const { scan, names } = await readable(path, () => openScan(file));
  const columns = tickColumns(names);
  if (columns === undefined) {
    throw new UnreadableFileError(
      path,
      `got the columns "${names.join(",").slice(0, 120)}", expected ts, symbol, price`,
    );
  }
  const symbol = columns.has("symbol") ? undefined : symbolOfFolder(path, wanted);
  const total = Number(scan.metadata.num_rows);
  for (const range of scan.ranges) {
    const group = await readable(path, () => readColumns(scan, names, columns, range));
    const rows = range.rowEnd - range.rowStart;
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const to = Math.min(from + ROWS_AT_ONCE, rows);
      onRows(range.rowStart + to, total);
      yield inputsOfRows(group, from, to, symbol);
    }
  }
}

/**
 * The earliest time in the file in ms, from the statistics in its footer: a few kilobytes read instead of all. Rows
 * that the parser refuses count too, so that it may be too early, never too late. `undefined` when the file has no
 * rows, or when a row group has no statistics of a numeric time.
 *
 * @throws UnreadableFileError for what is no Parquet.
 */
export async function parquetEarliestMs(path: string, file: AsyncBuffer): Promise<number | undefined> {
  const options = { parsers: PARSERS, initialFetchSize: FOOTER_BYTES };
  const { row_groups, schema } = await readable(path, () => parquetMetadataAsync(file, options));
  const names = schema.slice(1).map(({ name }) => name);
  const ts = names[tickColumns(names)?.get("ts") ?? -1];
  let earliest = Infinity;
  for (const { columns } of row_groups) {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === ts)?.meta_data;
    const value = column?.statistics?.min_value;
    // A NaN stays NaN.
    earliest = Math.min(earliest, typeof value === "bigint" || typeof value === "number" ? Number(value) : NaN);
  }
  return Number.isFinite(earliest) ? Math.floor(earliest) : undefined;
}

interface OpenFile {
  readonly scan: ParquetScan;
  readonly names: readonly string[];
}

async function openScan(file: AsyncBuffer): Promise<OpenFile> {
  const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, initialFetchSize: FOOTER_BYTES });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  return { scan: await parquetScan({ file, metadata, compressors, parsers: PARSERS }), names };
}

async function readColumns(
  scan: ParquetScan,
  names: readonly string[],
  columns: TickColumns,
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<[TickField, DecodedArray][]> {
  const group: [TickField, DecodedArray][] = [];
  for (const [field, column] of columns) {
    const values = await scan.readColumn({ column: names[column]!, ...range });
    const rows = range.rowEnd - range.rowStart;
    if (values.length !== rows) throw new Error(`column ${names[column]!}: ${values.length} values in ${rows} rows`);
    group.push([field, values]);
  }
  return group;
}

function inputsOfRows(
  group: readonly [TickField, DecodedArray][],
  from: number,
  to: number,
  symbol: string | undefined,
): unknown[] {
  const inputs: Record<string, unknown>[] = [];
  for (let row = from; row < to; row++) inputs.push({ symbol });
  for (const [field, values] of group) {
    for (let row = from; row < to; row++) inputs[row - from]![field] = parquetInputValue(values[row], field);
  }
  return inputs;
}

function symbolOfFolder(path: string, wanted: string | undefined): string {
  const match = FOLDER.exec(path.replaceAll("\\", "/"));
  const symbol = parseSymbol(match?.[1] ?? match?.[2]) ?? wanted;
  if (symbol !== undefined) return symbol;
  const expected = "a column symbol, a folder <symbol>/<yyyy-mm-dd>/, or --symbol";
  throw new UnreadableFileError(path, `got no symbol, expected ${expected}`);
}

/** Turns errors of the Parquet reader into `UnreadableFileError`, because they are caused by the file. */
async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFileError(path, `not a readable Parquet file (${why})`);
  }
}
