// The ticks of one recording in the order of its lines, whatever its form: the one place where the file's ending
// selects the format, and where every input is parsed.
import { createHash, type Hash } from "node:crypto";
import type { AsyncBuffer } from "hyparquet";
import { isRejection, parseTick, type Tick } from "../src/features/tick.ts";
import { csvRows } from "./csv-rows.ts";
import { fileLines, textPieces } from "./file-lines.ts";
import { RecordedCsv } from "./recorded-csv.ts";
import { tickInputsOfLine } from "./recorded-messages.ts";
import { parquetEarliestMs, parquetInputs } from "./recorded-parquet.ts";
import { parseParquetTick } from "./recorded-parquet-tick.ts";
import { type RecordingSource, sourceParts } from "./recording-source.ts";

/**
 * Up to this size a Parquet file is read in one piece and hashed on the way, else by its row groups and hashed apart.
 */
const WHOLE_PARQUET_BYTES = 1 << 24;
const CSV = /\.csv(\.gz)?$/i;
const PARQUET = /\.parquet$/i;

/** What one pass over a recording has counted so far. */
export class RecordingTally {
  /** Ticks taken, of the wanted symbol. */
  ticks = 0;
  /** Lines and ticks refused, of any symbol, by reason. */
  readonly rejected = new Map<string, number>();
  /** Bytes on disk that the pass has read; for Parquet in proportion to the rows. */
  readBytes = 0;
  /** Of the bytes on disk, in hex, once the pass is complete. */
  sha256: string | undefined;
  /** Whether a gzip ended too early; known when the pass is complete. */
  cut = false;

  refuse(reason: string): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }
}

/**
 * One pass: CSV, Parquet, else NDJSON of any known message form; `.gz` of the text forms.
 *
 * @param wanted only ticks of this symbol; also the symbol of recordings that name none.
 * @param tally is kept up to date; complete when the pass is.
 * @throws UnreadableFileError naming the path.
 */
export async function* recordedTicks(
  source: RecordingSource,
  wanted: string | undefined,
  tally: RecordingTally,
): AsyncGenerator<Tick[]> {
  const isParquet = PARQUET.test(source.path);
  const inputs = isParquet ? inputsOfParquet(source, wanted, tally) : inputsOfText(source, wanted, tally);
  for await (const batch of inputs) {
    const ticks: Tick[] = [];
    for (const input of batch) {
      const tick = isParquet ? parseParquetTick(input) : parseTick(input, Infinity);
      if (isRejection(tick)) tally.refuse(tick.reason);
      else if (wanted === undefined || tick.symbol === wanted) ticks.push(tick);
    }
    tally.ticks += ticks.length;
    yield ticks;
  }
}

/** A time not later than any tick's, in ms, where the format gives one without reading the ticks; else `undefined`. */
export async function earliestKnownMs(source: RecordingSource): Promise<number | undefined> {
  return PARQUET.test(source.path) ? await parquetEarliestMs(source.path, byRanges(source)) : undefined;
}

async function* inputsOfText(
  source: RecordingSource,
  wanted: string | undefined,
  tally: RecordingTally,
): AsyncGenerator<readonly unknown[]> {
  const hash = createHash("sha256");
  const parts = hashedParts(source, hash, tally);
  const onCut = (): void => void (tally.cut = true);
  if (CSV.test(source.path)) {
    const table = new RecordedCsv(source.path, wanted);
    for await (const rows of csvRows(source.path, textPieces(source.path, parts, onCut))) {
      yield inputsOf(rows, (cells) => table.inputsOfRow(cells), tally);
    }
    yield table.rest();
  } else {
    for await (const lines of fileLines(source.path, parts, onCut)) yield inputsOf(lines, tickInputsOfLine, tally);
  }
  // Bytes behind the end of a gzip still belong to the file and its hash.
  for await (const part of sourceParts(source, tally.readBytes)) hash.update(part);
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

/** The inputs in lines or rows; those that are refused as a whole are counted by their reason. */
function inputsOf<T>(
  items: readonly T[],
  inputsOfItem: (item: T) => readonly unknown[] | string,
  tally: RecordingTally,
): unknown[] {
  const inputs: unknown[] = [];
  for (const item of items) {
    const found = inputsOfItem(item);
    if (typeof found === "string") tally.refuse(found);
    else inputs.push(...found);
  }
  return inputs;
}

async function* inputsOfParquet(
  source: RecordingSource,
  wanted: string | undefined,
  tally: RecordingTally,
): AsyncGenerator<readonly unknown[]> {
  const hash = createHash("sha256");
  const whole = source.sizeBytes <= WHOLE_PARQUET_BYTES;
  const file = whole ? inMemory(await readBytes(hashedParts(source, hash), source.sizeBytes)) : byRanges(source);
  yield* parquetInputs(source.path, file, wanted, (done, total) => {
    tally.readBytes = (source.sizeBytes * done) / total;
  });
  if (!whole) for await (const part of sourceParts(source)) hash.update(part);
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

async function* hashedParts(source: RecordingSource, hash: Hash, tally?: RecordingTally): AsyncGenerator<Uint8Array> {
  for await (const part of sourceParts(source)) {
    hash.update(part);
    if (tally !== undefined) tally.readBytes += part.length;
    yield part;
  }
}

function inMemory(bytes: ArrayBuffer): AsyncBuffer {
  return { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) };
}

function byRanges(source: RecordingSource): AsyncBuffer {
  const { sizeBytes } = source;
  return {
    byteLength: sizeBytes,
    slice: (start, end = sizeBytes) => {
      const to = Math.min(end, sizeBytes);
      return readBytes(sourceParts(source, start, to), to - start);
    },
  };
}

async function readBytes(parts: AsyncIterable<Uint8Array>, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}
