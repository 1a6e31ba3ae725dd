// The ticks of one recording in the order of its lines, whatever its form: the one place where the file's ending
// selects the format, and where every input is parsed.
import { createHash, type Hash } from "node:crypto";
import type { AsyncBuffer } from "hyparquet";
import { isRejection, parseTick, type Tick, type TickRejection, type TickRules } from "../src/features/tick.ts";
import { fileLines } from "./file-lines.ts";
import type { KeptMarkets } from "./kept-markets.ts";
import type { TableContext } from "./recorded-bars.ts";
import { RecordedCsv } from "./recorded-csv.ts";
import { rowsOfMessageLine } from "./recorded-messages.ts";
import { parquetEarliestMs, parquetRows } from "./recorded-parquet.ts";
import { parseParquetTick } from "./recorded-parquet-tick.ts";
import { isRefusal, type RecordedInput, type RecordedRow } from "./recorded-row.ts";
import { type RecordingSource, sourceParts } from "./recording-source.ts";
import { RecordingTally } from "./recording-tally.ts";
import { SymbolFilter } from "./symbol-filter.ts";
import { TimeColumn } from "./time-column.ts";

/**
 * Up to this size a Parquet file is read in one piece and hashed on the way, else by its row groups and hashed apart.
 */
const WHOLE_PARQUET_BYTES = 1 << 24;
const CSV = /\.csv(\.gz)?$/i;
const PARQUET = /\.parquet$/i;

export interface RecordedTicksOptions {
  /** Only ticks of this symbol; also the symbol of recordings that name none. */
  readonly wanted: string | undefined;
  /** Shared by all recordings of a run. */
  readonly kept: KeptMarkets;
  readonly rules: TickRules;
}

/** Nothing counted yet. */
export function newTally(path: string): RecordingTally {
  return new RecordingTally(path, wordOfPlace(path));
}

/** What a place in the recording is called. */
function wordOfPlace(path: string): string {
  return PARQUET.test(path) ? "row" : "line";
}

/**
 * One pass: CSV, Parquet, else NDJSON of any known message form; `.gz` of the text forms.
 *
 * @param tally is kept up to date; complete when the pass is.
 * @throws UnreadableFileError naming the path.
 */
export async function* recordedTicks(
  source: RecordingSource,
  options: RecordedTicksOptions,
  tally: RecordingTally,
): AsyncGenerator<Tick[]> {
  const { path } = source;
  const isParquet = PARQUET.test(path);
  const times = new TimeColumn(path, wordOfPlace(path));
  const context = { path, ...options, times };
  const archive = { isArchive: false };
  const filter = new SymbolFilter(path, options.wanted, tally.otherSymbols);
  let lastPlace = 0;
  let lastMs = NaN;
  for await (const rows of isParquet
    ? rowsOfParquet(source, { ...context, archive }, tally)
    : rowsOfText(source, context, tally)) {
    const ticks: Tick[] = [];
    for (const { input, place, kept } of rows) {
      if (!filter.takes(input.symbol)) continue;
      const tick = tickOf(input, options, isParquet);
      if (isRejection(tick)) {
        tally.refuse(tick, place);
        continue;
      }
      if (kept !== undefined) options.kept.addRow(tick.symbol, kept, path, `${times.word} ${place}`);
      if (tick.bid === tick.bid && tick.ask === tick.ask) tally.quotes += 1;
      if (place !== lastPlace) {
        if (tick.tsMs < lastMs) tally.older += 1;
        else if (tick.tsMs > lastMs) tally.newer += 1;
        lastPlace = place;
        lastMs = tick.tsMs;
      }
      ticks.push(archive.isArchive ? { ...tick, isJudged: true } : tick);
    }
    tally.ticks += ticks.length;
    tally.timeUnit = times.unit;
    yield ticks;
  }
}

/** A symbol is missing when it is empty. */
function tickOf(
  input: RecordedInput,
  { wanted, rules }: RecordedTicksOptions,
  isParquet: boolean,
): Tick | TickRejection {
  const { symbol } = input;
  if (typeof symbol === "string") input.symbol = symbol.trim() === "" ? undefined : (wanted ?? symbol.trim());
  return isParquet ? parseParquetTick(input, rules) : parseTick(input, Infinity, rules);
}

/** A time not later than any tick's, in ms, where the format gives one without reading the ticks; else `undefined`. */
export async function earliestKnownMs(source: RecordingSource): Promise<number | undefined> {
  return PARQUET.test(source.path) ? await parquetEarliestMs(source.path, byRanges(source)) : undefined;
}

async function* rowsOfText(
  source: RecordingSource,
  context: TableContext,
  tally: RecordingTally,
): AsyncGenerator<readonly RecordedRow[]> {
  const hash = createHash("sha256");
  const parts = hashedParts(source, hash, tally);
  const table = CSV.test(source.path) ? new RecordedCsv(context) : undefined;
  let place = 0;
  for await (const lines of fileLines(source.path, parts, () => void (tally.cut = true))) {
    const rows: RecordedRow[] = [];
    for (const line of lines) {
      place += 1;
      if (line === "") continue;
      const found = table?.rowsOfLine(line, place) ?? rowsOfMessageLine(line, place, context.times);
      if (isRefusal(found)) tally.refuse(found, place);
      else rows.push(...found);
    }
    tally.barMs = table?.barMs;
    yield rows;
  }
  if (table !== undefined) {
    const rest = table.rest();
    tally.barMs = table.barMs;
    tally.ignoredColumns = table.ignoredColumns;
    yield rest;
  }
  // Bytes behind the end of a gzip still belong to the file and its hash.
  for await (const part of sourceParts(source, tally.readBytes)) hash.update(part);
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

async function* rowsOfParquet(
  source: RecordingSource,
  context: TableContext & { readonly archive: { isArchive: boolean } },
  tally: RecordingTally,
): AsyncGenerator<readonly RecordedRow[]> {
  const hash = createHash("sha256");
  const whole = source.sizeBytes <= WHOLE_PARQUET_BYTES;
  const file = whole ? inMemory(await readBytes(hashedParts(source, hash), source.sizeBytes)) : byRanges(source);
  yield* parquetRows(file, context, {
    onColumns: (ignored) => (tally.ignoredColumns = ignored),
    onArchive: () => (context.archive.isArchive = true),
    onRows: (done, total) => (tally.readBytes = (source.sizeBytes * done) / total),
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
