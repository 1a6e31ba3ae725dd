// The ticks of one recording in the order of its lines, whatever its form: the one place where the file's ending
// selects the format, and where every input is parsed.
import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { AsyncBuffer } from "hyparquet";
import { isRejection, parseTick, type Tick, type TickRejection, type TickRules } from "../src/features/tick.ts";
import { symbolKey, SYMBOL_EXPECTED } from "../src/features/symbol-name.ts";
import { MAX_TS_MS, MIN_TS_MS } from "../src/features/tick-time.ts";
import { fileKind } from "./file-kind.ts";
import { textPieces, unpacked } from "./file-lines.ts";
import { KeptMarkets } from "./kept-markets.ts";
import type { ReadingOptions } from "./reading-options.ts";
import type { TableContext } from "./recorded-bars.ts";
import { type ParquetRow, parquetRows, type ParquetTimes, parquetTimes } from "./recorded-parquet.ts";
import { parseParquetTick } from "./recorded-parquet-tick.ts";
import { isRefusal, type RecordedBar, type RecordedRow } from "./recorded-row.ts";
import { type AnyRow, textTimes, tellPlan, textRows } from "./recorded-text.ts";
import { type RecordingSource, sourceParts } from "./recording-source.ts";
import { RecordingTally } from "./recording-tally.ts";
import { SymbolFilter } from "./symbol-filter.ts";
import { TimeColumn } from "./time-column.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/**
 * Up to this size a Parquet file is read in one piece and hashed on the way, else by its row groups and hashed apart.
 */
const WHOLE_PARQUET_BYTES = 1 << 24;
/** A binary file that is packed, and an Arrow file, are read as a whole. */
const MOST_WHOLE_BYTES = 1 << 30;

export interface RecordedTicksOptions {
  /** Only ticks of this symbol; also the symbol of recordings that name none. */
  readonly wanted: string | undefined;
  /** Shared by all recordings of a run. */
  readonly kept: KeptMarkets;
  readonly rules: TickRules;
  readonly reading: ReadingOptions;
}

/** Nothing counted yet. */
export function newTally(path: string): RecordingTally {
  return new RecordingTally(path, fileKind(path).form === "text" ? "line" : "row");
}

interface Archive {
  /** Whether the file is of a gateway's archive: its ticks are judged already. */
  isArchive: boolean;
}

/**
 * One pass: tables, lists and messages of text, Parquet, Arrow; unpacked where they are packed.
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
  const { wanted, kept, reading } = options;
  const times = new TimeColumn(path, tally.word, reading);
  const context = { path, wanted, kept, reading, times };
  const archive: Archive = { isArchive: false };
  const filter = new SymbolFilter(path, wanted, reading.venue, tally.otherSymbols);
  const takes = new RowReader(filter, options, tally, fileKind(path).form === "parquet");
  for await (const rows of rowsOf(source, context, archive, tally)) {
    const ticks: Tick[] = [];
    for (const row of rows) {
      const before = ticks.length;
      if ("ticksOf" in row) takes.bar(row, ticks);
      else takes.row(row, ticks);
      const first = ticks[before];
      if (first !== undefined) tally.countOrder(first.tsMs, row.place);
    }
    tally.isArchive = archive.isArchive;
    if (archive.isArchive) for (let i = 0; i < ticks.length; i++) ticks[i] = { ...ticks[i]!, isJudged: true };
    tally.ticks += ticks.length;
    tally.timeUnit = times.unit;
    yield ticks;
  }
}

/** Makes ticks of rows and counts what is refused. */
class RowReader {
  private readonly filter: SymbolFilter;
  private readonly options: RecordedTicksOptions;
  private readonly tally: RecordingTally;
  private readonly isParquet: boolean;
  private lastBar: { readonly symbol: string; readonly venue: unknown; readonly key: string | undefined } | undefined;

  constructor(filter: SymbolFilter, options: RecordedTicksOptions, tally: RecordingTally, isParquet: boolean) {
    this.filter = filter;
    this.options = options;
    this.tally = tally;
    this.isParquet = isParquet;
  }

  bar(bar: RecordedBar, ticks: Tick[]): void {
    const { symbol, venue, place } = bar;
    if (this.lastBar === undefined || this.lastBar.symbol !== symbol || this.lastBar.venue !== venue) {
      const market = this.filter.marketOf(symbol, venue);
      if (market === undefined) return;
      this.lastBar = { symbol, venue, key: symbolKey(market.symbol, market.venue) };
    }
    const { key } = this.lastBar;
    if (key === undefined) {
      const reason = symbol === "" ? "symbol_missing" : "symbol_malformed";
      this.tally.refuse({ reason, field: "symbol", got: symbol || "nothing", expected: SYMBOL_EXPECTED }, place);
      return;
    }
    const own = bar.ticksOf(key);
    // As `parseTick` does with the time of a tick: a column's unit is told by its other rows.
    const outside = own.find(({ tsMs }) => !(tsMs >= MIN_TS_MS && tsMs <= MAX_TS_MS));
    if (outside !== undefined) {
      const expected = "a time from 2009 to 2100";
      this.tally.refuse({ reason: "ts_out_of_range", field: "ts", got: `${outside.tsMs} ms`, expected }, place);
      return;
    }
    this.keep(key, bar);
    for (const tick of own) ticks.push(tick);
  }

  row(row: RecordedRow, ticks: Tick[]): void {
    const { input, place, nameOf } = row;
    const market = this.filter.marketOf(input.symbol, input.venue);
    if (market === undefined) return;
    input.symbol = market.symbol;
    input.venue = market.venue;
    const tick = this.parse(input);
    if (isRejection(tick)) {
      this.tally.refuse({ ...tick, field: nameOf?.(tick.field) ?? tick.field }, place);
      return;
    }
    this.keep(tick.symbol, row);
    this.tally.countContents(tick);
    ticks.push(tick);
  }

  private parse(input: RecordedRow["input"]): Tick | TickRejection {
    const { rules } = this.options;
    return this.isParquet ? parseParquetTick(input, rules) : parseTick(input, Infinity, rules);
  }

  private keep(symbol: string, { kept, place }: AnyRow): void {
    if (kept === undefined) return;
    this.options.kept.addRow(symbol, kept, this.tally.path, `${this.tally.word} ${place}`);
  }
}

/**
 * The times of a text's rows in ms, in their own order and whatever their symbol; `undefined` for other forms. Rows
 * that are refused later may be among them.
 */
export async function recordedTimes(
  source: RecordingSource,
  { wanted, reading }: RecordedTicksOptions,
): Promise<AsyncIterable<readonly number[]> | undefined> {
  const { path } = source;
  const { form, codecs } = fileKind(path);
  if (form !== "text") return undefined;
  const parts = unpackedOfZip(source, sourceParts(source), () => undefined);
  const pieces = textPieces({ path, codecs, parts, onCut: () => undefined });
  const times = new TimeColumn(path, "line", reading);
  return await textTimes(pieces, { path, wanted, reading, times, kept: new KeptMarkets() });
}

/** What is known of a recording's times without reading its rows; `undefined` where its form does not tell. */
export async function knownTimes(source: RecordingSource, reading: ReadingOptions): Promise<ParquetTimes | undefined> {
  const { form, codecs } = fileKind(source.path);
  if (form !== "parquet" || codecs.length > 0 || source.packed !== undefined) return undefined;
  return await parquetTimes(source.path, byRanges(source), reading);
}

async function* rowsOf(
  source: RecordingSource,
  context: TableContext,
  archive: Archive,
  tally: RecordingTally,
): AsyncGenerator<readonly AnyRow[]> {
  const { path, sizeBytes } = source;
  const { form } = fileKind(path);
  if (sizeBytes === 0 && form === "text") {
    tally.sha256 = createHash("sha256").digest("hex");
    return;
  }
  if (form === "dbn") throw new UnreadableFileError(path, DBN);
  if (form === "text") {
    yield* rowsOfText(source, context, tally);
    return;
  }
  const isParquet = form === "parquet";
  const groups = isParquet ? parquetGroups(source, context, archive, tally) : arrowGroups(source, context, tally);
  for await (const group of groups) {
    const rows: AnyRow[] = [];
    for (const { rows: found, place } of group) {
      if (isRefusal(found)) tally.refuse(found, place);
      else for (const row of found) rows.push(row);
    }
    yield rows;
  }
}

const DBN =
  "is Databento's binary DBN, which is not read: have it delivered as CSV (encoding csv, which may be .csv.zst), or " +
  "write it with the dbn tool, as `dbn FILE --csv -o FILE.csv`";

async function* rowsOfText(
  source: RecordingSource,
  context: TableContext,
  tally: RecordingTally,
): AsyncGenerator<readonly AnyRow[]> {
  const { path } = source;
  const hash = createHash("sha256");
  const onCut = (): void => void (tally.cut = true);
  const { codecs } = fileKind(path);
  const parts = unpackedOfZip(source, hashedParts(source, hash, tally), onCut);
  const pieces = textPieces({ path, codecs, parts, onCut });
  yield* textRows(pieces, context, { tally, onCut });
  // Bytes behind the end of a gzip still belong to the file and its hash.
  for await (const part of sourceParts(source, tally.readBytes)) hash.update(part);
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

/** The bytes of an entry of a zip, checked; those of any other source as they are. */
async function* unpackedOfZip(
  { path, packed }: RecordingSource,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void,
): AsyncGenerator<Uint8Array> {
  if (packed === undefined) {
    yield* parts;
    return;
  }
  let sum = 0;
  let bytes = 0;
  for await (const part of unpacked(path, packed.codec === undefined ? [] : [packed.codec], parts, onCut)) {
    sum = crc32(part, sum);
    bytes += part.length;
    yield part;
  }
  if (bytes === packed.sizeBytes && sum === packed.crc32) return;
  throw new UnreadableFileError(
    path,
    `is damaged: got ${bytes} bytes, expected ${packed.sizeBytes} of another checksum`,
  );
}

async function* parquetGroups(
  source: RecordingSource,
  context: TableContext,
  archive: Archive,
  tally: RecordingTally,
): AsyncGenerator<readonly ParquetRow[]> {
  const hash = createHash("sha256");
  const isPacked = source.packed !== undefined || fileKind(source.path).codecs.length > 0;
  const whole = isPacked || source.sizeBytes <= WHOLE_PARQUET_BYTES;
  const file = whole ? inMemory(await wholeBytes(source, hash)) : byRanges(source);
  yield* parquetRows(file, context, {
    onPlan: (plan) => tellPlan(plan, context, tally),
    onBarLength: (barMs) => (tally.barMs = barMs),
    onArchive: () => (archive.isArchive = true),
    onRows: (done, total) => (tally.readBytes = (source.sizeBytes * done) / total),
  });
  if (!whole) for await (const part of sourceParts(source)) hash.update(part);
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

async function* arrowGroups(
  source: RecordingSource,
  context: TableContext,
  tally: RecordingTally,
): AsyncGenerator<readonly ParquetRow[]> {
  const hash = createHash("sha256");
  const bytes = await wholeBytes(source, hash);
  // Imported here only: other files need no such library.
  const { arrowRows } = await import("./recorded-arrow.ts");
  yield* arrowRows(bytes, context, {
    onPlan: (plan) => tellPlan(plan, context, tally),
    onBarLength: (barMs) => (tally.barMs = barMs),
  });
  tally.readBytes = source.sizeBytes;
  tally.sha256 = hash.digest("hex");
}

/** All bytes of a file, unpacked. */
async function wholeBytes(source: RecordingSource, hash: Hash): Promise<Uint8Array> {
  const { path, sizeBytes } = source;
  if (sizeBytes > MOST_WHOLE_BYTES) throw new UnreadableFileError(path, "is read as a whole, and larger than 1 GiB");
  const onCut = (): void => {
    throw new UnreadableFileError(path, "is cut, and nothing of it can be read: its directory is at its end");
  };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const { codecs } = fileKind(path);
  for await (const part of unpacked(path, codecs, unpackedOfZip(source, hashedParts(source, hash), onCut), onCut)) {
    bytes += part.length;
    if (bytes > MOST_WHOLE_BYTES) throw new UnreadableFileError(path, "unpacks to more than 1 GiB");
    parts.push(part);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function* hashedParts(source: RecordingSource, hash: Hash, tally?: RecordingTally): AsyncGenerator<Uint8Array> {
  for await (const part of sourceParts(source)) {
    hash.update(part);
    if (tally !== undefined) tally.readBytes += part.length;
    yield part;
  }
}

function inMemory({ buffer, byteLength }: Uint8Array): AsyncBuffer {
  return { byteLength, slice: (start, end) => (buffer as ArrayBuffer).slice(start, end) };
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
