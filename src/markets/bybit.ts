// Bybit: public topics of version 5, and the trades of version 2.
import type { TickInput } from "../features/tick-fields.ts";
import { plainNumber } from "../schemas/plain-number.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, objectsOf } from "./native-ticks.ts";

/** Topics without ticks, of version 5 and of version 2. */
const OTHERS = [
  /^orderbook\.(\d+|rpi)\./,
  /^(kline|kline_lt|tickers_lt|lt|liquidation|allLiquidation|insurance|priceLimit|adlAlert)\./,
  /^(orderBookL2_25|orderBook_200|instrument_info|klineV2|candle)\./,
];
/** Topics of an account, whose messages have a `creationTime`. */
const PRIVATE = /^(order|execution|position|wallet|greeks|dcp|spread)\b/;

/**
 * Ticks of `publicTrade`, `tickers` and `orderbook.1`, and of version 2's `trade`; other topics and answers to
 * subscriptions have none, nor have block trades (`BT`), which did not meet the book. Sides are the taker's. A `delta`
 * holds what has changed alone: one that has not both sides of the quote gives no quote, since the other side is not
 * known from it.
 */
export function ticksOfBybit(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { topic, data, ts, cts } = message;
  if (typeof topic !== "string") return isAnswer(message) ? [] : undefined;
  if (topic.startsWith("publicTrade.")) return Array.isArray(data) ? tradesOf(data) : undefined;
  if (topic.startsWith("trade.")) return Array.isArray(data) ? objectsOf(data).map(tradeOfVersion2) : undefined;
  const fields = jsonObject(data) ?? {};
  if (topic.startsWith("tickers.")) return "symbol" in fields ? tickOfTicker(fields, msOfEpoch(ts)) : undefined;
  if (topic.startsWith("orderbook.1.")) return "s" in fields ? quoteOfBook(fields, msOfEpoch(cts ?? ts)) : undefined;
  const isOther = OTHERS.some((pattern) => pattern.test(topic)) || (PRIVATE.test(topic) && "creationTime" in message);
  return isOther ? [] : undefined;
}

function isAnswer(message: JsonObject): boolean {
  return ("success" in message && "ret_msg" in message) || message["op"] === "pong";
}

function tradesOf(data: readonly unknown[]): readonly TickInput[] {
  return objectsOf(data)
    .filter(({ BT }) => BT !== true)
    .map(tradeOf);
}

function tradeOf({ T, s, S, v, p, i }: JsonObject): TickInput {
  return { symbol: s, ts: msOfEpoch(T), price: p, size: v, id: i, side: S };
}

/** The first messages had a text of the time alone, those of USDC markets other names. */
function tradeOfVersion2(trade: JsonObject): TickInput {
  const { symbol, side, size, price } = trade;
  const time = trade["trade_time_ms"] ?? trade["tradeTimeMs"] ?? trade["timestamp"];
  return { symbol, ts: msOfEpoch(time), price, size, id: trade["trade_id"] ?? trade["tradeId"], side };
}

function tickOfTicker(data: JsonObject, ts: unknown): readonly TickInput[] {
  const { symbol, lastPrice, bid1Price, bid1Size, ask1Price, ask1Size } = data;
  const isQuote = isGiven(bid1Price) && isGiven(ask1Price);
  if (!isQuote && !isGiven(lastPrice)) return [];
  const tick = { symbol, ts, price: isGiven(lastPrice) ? lastPrice : undefined };
  if (!isQuote) return [tick];
  return [{ ...tick, bid: bid1Price, ask: ask1Price, bidSize: bid1Size, askSize: ask1Size }];
}

/** A book of one level has at most one price with a size on each side; a size of 0 takes a price away. */
function quoteOfBook({ s, b, a, u }: JsonObject, ts: unknown): readonly TickInput[] {
  const [bids, asks] = [b, a].map(pricesWithSize);
  if (bids?.length !== 1 || asks?.length !== 1) return [];
  const [bid, bidSize] = bids[0]!;
  const [ask, askSize] = asks[0]!;
  return [{ symbol: s, ts, price: undefined, bid, ask, bidSize, askSize, id: u }];
}

function pricesWithSize(side: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(side)) return [];
  return side.filter((level): level is unknown[] => Array.isArray(level) && plainNumber(level[1]) !== 0);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
