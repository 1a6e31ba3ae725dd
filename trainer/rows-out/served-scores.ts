// What the gateway answered for each step, from its archive of predictions: no route tells a past prediction. A day of
// a symbol is read when rows of it are near, and forgotten after it.
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { openRecordings, type OpenRecordings } from "../../recordings/recording-paths.ts";
import type { RecordingSource } from "../../recordings/recording-source.ts";
import { UnreadableFileError } from "../../recordings/unreadable-file-error.ts";
import { DAY_MS } from "./day-ms.ts";

/** Columns that are read of a file of predictions. `ts` is the end of the step in ms since 1970 UTC. */
const COLUMNS = ["ts", "score", "model_sha256"] as const;
/** A file of predictions lies in the folder of the day in which it begins, and may go on into the next. */
const DAYS_BEFORE = 1;
const FOLDERS = /(?:^|\/)symbol=([^/]+)\/date=([^/]+)\/[^/]+$/;

export interface ServedScore {
  readonly score: number;
  /** SHA-256 of the model. */
  readonly model: string;
}

/** What was predicted, and how far ahead: predictions of something else say nothing about a row. */
export interface ServedGrid {
  readonly stepMs: number;
  readonly horizonMs: number;
}

type ScoresByTime = Map<number, ServedScore>;

/** The predictions of an archive `…/symbol=<percent-encoded>/date=YYYY-MM-DD/*.parquet`. */
export class ServedScores {
  private readonly archive: OpenRecordings;
  private readonly grid: ServedGrid;
  /** By symbol and day of the folder. */
  private readonly sources = new Map<string, Map<number, RecordingSource[]>>();
  private readonly loaded = new Map<string, Map<number, ScoresByTime>>();

  private constructor(archive: OpenRecordings, grid: ServedGrid) {
    this.archive = archive;
    this.grid = grid;
    for (const source of archive.sources) {
      const [, folder = "", date] = FOLDERS.exec(source.path) ?? [];
      const symbol = decoded(folder);
      const day = dayOf(Date.parse(date ?? ""));
      if (symbol === undefined || Number.isNaN(day)) {
        throw new UnreadableFileError(source.path, "expected predictions below symbol=…/date=YYYY-MM-DD/");
      }
      const days = emptyIfMissing(this.sources, symbol);
      days.set(day, [...(days.get(day) ?? []), source]);
    }
  }

  /** @throws UnreadableFileError for a path without predictions. */
  static async open(path: string, persist: string, grid: ServedGrid): Promise<ServedScores> {
    const archive = await openRecordings([path], { persist, predictions: true });
    try {
      return new ServedScores(archive, grid);
    } catch (error) {
      await archive.close();
      throw error;
    }
  }

  /**
   * Reads what was answered to a symbol from `fromMs` to `toMs`, so that `at` knows it, and forgets what was before.
   * @throws UnreadableFileError for a file that is no Parquet, lacks a column, or is of another grid, and for two
   * predictions of one step.
   */
  async load(symbol: string, fromMs: number, toMs: number): Promise<void> {
    const loaded = emptyIfMissing(this.loaded, symbol);
    const first = dayOf(fromMs) - DAYS_BEFORE;
    for (const day of loaded.keys()) if (day < first) loaded.delete(day);
    for (const [day, sources] of this.sources.get(symbol) ?? []) {
      if (day < first || day > dayOf(toMs) || loaded.has(day)) continue;
      loaded.set(day, new Map());
      for (const source of sources) await this.read(symbol, day, source);
    }
  }

  /** What was answered for the step that ends at a time; `undefined` without a prediction. */
  at(symbol: string, timeMs: number): ServedScore | undefined {
    const loaded = this.loaded.get(symbol);
    const day = dayOf(timeMs);
    return loaded?.get(day)?.get(timeMs) ?? loaded?.get(day - DAYS_BEFORE)?.get(timeMs);
  }

  async close(): Promise<void> {
    await this.archive.close();
  }

  private async read(symbol: string, day: number, source: RecordingSource): Promise<void> {
    for (const [timeMs, served] of await readPredictions(source, this.grid)) {
      const before = this.at(symbol, timeMs);
      if (before !== undefined && (before.score !== served.score || before.model !== served.model)) {
        const what = `two predictions of ${symbol} at ${new Date(timeMs).toISOString()}`;
        const models = `by ${before.model} and ${served.model}`;
        throw new UnreadableFileError(source.path, `${what}, ${models}: expected the served one alone`);
      }
      this.loaded.get(symbol)?.get(day)?.set(timeMs, served);
    }
  }
}

async function readPredictions(
  source: RecordingSource,
  grid: ServedGrid,
): Promise<[timeMs: number, served: ServedScore][]> {
  const { path, sizeBytes } = source;
  const file = {
    byteLength: sizeBytes,
    slice: async (start: number, end = sizeBytes): Promise<ArrayBuffer> => {
      return (await source.read(start, end)).slice().buffer;
    },
  };
  let rows: Record<string, unknown>[];
  try {
    const metadata = await parquetMetadataAsync(file);
    requireGrid(path, metadata, grid);
    rows = await parquetReadObjects({ file, metadata, compressors, columns: [...COLUMNS] });
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(path, error instanceof Error ? error.message : String(error));
  }
  return rows.map(({ ts, score, model_sha256: model }, i) => {
    const timeMs = ts instanceof Date ? ts.getTime() : typeof ts === "bigint" ? Number(ts) : NaN;
    if (Number.isNaN(timeMs)) throw wrong(path, i, "ts", ts, "ms since 1970 or a time stamp");
    if (typeof score !== "number") throw wrong(path, i, "score", score, "a number");
    if (typeof model !== "string") throw wrong(path, i, "model_sha256", model, "a text");
    return [timeMs, { score, model }];
  });
}

function requireGrid(path: string, { key_value_metadata: pairs = [] }: FileMetaData, grid: ServedGrid): void {
  for (const [name, expected] of [
    ["step_ms", grid.stepMs],
    ["horizon_ms", grid.horizonMs],
  ] as const) {
    const got = pairs.find(({ key }) => key === name)?.value ?? "none";
    if (got === String(expected)) continue;
    throw new UnreadableFileError(
      path,
      `${name} in its metadata: got ${got}, expected ${expected}, as these rows have`,
    );
  }
}

function wrong(path: string, row: number, column: string, got: unknown, expected: string): UnreadableFileError {
  return new UnreadableFileError(path, `row ${row}: ${column} is ${String(got)}, expected ${expected}`);
}

/** `undefined` for what is not percent-encoded well. */
function decoded(folder: string): string | undefined {
  try {
    return decodeURIComponent(folder);
  } catch {
    return undefined;
  }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function emptyIfMissing<K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map()));
  return map;
}
