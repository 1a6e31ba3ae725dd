// Parquet recordings: the rows of a file as tick inputs, one row group at a time.
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type ParquetScan,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { TickField } from "../src/features/tick-fields.ts";
import { decimalNumber } from "./decimal-number.ts";
import type { TableContext } from "./recorded-bars.ts";
import { parquetInputValue } from "./recorded-parquet-tick.ts";
import type { RecordedInput, RecordedRow } from "./recorded-row.ts";
import { TableMarkets } from "./table-markets.ts";
import { type TickColumns, tickColumns } from "./tick-columns.ts";
import { TimeColumn } from "./time-column.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

const ROWS_AT_ONCE = 4096;
/** A footer is read at first in this many bytes from the end, and once more when it is longer. */
const FOOTER_BYTES = 1 << 16;
/** Times become whole ms, cut like those of ISO strings. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  timestampFromMicroseconds: (us: bigint) => Number(us / 1000n),
  timestampFromNanoseconds: (ns: bigint) => Number(ns / 1_000_000n),
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

/** Told while a file is read. */
export interface ParquetListener {
  /** Names of the columns that are not read. */
  readonly onColumns?: (ignored: readonly string[]) => void;
  /** The file is of a gateway's archive: its key-value metadata names the last batch in it. */
  readonly onArchive?: () => void;
  /** The number of rows read, and the total. */
  readonly onRows?: (done: number, total: number) => void;
}

/**
 * Rows for `parseParquetTick`, some thousand at a time. Columns as in `tickColumns`; `ts` may be a number since 1970
 * UTC (see `TimeColumn`), a time stamp of any unit or an ISO 8601 string. A null and a floating-point NaN are missing.
 *
 * Memory holds the columns of one row group, whatever the file's size. Snappy, gzip, zstd, brotli and LZ4 are
 * understood.
 *
 * @throws UnreadableFileError for what is no Parquet, is damaged, or has no columns `ts` and `price` or no symbol.
 */
export async function* parquetRows(
  file: AsyncBuffer,
  context: TableContext,
  { onColumns, onArchive, onRows }: ParquetListener = {},
): AsyncGenerator<readonly RecordedRow[]> {
  const { path } = context;
  const { scan, names, scales } = await readable(path, () => openScan(file));
  const columns = tickColumns(names);
  if (columns === undefined) {
    throw new UnreadableFileError(
      path,
      `got the columns "${names.join(",").slice(0, 120)}", expected ts, symbol, price`,
    );
  }
  onColumns?.(columns.ignored);
  if (scan.metadata.key_value_metadata?.some(({ key }) => key === "last_batch") === true) onArchive?.();
  const markets = new TableMarkets(context, names, columns);
  const read = [...new Set([...columns.fields.values(), ...markets.positions])];
  const total = Number(scan.metadata.num_rows);
  for (const range of scan.ranges) {
    const group = await readable(path, () => readColumns({ scan, names, scales }, read, range));
    const rows = range.rowEnd - range.rowStart;
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const to = Math.min(from + ROWS_AT_ONCE, rows);
      onRows?.(range.rowStart + to, total);
      yield recordedRows(group, { from, to, firstRow: range.rowStart }, { columns, markets, times: context.times });
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
  const ts = names[tickColumns(names)?.fields.get("ts") ?? -1];
  let earliest = Infinity;
  for (const { columns } of row_groups) {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === ts)?.meta_data;
    const value = new TimeColumn(path, "row").msOf(column?.statistics?.min_value, 0);
    // A NaN stays NaN.
    earliest = Math.min(earliest, typeof value === "number" ? value : NaN);
  }
  return Number.isFinite(earliest) ? earliest : undefined;
}

interface OpenFile {
  readonly scan: ParquetScan;
  readonly names: readonly string[];
  /** Digits behind the point of each decimal column. */
  readonly scales: readonly (number | undefined)[];
}

async function openScan(file: AsyncBuffer): Promise<OpenFile> {
  const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, initialFetchSize: FOOTER_BYTES });
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  return {
    scan: await parquetScan({ file, metadata: withRawDecimals(metadata), compressors, parsers: PARSERS }),
    names: elements.map(({ name }) => name),
    scales: elements.map((element) => (isDecimal(element) ? (element.scale ?? 0) : undefined)),
  };
}

type SchemaElement = FileMetaData["schema"][number];

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

/** The same file with decimals as the whole numbers or bytes that are stored: the library would round them twice. */
function withRawDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    if (!isDecimal(element)) return element;
    const raw = { ...element };
    delete raw.converted_type;
    delete raw.logical_type;
    // Bytes of no type would be decoded as a text.
    return element.type === "BYTE_ARRAY" ? { ...raw, converted_type: "JSON" } : raw;
  });
  return { ...metadata, schema };
}

async function readColumns(
  { scan, names, scales }: OpenFile,
  columns: readonly number[],
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<ReadonlyMap<number, ArrayLike<unknown>>> {
  const group = new Map<number, ArrayLike<unknown>>();
  const rows = range.rowEnd - range.rowStart;
  for (const column of columns) {
    const values = await scan.readColumn({ column: names[column]!, ...range });
    if (values.length !== rows) throw new Error(`column ${names[column]!}: ${values.length} values in ${rows} rows`);
    const scale = scales[column];
    group.set(column, scale === undefined ? values : decimals(values, scale));
  }
  return group;
}

function decimals(values: DecodedArray, scale: number): unknown[] {
  return Array.from(values as ArrayLike<number | bigint | Uint8Array | null>, (value) =>
    value === null || value === undefined ? value : decimalNumber(value, scale),
  );
}

interface RowReaders {
  readonly columns: TickColumns;
  readonly markets: TableMarkets;
  readonly times: TimeColumn;
}

function recordedRows(
  group: ReadonlyMap<number, ArrayLike<unknown>>,
  { from, to, firstRow }: { readonly from: number; readonly to: number; readonly firstRow: number },
  { columns, markets, times }: RowReaders,
): RecordedRow[] {
  const rows: RecordedRow[] = [];
  const fields = [...columns.fields].filter(([field]) => field !== "symbol");
  const values = fields.map(([field, column]): [TickField, ArrayLike<unknown>] => [field, group.get(column)!]);
  for (let row = from; row < to; row++) {
    const cellOf = (column: number): unknown => group.get(column)![row];
    const input: RecordedInput = { symbol: markets.symbolOf(cellOf) };
    for (const [field, column] of values) {
      const value = column[row];
      input[field] = field === "ts" ? value : parquetInputValue(value, field);
    }
    const place = firstRow + row + 1;
    input.ts = times.msOf(input.ts, place);
    rows.push({ input, place, kept: markets.keptOf(cellOf) });
  }
  return rows;
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
