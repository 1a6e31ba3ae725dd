// Unified structures of the library ccxt: trades and tickers.
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks } from "./native-ticks.ts";

/** Fields that every structure of ccxt has and rows of other origins do not have together. */
const STRUCTURE = ["symbol", "timestamp", "datetime", "info"] as const;

/** Fields that orders have and trades do not. */
const ORDER = ["status", "filled", "remaining", "clientOrderId"];

/**
 * Tick of a trade `{id, timestamp, datetime, symbol, side, price, amount, cost, fee, info}` or of a ticker `{symbol,
 * timestamp, datetime, bid, bidVolume, ask, askVolume, last, info, …}`. Both are told by `datetime` and `info`, or by
 * the name of the format. The side of a public trade is the taker's. A ticker without a time is refused: the library
 * does not say how old it is. Orders, and trades of one's own, which name their `order`, have no tick.
 */
export function ticksOfCcxt(value: unknown, isNamed = false): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined || typeof message["symbol"] !== "string") return undefined;
  if (!isNamed && !STRUCTURE.every((name) => name in message)) return undefined;
  if (ORDER.some((name) => name in message) || isGiven(message["order"])) return [];
  if ("amount" in message && "price" in message) return [tradeOf(message)];
  return "last" in message && "bid" in message && "ask" in message ? [tickerOf(message)] : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function tradeOf({ symbol, timestamp, price, amount, id, side }: JsonObject) {
  return { symbol, ts: msOfEpoch(timestamp), price, size: amount, id, side };
}

function tickerOf({ symbol, timestamp, last, bid, ask, bidVolume, askVolume }: JsonObject) {
  return { symbol, ts: msOfEpoch(timestamp), price: last, bid, ask, bidSize: bidVolume, askSize: askVolume };
}
