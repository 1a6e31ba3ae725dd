// What the readers of the venues' answers share.
import { parseDecimal } from "../../features/decimal.ts";
import { LEAST_PRICE, MOST } from "../../features/tick.ts";
import { parseTsMs } from "../../features/tick-time.ts";
import { MOST_VOLUME } from "../../features/trade-flow.ts";
import type { Bar } from "../bar-ticks.ts";
import { jsonObject, type JsonObject } from "../json-object.ts";
import { plainText } from "../../schemas/plain-text.ts";
import type { FoundTrades } from "./found-trades.ts";
import type { PastTrade } from "./past-trade.ts";
import { type TradePlan, VenueAnswerError } from "./venue-history.ts";

/** What a candle has in it, as the venue wrote it. */
interface CandleFields {
  readonly startMs: number;
  readonly open: unknown;
  readonly high: unknown;
  readonly low: unknown;
  readonly close: unknown;
  readonly trades?: unknown;
  readonly volume?: unknown;
  readonly quoteVolume?: unknown;
  readonly takerVolume?: unknown;
}

/** The bar of a candle; `undefined` for one that is none: a price or a volume that no bar of a file may have either. */
export function candleOf(fields: CandleFields): Bar | undefined {
  const { startMs } = fields;
  const [open, high, low, close] = [fields.open, fields.high, fields.low, fields.close].map(parseDecimal) as [
    number,
    number,
    number,
    number,
  ];
  const isBar = low >= LEAST_PRICE && high <= MOST && low <= open && open <= high && low <= close && close <= high;
  if (!isBar || !Number.isSafeInteger(startMs)) return undefined;
  const [barTrades, barVolume, barQuoteVolume, barTakerVolume] = [
    fields.trades,
    fields.volume,
    fields.quoteVolume,
    fields.takerVolume,
  ].map((given) => (given === undefined ? NaN : parseDecimal(given) + 0)) as [number, number, number, number];
  const given = [fields.trades, fields.volume, fields.quoteVolume, fields.takerVolume];
  const amounts = [barTrades, barVolume, barQuoteVolume, barTakerVolume];
  const isWrong = amounts.some((amount, k) => given[k] !== undefined && !(amount >= 0 && amount <= MOST_VOLUME));
  if (isWrong || (fields.trades !== undefined && !Number.isSafeInteger(barTrades))) return undefined;
  if (barTakerVolume > barVolume * (1 + 1e-9)) return undefined;
  return { startMs, open, high, low, close, flow: { side: NaN, barTrades, barVolume, barQuoteVolume, barTakerVolume } };
}

/** A trade; throws where it has no number or no time, because pages could not be told apart then. */
export function tradeOf(id: unknown, input: PastTrade["input"]): PastTrade {
  const tsMs = parseTsMs(input.ts);
  const isNamed = (typeof id === "string" && id !== "") || typeof id === "number";
  if (!isNamed || !Number.isFinite(tsMs)) {
    throw new VenueAnswerError("malformed", `a trade with id ${plainText(id)} and time ${plainText(input.ts)}`);
  }
  return { id: String(id), tsMs, input };
}

/** An answer that is a list, or has one under a name. */
export function listOf(answer: unknown, name?: string): readonly unknown[] {
  const list = name === undefined ? answer : jsonObject(answer)?.[name];
  if (Array.isArray(list)) return list;
  throw new VenueAnswerError("malformed", `no list${name === undefined ? "" : ` ${name}`} in the answer`);
}

/** An entry of a list that is a list itself; empty for anything else. */
export function cellsOf(entry: unknown): readonly unknown[] {
  return Array.isArray(entry) ? entry : [];
}

export function fieldsOf(entry: unknown): JsonObject {
  return jsonObject(entry) ?? {};
}

interface TradePage {
  /** Oldest first. */
  readonly trades: readonly PastTrade[];
  /** What the next request must name to get older ones; `undefined` when there are none. */
  readonly older: string | undefined;
}

/** The plan of a venue whose pages go back from the newest. */
export function* backwards(
  found: FoundTrades,
  fromMs: number,
  pathOf: (older: string | undefined) => string,
  read: (answer: unknown) => TradePage,
): TradePlan {
  let older: string | undefined;
  do {
    const page = read(yield pathOf(older));
    // A page without a new trade would be asked for again for ever.
    if (found.addOlder(page.trades) === 0) return undefined;
    older = page.older;
  } while (older !== undefined && !(found.oldestMs <= fromMs));
  return undefined;
}

/** Path and query. */
export function pathWith(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${path}?${given.join("&")}`;
}
