// Normalized messages of tardis: `{type, symbol, exchange, timestamp, localTimestamp, …}`.
import type { TickInput } from "../features/tick-fields.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks } from "./native-ticks.ts";

const OTHERS = [
  ...["book_change", "derivative_ticker", "option_summary", "liquidation", "trade_bar", "disconnect"],
  "grouped_book_snapshot",
];

/**
 * Ticks of `trade`, `book_ticker`, `quote` and the top of `book_snapshot`; other types have none, nor has a book with
 * an empty side. `exchange` is the venue. Sides are the taker's.
 */
export function ticksOfTardis(value: unknown, isNamed = false): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined || typeof message["type"] !== "string" || !("exchange" in message)) return undefined;
  if (!isNamed && !("localTimestamp" in message)) return undefined;
  const { type } = message;
  if (type === "trade") return [tradeOf(message)];
  if (type === "book_ticker") return quoteOf(message, levelOf(message, "bid"), levelOf(message, "ask"));
  if (type === "book_snapshot" || type === "quote")
    return quoteOf(message, firstOf(message["bids"]), firstOf(message["asks"]));
  return OTHERS.includes(type) ? [] : undefined;
}

interface Level {
  readonly price: unknown;
  readonly amount: unknown;
}

function tradeOf(message: JsonObject): TickInput {
  const { price, amount, id, side } = message;
  return { ...nameAndTime(message), price, size: amount, id, side };
}

function quoteOf(message: JsonObject, bid: Level, ask: Level): readonly TickInput[] {
  if ((bid.price ?? undefined) === undefined || (ask.price ?? undefined) === undefined) return [];
  const sizes = { bidSize: bid.amount, askSize: ask.amount };
  return [{ ...nameAndTime(message), price: undefined, bid: bid.price, ask: ask.price, ...sizes }];
}

function levelOf(message: JsonObject, side: "bid" | "ask"): Level {
  return { price: message[`${side}Price`], amount: message[`${side}Amount`] };
}

function firstOf(side: unknown): Level {
  const { price, amount } = (Array.isArray(side) ? jsonObject(side[0]) : undefined) ?? {};
  return { price, amount };
}

function nameAndTime({ symbol, exchange, timestamp }: JsonObject): Pick<TickInput, "symbol" | "venue" | "ts"> {
  return { symbol, venue: exchange, ts: msOfEpoch(timestamp) };
}
