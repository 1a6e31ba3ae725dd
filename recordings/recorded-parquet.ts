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
import { decimalNumber } from "./decimal-number.ts";
import { planOfHeader } from "./layouts/find-layout.ts";
import { isBarPlan, type TablePlan } from "./layouts/table-plan.ts";
import type { ReadingOptions } from "./reading-options.ts";
import { RecordedBars, type TableContext } from "./recorded-bars.ts";
import type { RowsOfLine } from "./recorded-row.ts";
import { recordedTable } from "./recorded-table.ts";
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
  dateFromDays: (days: number) => days * 86_400_000,
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

/** Told while a file is read. */
export interface ParquetListener {
  readonly onPlan?: (plan: TablePlan) => void;
  readonly onBarLength?: (barMs: number | undefined) => void;
  /** The file is of a gateway's archive: its key-value metadata names the last batch in it. */
  readonly onArchive?: () => void;
  /** The number of rows read, and the total. */
  readonly onRows?: (done: number, total: number) => void;
}

/** A row's own answer, and its number from 1. */
export interface ParquetRow {
  readonly rows: RowsOfLine;
  readonly place: number;
}

/**
 * Rows of ticks or bars, some thousand at a time. Columns as in CSV files; a time may be a number since 1970 UTC (see
 * `TimeColumn`), a time stamp of any unit or an ISO 8601 string. A null and a floating-point NaN are missing.
 *
 * Memory holds the columns of one row group, whatever the file's size. Snappy, gzip, zstd, brotli and LZ4 are
 * understood.
 *
 * @throws UnreadableFileError for what is no Parquet, is damaged, or is of no known layout.
 */
export async function* parquetRows(
  file: AsyncBuffer,
  context: TableContext,
  { onPlan, onBarLength, onArchive, onRows }: ParquetListener = {},
): AsyncGenerator<readonly ParquetRow[]> {
  const { path, reading } = context;
  const { scan, names, scales, localTimes } = await readable(path, () => openScan(file));
  const plan = planOfHeader(path, names, reading);
  onPlan?.(plan);
  if (isArchive(scan.metadata.key_value_metadata)) onArchive?.();
  const table = recordedTable(context, plan);
  const read = positionsOf(plan, table.positions);
  const total = Number(scan.metadata.num_rows);
  const time = plan.fields.get("ts")!;
  for (const range of scan.ranges) {
    const group = await readable(path, () => readColumns({ scan, names, scales, localTimes }, read, range));
    const columns = read.map((column) => [column, group.get(column)!] as const);
    const rows = range.rowEnd - range.rowStart;
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const to = Math.min(from + ROWS_AT_ONCE, rows);
      onRows?.(range.rowStart + to, total);
      const found: ParquetRow[] = [];
      for (let row = from; row < to; row++) {
        const cells = new Array<unknown>(names.length);
        for (const [column, values] of columns) cells[column] = values[row];
        if (localTimes[time] === true) cells[time] = wallTime(context.times, cells[time]);
        const place = range.rowStart + row + 1;
        found.push({ rows: table.rowsOfCells(cells, place), place });
      }
      if (table instanceof RecordedBars) onBarLength?.(table.stepMs);
      yield found;
    }
  }
  const rest = table.rest();
  if (table instanceof RecordedBars) onBarLength?.(table.stepMs);
  if (rest.length > 0) yield [{ rows: rest, place: total }];
}

/** Columns that the table reads, and those that an adjustment of the layout looks at. */
function positionsOf({ layout, plain }: TablePlan, positions: readonly number[]): readonly number[] {
  if (layout.adjust === undefined) return positions;
  const told = (layout.signature ?? []).map((name) => plain.indexOf(name.toLowerCase().replace(/_/g, "")));
  return [...new Set([...positions, ...told.filter((column) => column >= 0)])];
}

function wallTime(times: TimeColumn, value: unknown): unknown {
  return typeof value === "number" ? times.msOfWall(value) : value;
}

/** What the footer of a file says of its times. */
export interface ParquetTimes {
  /**
   * Not later than any time in it, in ms. Rows that the parser refuses count too. `undefined` when the file has no
   * rows, or when a row group has no statistics of a numeric time.
   */
  readonly earliestMs: number | undefined;
  readonly rows: number;
  /** Whether a gateway wrote it, in order of time. */
  readonly isArchive: boolean;
}

/**
 * What is known without reading the rows: the earliest time is from the statistics in its footer: a few kilobytes
 * read instead of all.
 *
 * @throws UnreadableFileError for what is no Parquet.
 */
export async function parquetTimes(
  path: string,
  file: AsyncBuffer,
  reading: ReadingOptions = {},
): Promise<ParquetTimes> {
  const options = { parsers: PARSERS, initialFetchSize: FOOTER_BYTES };
  const metadata = await readable(path, () => parquetMetadataAsync(file, options));
  const { row_groups, schema, num_rows, key_value_metadata } = metadata;
  const names = await readable(path, () => Promise.resolve(namesOf(schema.slice(1))));
  const plan = planOfHeader(path, names, reading);
  const told = { rows: Number(num_rows), isArchive: isArchive(key_value_metadata) };
  // A bar begins before its stamp where that is its end, and a wall clock's time is not yet UTC.
  if (isBarPlan(plan) || reading.timezone !== undefined) return { ...told, earliestMs: undefined };
  const ts = names[plan.fields.get("ts")!];
  let earliest = Infinity;
  for (const { columns } of row_groups) {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === ts)?.meta_data;
    const value = new TimeColumn(path, "row", reading).msOf(column?.statistics?.min_value, 0);
    // A NaN stays NaN.
    earliest = Math.min(earliest, typeof value === "number" ? value : NaN);
  }
  return { ...told, earliestMs: Number.isFinite(earliest) ? earliest : undefined };
}

function isArchive(metadata: FileMetaData["key_value_metadata"]): boolean {
  return metadata?.some(({ key }) => key === "last_batch") === true;
}

interface OpenFile {
  readonly scan: ParquetScan;
  readonly names: readonly string[];
  /** Digits behind the point of each decimal column. */
  readonly scales: readonly (number | undefined)[];
  /** Columns of time stamps that are of a wall clock. */
  readonly localTimes: readonly boolean[];
}

async function openScan(file: AsyncBuffer): Promise<OpenFile> {
  const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, initialFetchSize: FOOTER_BYTES });
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  return {
    scan: await parquetScan({ file, metadata: withRawDecimals(metadata), compressors, parsers: PARSERS }),
    names: namesOf(elements),
    scales: elements.map((element) => (isDecimal(element) ? (element.scale ?? 0) : undefined)),
    localTimes: elements.map(isLocalTime),
  };
}

type SchemaElement = FileMetaData["schema"][number];

/** Throws for a footer that lacks one, which the library reads. */
function namesOf(elements: readonly SchemaElement[]): readonly string[] {
  return elements.map(({ name }: { readonly name: unknown }) => {
    if (typeof name !== "string") throw new Error("a column has no name");
    return name;
  });
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

/** A time stamp that does not say that it is UTC, as pandas writes one without a zone; so is a date. */
function isLocalTime({ converted_type, logical_type }: SchemaElement): boolean {
  if (logical_type?.type === "TIMESTAMP") return !logical_type.isAdjustedToUTC;
  return logical_type?.type === "DATE" || converted_type === "DATE";
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
