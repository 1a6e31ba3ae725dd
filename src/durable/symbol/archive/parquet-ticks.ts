// Packed ticks as a Parquet file, and back. Deterministic, so that an object written twice has the same bytes.
import { parquetMetadata, parquetRead } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { ID_FIELD, QUOTE_FIELDS, TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { ARCHIVE_SCHEMA } from "../../../features/archive-key.ts";
import { splitKey } from "../../../features/symbol-name.ts";
import { FLOW_FIELDS } from "../../../features/trade-flow.ts";

/** The symbol and batch range of a file, written to its key-value metadata. */
export interface ParquetTicksOf {
  readonly symbol: string;
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly stepMs: number;
}

const ROW_GROUP_ROWS = 8192;
const NUMBERS = ["price", "bid", "ask", "bidSize", "askSize", "size"] as const;
/** Columns in the order of a packed tick. */
const FIELDS = ["ts", ...NUMBERS, "id", ...FLOW_FIELDS] as const;

/**
 * One row a tick, in the order given, compressed with Snappy. `ts` (ms since 1970 UTC) and `id` are integers of 64
 * bits, the prices and sizes float64 with all their bits; missing values (`NaN`) are null. A negative `id` is the hash
 * of a text id (see `tickIdNumber`). `side` is 1 where the buyer took the trade, −1 where the seller did. `symbol` is
 * the symbol's key, as in the name of its folder; `venue` the venue in it.
 */
export function encodeParquetTicks(rows: Float64Array, of: ParquetTicksOf): ArrayBuffer {
  const ticks = rows.length / TICK_FIELDS;
  const columnData: ColumnSource[] = [
    { name: "ts", type: "INT64", nullable: false, encoding: "DELTA_BINARY_PACKED", data: integers(rows, 0) },
    { name: "symbol", type: "STRING", nullable: false, data: new Array<string>(ticks).fill(of.symbol) },
    { name: "venue", type: "STRING", data: new Array<string | null>(ticks).fill(splitKey(of.symbol).venue ?? null) },
    ...NUMBERS.map((name, k): ColumnSource => ({ name, type: "DOUBLE", data: numbers(rows, k + 1) })),
    { name: "id", type: "INT64", encoding: "DELTA_BINARY_PACKED", data: integers(rows, ID_FIELD) },
    ...FLOW_FIELDS.map((name, k): ColumnSource => ({ name, type: "DOUBLE", data: numbers(rows, QUOTE_FIELDS + k) })),
  ];
  return parquetWriteBuffer({
    columnData,
    rowGroupSize: ROW_GROUP_ROWS,
    createdBy: "volgate",
    kvMetadata: [
      { key: "archive_schema", value: ARCHIVE_SCHEMA },
      { key: "symbol", value: of.symbol },
      { key: "first_batch", value: String(of.firstBatch) },
      { key: "last_batch", value: String(of.lastBatch) },
      { key: "step_ms", value: String(of.stepMs) },
    ],
  });
}

/** What the archive has of one object. */
export interface ArchivedObject {
  /** Packed ticks in the order of the file. */
  readonly rows: Float64Array;
  /** The last batch in it. */
  readonly lastBatch: number;
}

/** Reads what `encodeParquetTicks` wrote. Throws for other bytes. */
export async function decodeParquetTicks(bytes: ArrayBuffer): Promise<ArchivedObject> {
  const metadata = parquetMetadata(bytes);
  const lastBatch = Number(metadata.key_value_metadata?.find(({ key }) => key === "last_batch")?.value);
  if (!Number.isSafeInteger(lastBatch)) throw new TypeError(`last_batch: got ${lastBatch}, expected a whole number`);
  const names = new Set(metadata.schema.map(({ name }) => name));
  const rows = new Float64Array(Number(metadata.num_rows) * TICK_FIELDS).fill(NaN);
  // By column: an object for each tick takes several times as long.
  await parquetRead({
    file: bytes,
    metadata,
    // Files of before flow was kept lack its columns.
    columns: FIELDS.filter((name) => names.has(name)),
    onChunk: ({ columnName, columnData, rowStart }) => {
      const field = FIELDS.findIndex((name) => name === columnName);
      for (let i = 0; i < columnData.length; i++) {
        const value: unknown = columnData[i];
        if (value !== null && value !== undefined) rows[(rowStart + i) * TICK_FIELDS + field] = Number(value);
      }
    },
  });
  return { rows, lastBatch };
}

function numbers(rows: Float64Array, field: number): (number | null)[] {
  const values: (number | null)[] = [];
  for (let at = field; at < rows.length; at += TICK_FIELDS) values.push(rows[at] === rows[at] ? rows[at]! : null);
  return values;
}

function integers(rows: Float64Array, field: number): (bigint | null)[] {
  return numbers(rows, field).map((x) => (x === null ? null : BigInt(x)));
}
