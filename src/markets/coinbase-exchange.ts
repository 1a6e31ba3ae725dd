// Coinbase Exchange (formerly Pro): flat messages with a `type`.
import type { TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { type NativeTicks, takerOfMaker } from "./native-ticks.ts";

/** Types of a product's messages that have no ticks. */
const OTHERS = ["heartbeat", "l2update", "snapshot", "received", "open", "done", "change", "activate", "auction"];

/**
 * Tick of a `ticker`, one for each trade, and of a `match` or `last_match`; other types have none, nor has the first
 * ticker of a market that has not traded: it has no time. The side of a ticker is the taker's, that of a match the
 * maker's: one trade has both. `last_match` is the trade before the subscription, sent again.
 */
export function ticksOfCoinbaseExchange(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { type, product_id, time } = message;
  if (type === "subscriptions" && Array.isArray(message["channels"])) return [];
  if (product_id === undefined) return undefined;
  if (type === "ticker") return time === undefined ? withoutTime(message) : [tickerOf(message)];
  if (type === "match" || type === "last_match") return [matchOf(message)];
  return OTHERS.includes(plainText(type)) ? [] : undefined;
}

/** A flat ticker of Advanced Trade has a `timestamp` in place of a time. */
function withoutTime(message: JsonObject): NativeTicks {
  return "timestamp" in message ? undefined : [];
}

function tickerOf(message: JsonObject): TickInput {
  return {
    symbol: message["product_id"],
    ts: message["time"],
    price: message["price"],
    bid: message["best_bid"],
    ask: message["best_ask"],
    bidSize: message["best_bid_size"],
    askSize: message["best_ask_size"],
    size: message["last_size"],
    id: message["trade_id"],
    side: message["side"],
  };
}

function matchOf({ product_id, time, price, size, trade_id, side }: JsonObject): TickInput {
  return { symbol: product_id, ts: time, price, size, id: trade_id, side: takerOfMaker(side) };
}
