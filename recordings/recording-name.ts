// What the path of a recording says of its market, for recordings that do not name it themselves.
import { basename } from "node:path";
import { symbolKey } from "../src/features/symbol-name.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A market of this ending names both its sides: `BTCUSDT`, `ETH-EUR`. */
const PAIR = /[a-z0-9]-?(usd[tc]?|eur)$/i;
/** Shorter ones may be one side only, as BUSD. */
const PAIR_CHARS = 6;
const NO_SYMBOL =
  /^(bars?|candles?|klines?|ohlcv?t?|data|prices?|(agg)?trades?|ticks?|quotes?|spot|futures?|perp|history|export|part)$/i;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Dates, numbers, lengths and random ids: what may differ between two files of one market. */
const RUNNING = /^(\d+[a-z]?|\d+t\d+z?|(?=.*\d)[0-9a-f]{8,}|t|z|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/i;

export interface RecordingName {
  /** `undefined` when the name does not give the symbol for certain. */
  readonly symbol: string | undefined;
  /** Length of bars in ms. `undefined` when the name has no length, or the length 0. */
  readonly stepMs: number | undefined;
}

/**
 * Reads `<symbol>_<length>` and `<symbol>-<length>`, also with more set off by `_`; the length is digits and `s`, `m`,
 * `h` or `d`, in any case. Dates, numbers and words such as `trades`, `bars` and `data` are passed over.
 *
 * The symbol is certain where it is all that is left of the name, and is followed by a length, in capitals, or ends
 * with `usd`, `usdt`, `usdc` or `eur`; else where one part between `_` is such a pair of at least six letters. One half
 * of a pair, as in `BTC_USDT-5m.csv`, is never taken for a symbol.
 *
 * Examples: `XBTUSD_1m_2018.csv.gz` is XBTUSD, 60,000 ms; `btcusd-1h.csv` BTCUSD, 3,600,000 ms;
 * `Binance_BTCUSDT_1d.csv` BTCUSDT, 86,400,000 ms; `ETH-USD.csv` ETH-USD without a length; `bars.csv` says neither.
 */
export function recordingName(path: string): RecordingName {
  const name = stem(path);
  const match = /(?:^|[_-])(\d{1,3})([smhd])(?=[_-]|$)/i.exec(name);
  const lengthMs = match === null ? 0 : Number(match[1]) * (UNIT_MS[match[2]!.toLowerCase()] ?? NaN);
  const parts = name
    .split("_")
    .map(lastingPart)
    .filter((part) => part !== "");
  const pairs = parts.filter((part) => PAIR.test(part) && plainName(part).length >= PAIR_CHARS);
  const [only] = parts.length === 1 ? parts : pairs.length === 1 ? pairs : [];
  const certain =
    only !== undefined &&
    only.split("-").length <= 2 &&
    (match !== null || only === only.toUpperCase() || PAIR.test(only));
  return {
    symbol: certain ? symbolKey(only) : undefined,
    stepMs: lengthMs === 0 ? undefined : lengthMs,
  };
}

/** A part of a name without what may differ between two files of one market. */
function lastingPart(part: string): string {
  return part
    .split("-")
    .filter((word) => word !== "" && !RUNNING.test(word) && !NO_SYMBOL.test(word))
    .join("-");
}

/**
 * Whether the file's name contains the market of the symbol, in any spelling: `BTC_USDT-trades.csv` does for BTCUSDT
 * and for BTC-USDT, and not for BTCUSD.
 */
export function nameHasMarket(path: string, symbol: string): boolean {
  const words = stem(path).split(/[^A-Za-z0-9]+/);
  const market = plainName(symbol);
  return words.some((_, from) => {
    let joined = "";
    for (const word of words.slice(from)) {
      joined += word.toUpperCase();
      if (joined === market) return true;
    }
    return false;
  });
}

/** The words of a path that two files of one market share: without dates, numbers and random ids. */
export function lastingWords(path: string): string {
  const words = path
    .replace(UUID, "")
    .replace(/\.[a-z]+(\.(gz|zst))?$/i, "")
    .split(/[^A-Za-z0-9]+/);
  return words
    .filter((word) => word !== "" && !RUNNING.test(word))
    .join(" ")
    .toLowerCase();
}

/** The symbol of a folder `symbol=<symbol>` in the path, as data lakes write it: percent-encoded. */
export function folderSymbol(path: string): string | undefined {
  const folder = /(?:^|\/)symbol=([^/]+)\//.exec(path.replaceAll("\\", "/"))?.[1];
  try {
    return folder === undefined ? undefined : decodeURIComponent(folder);
  } catch {
    // A `%` that encodes nothing.
    return folder;
  }
}

/** Whether two names mean one market, whatever stands between their letters: BTC/USD and btc-usd. */
export function isSameMarket(a: string, b: string): boolean {
  return plainName(a) === plainName(b);
}

function plainName(symbol: string): string {
  return symbol.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

function stem(path: string): string {
  return basename(path).replace(/\.(csv|tsv|txt|json|ndjson|jsonl|parquet|pq|feather|arrow|ipc)(\.(gz|zst))?$/i, "");
}
