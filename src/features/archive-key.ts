// Keys of the gateway's archive: `ticks/symbol=<symbol>/date=<yyyy-mm-dd>/<hhmm>-<number>.parquet`, and the same below
// `predictions/`. Predictions on a further grid are below `predictions-by-grid/grid=<grid>/`. Folders are named as
// engines for data lakes expect it; the symbol is percent-encoded.

/** What a kind of archived object holds. */
export type ArchiveKind = "ticks" | "predictions";

/** Counts up when a column or key of the metadata changes its meaning; in the metadata of every object. */
export const ARCHIVE_SCHEMA = "1";

/** Digits of an object's number, so that keys sort like numbers. */
const NUMBER_DIGITS = 10;

/** What the folders of predictions on further grids begin with; the grid's name follows. */
export const GRID_FOLDER = "predictions-by-grid/grid=";

/** Where the archive of a symbol begins. @param grid name of a further grid, for predictions on it. */
export function archiveFolder(kind: ArchiveKind, symbol: string, grid?: string): string {
  const folder = grid === undefined ? kind : `${GRID_FOLDER}${grid}`;
  return `${folder}/symbol=${encodeURIComponent(symbol)}/`;
}

/** Every folder that may have a symbol's ticks, that of the layout of before first; a colon was not encoded there. */
export function tickFolders(symbol: string): string[] {
  const before = `ticks/${encodeURIComponent(symbol).replaceAll("%3A", ":")}/`;
  return [before, archiveFolder("ticks", symbol)];
}

/**
 * The key of an object, by the UTC time that it is named for.
 *
 * Example: `archiveKey("ticks", "BTC/USD@kraken", 1764547200000, 1)` is
 * `"ticks/symbol=BTC%2FUSD%40kraken/date=2025-12-01/0000-0000000001.parquet"`.
 *
 * @param number orders the objects of one minute. @param grid as of `archiveFolder`.
 */
export function archiveKey(kind: ArchiveKind, symbol: string, namedMs: number, number: number, grid?: string): string {
  const [day = "", time = ""] = new Date(namedMs).toISOString().split("T");
  const name = `${time.slice(0, 2)}${time.slice(3, 5)}-${String(number).padStart(NUMBER_DIGITS, "0")}.parquet`;
  return `${archiveFolder(kind, symbol, grid)}date=${day}/${name}`;
}

/** `a.parquet` becomes `a~2.parquet`, then `a~3.parquet`: for a symbol that was removed and created again. */
export function nextArchiveKey(key: string): string {
  return key.replace(/(?:~(\d+))?\.parquet$/, (_, n: string | undefined) => `~${Number(n ?? 1) + 1}.parquet`);
}

/** The parts of a key. */
export interface ArchiveKey {
  /** `ticks` also where the path does not reach up to the folder of the kind. */
  readonly kind: ArchiveKind;
  readonly symbol: string;
  /** The time that the object is named for, that of its first row cut to the minute, ms since 1970. */
  readonly fromMs: number;
  /** Of an object of ticks: its first batch. */
  readonly number: number;
}

/** Anchored at a slash: a search from each letter of a long name would take the square of its length. */
const KEY = /(?:^|\/)([^/]+)\/(date=)?(\d{4}-\d{2}-\d{2})\/([01]\d|2[0-3])([0-5]\d)-(\d+)(?:~\d+)?\.parquet$/;
const HIVE = "symbol=";
const PREDICTIONS = /(^|\/)predictions(-by-grid\/grid=[^/]+)?\/symbol=[^/]+\/(.*\/)?[^/]+\.parquet$/;

/**
 * Reads the end of an address or path, also of the layout of before, `<symbol>/<yyyy-mm-dd>/<hhmm>-<number>.parquet`;
 * `undefined` for other keys.
 *
 * Example: `parseArchiveKey("local://ticks/symbol=BTC-USD/date=2026-11-20/1415-0000000042.parquet")` is
 * `{ kind: "ticks", symbol: "BTC-USD", fromMs: Date.UTC(2026, 10, 20, 14, 15), number: 42 }`.
 */
export function parseArchiveKey(path: string): ArchiveKey | undefined {
  const match = KEY.exec(path);
  if (match === null) return undefined;
  const [, folder = "", date, day = "", hour = "", minute = "", number = ""] = match;
  const symbol = decoded(date === undefined ? folder : symbolPart(folder));
  const fromMs = Date.parse(`${day}T${hour}:${minute}:00Z`);
  if (symbol === undefined || Number.isNaN(fromMs)) return undefined;
  const kind = isBelowPredictions(path) ? "predictions" : "ticks";
  return { kind, symbol, fromMs, number: Number(number) };
}

/** Whether a path, with `/` between its parts, is one of the archive's predictions, whatever the file is called. */
export function isBelowPredictions(path: string): boolean {
  return PREDICTIONS.test(path);
}

function symbolPart(folder: string): string | undefined {
  return folder.startsWith(HIVE) ? folder.slice(HIVE.length) : undefined;
}

/** `undefined` for a `%` that encodes nothing. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
