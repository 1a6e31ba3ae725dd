// OKX version 5: `{arg: {channel, instId}, data: […]}`.
import type { TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, objectsOf, topOfBook } from "./native-ticks.ts";

/** Channels whose every message has the whole top of the book. */
const WHOLE_BOOKS = ["bbo-tbt", "books5"];

/** Channels without ticks. */
const OTHERS = [
  /^books(-l2-tbt|50-l2-tbt|-elp)?$/,
  /^(index-|mark-price-|sprd-)?candle\w+$/,
  /^(instruments|open-interest|funding-rate|price-limit|opt-summary|estimated-price|mark-price|index-tickers|status)$/,
  /^(liquidation-orders|adl-warning|economic-calendar|call-auction-details|option-trades|block-tickers)$/,
  /^((public-)?(struc-)?block-trades|sprd-[\w-]+)$/,
  /^(account|account-greeks|positions|balance_and_position|liquidation-warning|orders|fills|orders-algo|algo-advance)$/,
  /^(grid-[\w-]+|rfqs|quotes|deposit-info|withdrawal-info|copytrading-[\w-]+)$/,
];
const EVENTS = [
  "subscribe",
  "unsubscribe",
  "login",
  "error",
  "notice",
  "channel-conn-count",
  "channel-conn-count-error",
];

/**
 * Ticks of `trades`, `trades-all`, `tickers`, `bbo-tbt` and `books5`; other channels, events and answers have none.
 * Bitget's messages look alike, but have an `action` and an `instType`. Sides are the taker's. A ticker repeats the
 * last trade, so it has no trade size.
 */
export function ticksOfOkx(value: unknown): NativeTicks {
  const message = jsonObject(value);
  const arg = jsonObject(message?.["arg"]);
  const channel = arg?.["channel"];
  if (message === undefined || typeof channel !== "string") return isEvent(message) ? [] : undefined;
  const { data } = message;
  if (!Array.isArray(data)) return EVENTS.includes(plainText(message["event"])) ? [] : undefined;
  if ("action" in message && arg !== undefined && "instType" in arg) return undefined;
  if (channel === "trades" || channel === "trades-all") return objectsOf(data).map(tradeOf);
  if (channel === "tickers") return objectsOf(data).map(tickerOf);
  if (WHOLE_BOOKS.includes(channel)) return objectsOf(data).flatMap((book) => quoteOf(arg?.["instId"], book));
  return OTHERS.some((pattern) => pattern.test(channel)) ? [] : undefined;
}

function isEvent(message: JsonObject | undefined): boolean {
  if (message === undefined || !EVENTS.includes(plainText(message["event"]))) return false;
  return "connId" in message || "code" in message;
}

function tradeOf({ instId, tradeId, px, sz, side, ts }: JsonObject): TickInput {
  return { symbol: instId, ts: msOfEpoch(ts), price: px, size: sz, id: tradeId, side };
}

function tickerOf({ instId, last, askPx, askSz, bidPx, bidSz, ts }: JsonObject): TickInput {
  return { symbol: instId, ts: msOfEpoch(ts), price: last, bid: bidPx, ask: askPx, bidSize: bidSz, askSize: askSz };
}

/** A book with an empty side has no tick. */
function quoteOf(symbol: unknown, { bids, asks, ts, seqId }: JsonObject): readonly TickInput[] {
  const [bid, bidSize] = topOfBook(bids);
  const [ask, askSize] = topOfBook(asks);
  if (bid === undefined || ask === undefined) return [];
  return [{ symbol, ts: msOfEpoch(ts), price: undefined, bid, ask, bidSize, askSize, id: seqId }];
}
