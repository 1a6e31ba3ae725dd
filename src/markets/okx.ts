// OKX version 5: `{arg: {channel, instId}, data: […]}`.
import type { TickInput } from "../features/tick-fields.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, objectsOf, topOfBook } from "./native-ticks.ts";

/** Channels whose every message has the whole top of the book. */
const WHOLE_BOOKS = ["bbo-tbt", "books5"];

/**
 * Ticks of `trades`, `trades-all`, `tickers`, `bbo-tbt` and `books5`; other channels, events and answers have none.
 * Sides are the taker's. A ticker repeats the last trade, so it has no trade size.
 */
export function ticksOfOkx(value: unknown): NativeTicks {
  const message = jsonObject(value);
  const arg = jsonObject(message?.["arg"]);
  const channel = arg?.["channel"];
  if (message === undefined || typeof channel !== "string") return isEvent(message) ? [] : undefined;
  const { data } = message;
  if (!Array.isArray(data)) return "event" in message ? [] : undefined;
  if (channel === "trades" || channel === "trades-all") return objectsOf(data).map(tradeOf);
  if (channel === "tickers") return objectsOf(data).map(tickerOf);
  return WHOLE_BOOKS.includes(channel) ? objectsOf(data).flatMap((book) => quoteOf(arg?.["instId"], book)) : [];
}

function isEvent(message: JsonObject | undefined): boolean {
  return message !== undefined && typeof message["event"] === "string" && ("connId" in message || "code" in message);
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
