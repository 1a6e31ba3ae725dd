// Feather and Arrow IPC files: the rows of a file as ticks or bars, one record batch at a time. A library reads the
// container; its buffers may be compressed.
import { zstdDecompressSync } from "node:zlib";
import {
  compressionRegistry,
  CompressionType,
  DataType,
  DateUnit,
  type Field,
  RecordBatchReader,
  TimeUnit,
  type Vector,
} from "apache-arrow";
import { decimalNumber } from "./decimal-number.ts";
import { planOfHeader } from "./layouts/find-layout.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import { lz4Frame } from "./lz4-frame.ts";
import { RecordedBars, type TableContext } from "./recorded-bars.ts";
import type { ParquetRow } from "./recorded-parquet.ts";
import { recordedTable } from "./recorded-table.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: lz4Frame });
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => zstdDecompressSync(bytes) });

/** Told while a file is read. */
export interface ArrowListener {
  readonly onPlan: (plan: TablePlan) => void;
  readonly onBarLength: (barMs: number | undefined) => void;
}

/**
 * Rows of ticks or bars, one record batch at a time; memory holds the file.
 * @throws UnreadableFileError for what is no Arrow file, is damaged, or is of no known layout.
 */
export function* arrowRows(
  bytes: Uint8Array,
  context: TableContext,
  { onPlan, onBarLength }: ArrowListener,
): Generator<readonly ParquetRow[]> {
  const { path, reading } = context;
  const reader = readable(path, () => RecordBatchReader.from(bytes).open());
  const fields = readable(path, () => reader.schema.fields);
  const plan = planOfHeader(
    path,
    fields.map(({ name }) => name),
    reading,
  );
  onPlan(plan);
  const table = recordedTable(context, plan);
  const time = plan.fields.get("ts")!;
  let place = 0;
  for (;;) {
    const { value: batch, done } = readable(path, () => reader.next());
    if (done === true) break;
    const columns = fields.map((field, column) => cellReader(field, batch.getChildAt(column), path));
    const found: ParquetRow[] = [];
    for (let row = 0; row < batch.numRows; row++) {
      const cells = readable(path, () => columns.map((read) => read(row)));
      if (isWallTime(fields[time]!) && typeof cells[time] === "number")
        cells[time] = context.times.msOfWall(cells[time]);
      place += 1;
      found.push({ rows: table.rowsOfCells(cells, place), place });
    }
    if (table instanceof RecordedBars) onBarLength(table.stepMs);
    yield found;
  }
  const rest = table.rest();
  if (table instanceof RecordedBars) onBarLength(table.stepMs);
  if (rest.length > 0) yield [{ rows: rest, place }];
}

type ReadCell = (row: number) => unknown;

/** Time stamps and dates as whole ms, decimals as the nearest double, everything else as it is. */
function cellReader({ type }: Field, vector: Vector | null, path: string): ReadCell {
  if (vector === null) throw new UnreadableFileError(path, "has a column without data");
  if (DataType.isTimestamp(type)) {
    // The library's own getter gives ms as a double, which rounds what should be cut.
    const stored = vector.data[0]?.values as BigInt64Array | undefined;
    const { unit } = type;
    return (row) => (vector.isValid(row) && stored !== undefined ? msOfStored(stored[row]!, unit) : null);
  }
  if (DataType.isDate(type)) return (row) => vector.get(row) as unknown;
  if (DataType.isDecimal(type)) {
    const { scale } = type;
    return (row) => decimalOf(vector.get(row), scale);
  }
  return (row) => vector.get(row) as unknown;
}

/** Whole ms; what is below is cut. */
function msOfStored(stored: bigint, unit: TimeUnit): number {
  if (unit === TimeUnit.SECOND) return Number(stored) * 1000;
  if (unit === TimeUnit.MILLISECOND) return Number(stored);
  const perMs = unit === TimeUnit.MICROSECOND ? 1000n : 1_000_000n;
  const ms = stored / perMs;
  return Number(stored < 0n && ms * perMs !== stored ? ms - 1n : ms);
}

function decimalOf(words: unknown, scale: number): unknown {
  if (!(words instanceof Uint32Array)) return words;
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return decimalNumber(Uint8Array.from(bytes).reverse(), scale);
}

function isWallTime({ type }: Field): boolean {
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY;
  return DataType.isTimestamp(type) && (type.timezone ?? "") === "";
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFileError(path, `not a readable Arrow file (${why})`);
  }
}
