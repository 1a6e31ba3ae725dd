// Kraken's spot WebSocket: objects of version 2, lists of version 1.
import { parseDecimal } from "../features/decimal.ts";
import type { TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfSeconds, type NativeTicks, objectsOf, RECEIVED } from "./native-ticks.ts";

/** Channels of version 2 that have no ticks. */
const OTHER_CHANNELS = ["status", "book", "ohlc", "instrument", "level3", "executions", "balances"];
/** Channels of version 1 that have no ticks. */
const OTHER_LISTS = /^(book|ohlc)-\d+$/;
/** Messages of version 1 that are no lists. */
const EVENTS = ["heartbeat", "systemStatus", "subscriptionStatus", "pong", "error"];

/**
 * Ticks of `trade` and `ticker` in both versions, and of `spread` in version 1. Sides are the taker's. A ticker of
 * version 1, and one of version 2 before it had a `timestamp`, have no time. A ticker repeats the last trade's price
 * with each quote, so it has no trade size.
 */
export function ticksOfKraken(value: unknown): NativeTicks {
  if (isVersion1(value)) return ticksOfVersion1(value);
  const message = jsonObject(value);
  if (message === undefined || "events" in message) return undefined;
  const { channel, data, event, method } = message;
  if (Array.isArray(data)) {
    if (typeof message["type"] === "string" && OTHER_CHANNELS.includes(plainText(channel))) return [];
    if (channel === "trade") return objectsOf(data).map(tradeOf);
    if (channel === "ticker") return objectsOf(data).flatMap(tickerOf);
  }
  const isAnswer = typeof method === "string" && "time_in" in message && "time_out" in message;
  const isOther = channel === "heartbeat" || EVENTS.includes(plainText(event)) || isAnswer;
  return isOther ? [] : undefined;
}

/** Whether a list is one message, `[channel number, payload, …, channel, pair]`. */
export function isVersion1(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length < 4 || typeof value[0] !== "number") return false;
  return typeof value[1] === "object" && typeof value.at(-2) === "string" && typeof value.at(-1) === "string";
}

function tradeOf({ symbol, side, price, qty, trade_id, timestamp }: JsonObject): TickInput {
  return { symbol, ts: timestamp, price, size: qty, id: trade_id, side };
}

/** A market that nobody quotes or trades has prices of 0, and a time of 1970. */
function tickerOf({ symbol, bid, bid_qty, ask, ask_qty, last, timestamp }: JsonObject): readonly TickInput[] {
  if (isEmpty(bid, ask) && isEmpty(last ?? 0)) return [];
  return [{ symbol, ts: timestamp ?? RECEIVED, price: last, bid, ask, bidSize: bid_qty, askSize: ask_qty }];
}

function isEmpty(...prices: readonly unknown[]): boolean {
  return prices.every((price) => parseDecimal(price) === 0);
}

function ticksOfVersion1(message: readonly unknown[]): NativeTicks {
  const [, payload] = message;
  const [channel, symbol] = message.slice(-2);
  if (channel === "trade" && Array.isArray(payload)) {
    return payload.map((trade: unknown) => {
      const [price, size, time, side] = Array.isArray(trade) ? trade : [];
      // The time has µs and no other field tells two equal trades of one ms apart.
      return { symbol, ts: msOfSeconds(time), price, size, id: time, side };
    });
  }
  if (channel === "spread" && Array.isArray(payload)) {
    const [bid, ask, time, bidSize, askSize] = payload as unknown[];
    if (isEmpty(bid, ask)) return [];
    return [{ symbol, ts: msOfSeconds(time), price: undefined, bid, ask, bidSize, askSize }];
  }
  const ticker = channel === "ticker" ? jsonObject(payload) : undefined;
  if (ticker !== undefined) return [tickerOfVersion1(symbol, ticker)];
  return OTHER_LISTS.test(plainText(channel)) ? [] : undefined;
}

/** `a` and `b` are `[price, whole lots, size]`, `c` is `[price, size]` of the last trade. */
function tickerOfVersion1(symbol: unknown, { a, b, c }: JsonObject): TickInput {
  const [ask, bid, last] = [a, b, c].map((list): unknown[] => (Array.isArray(list) ? list : []));
  return { symbol, ts: RECEIVED, price: last?.[0], bid: bid?.[0], ask: ask?.[0], bidSize: bid?.[2], askSize: ask?.[2] };
}
