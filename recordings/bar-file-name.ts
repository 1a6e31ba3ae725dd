// Reads symbol and bar length from the name of a file of bars.
import { basename } from "node:path";
import { parseSymbol } from "../src/features/tick.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const CURRENCY = /(usd[tc]?|eur)$/i;
const NOBODY = /^(bars?|candles?|klines?|ohlcv?|data|prices?|history|export)$/i;

export interface BarFileName {
  /** `undefined` when the name does not give the symbol for certain. */
  readonly symbol: string | undefined;
  /** A guess at the symbol: the name up to the first `_` or length, if that can be a symbol. */
  readonly likelySymbol: string | undefined;
  /** `undefined` when the name has no length, or the length 0. */
  readonly stepMs: number | undefined;
}

/**
 * Reads `<symbol>_<length>`, `<symbol>-<length>` with anything before and after it set off by `_`; the length is digits
 * and `s`, `m`, `h` or `d`, in any case. The symbol is certain when a length follows it; without a length, when the
 * name up to the first `_` is written in capitals or ends with `usd`, `usdt`, `usdc` or `eur`; never for words such as
 * `bars`, `candles`, `ohlcv` and `data`.
 *
 * Examples: `XBTUSD_1m_2018.csv.gz` is XBTUSD, 60,000 ms; `btcusd-1h.csv` BTCUSD, 3,600,000 ms;
 * `Binance_BTCUSDT_1d.csv` BTCUSDT, 86,400,000 ms; `ETH-USD.csv` ETH-USD without a length; `bars.csv` says neither.
 */
export function barFileName(path: string): BarFileName {
  const name = basename(path).replace(/\.csv(\.gz)?$/i, "");
  const [first = ""] = name.split("_");
  const match = /(?:^|_)([^_]*)[_-](\d{1,3})([smhd])(?=[_-]|$)/i.exec(name);
  const before = match?.[1] ?? first;
  const certain = isName(before) && (match !== null || before === before.toUpperCase() || CURRENCY.test(before));
  const lengthMs = match === null ? 0 : Number(match[2]) * (UNIT_MS[match[3]!.toLowerCase()] ?? NaN);
  return {
    symbol: certain ? parseSymbol(before) : undefined,
    likelySymbol: parseSymbol(first.replace(/-\d{1,3}[smhd]$/i, "")),
    stepMs: lengthMs === 0 ? undefined : lengthMs,
  };
}

function isName(text: string): boolean {
  return /[a-z]/i.test(text) && !NOBODY.test(text);
}
