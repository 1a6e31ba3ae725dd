// Dictionaries of the Python library cryptofeed, as its backends write them: times are seconds with a fraction.
import type { TickInput } from "../features/tick-fields.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfSeconds, type NativeTicks } from "./native-ticks.ts";

/** Fields of what has no tick: orders, fills and liquidations, candles, funding, open interest, books. */
const OTHERS = [
  ...["status", "remaining", "client_order_id", "order_id", "liquidity", "account"],
  ...["interval", "rate", "mark_price", "open_interest", "book", "delta"],
];

/**
 * Tick of a trade, a ticker or the best bid and ask; orders, fills, candles, funding, liquidations and books have none.
 * They are told by `receipt_timestamp`, or by the name of the format. `exchange` is the venue. Where the exchange gave
 * no time, that of the receipt is the tick's. Sides are the taker's.
 */
export function ticksOfCryptofeed(value: unknown, isNamed = false): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined || !("exchange" in message && "symbol" in message)) return undefined;
  if (!isNamed && !("receipt_timestamp" in message)) return undefined;
  if (OTHERS.some((name) => name in message)) return [];
  if ("side" in message && "amount" in message && "price" in message) return [tradeOf(message)];
  const bid = message["bid"] ?? message["bid_price"];
  const ask = message["ask"] ?? message["ask_price"];
  const isQuote = bid !== undefined && ask !== undefined && typeof bid !== "object" && typeof ask !== "object";
  return isQuote ? [{ ...nameAndTime(message), price: undefined, bid, ask, ...sizesOf(message) }] : undefined;
}

function tradeOf(message: JsonObject): TickInput {
  const { price, amount, id, side } = message;
  return { ...nameAndTime(message), price, size: amount, id, side };
}

function nameAndTime(message: JsonObject): Pick<TickInput, "symbol" | "venue" | "ts"> {
  const { symbol, exchange, timestamp, receipt_timestamp } = message;
  return { symbol, venue: exchange, ts: msOfSeconds(timestamp ?? receipt_timestamp) };
}

function sizesOf({ bid_size, ask_size }: JsonObject): Pick<TickInput, "bidSize" | "askSize"> {
  return { bidSize: bid_size, askSize: ask_size };
}
