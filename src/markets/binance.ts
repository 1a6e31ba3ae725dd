// Binance, spot and futures, alone or in the envelope of combined streams `{stream, data}`.
import type { TickInput } from "../features/tick-fields.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, RECEIVED } from "./native-ticks.ts";

/** Of a spot `bookTicker`, which names no event. */
const QUOTE_KEYS = ["u", "s", "b", "B", "a", "A"] as const;

/**
 * Ticks of `trade`, `aggTrade` and `bookTicker`; other streams, answers to subscriptions and depth snapshots have none.
 * `m` says that the buyer was the maker, so that the seller took. Trades that did not meet the book (`X` other than
 * `MARKET`: insurance fund, deleveraging) are no ticks. A spot `bookTicker` has no time at all. Times are in ms, or in
 * µs where the stream was asked for them.
 */
export function ticksOfBinance(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  if (typeof message["stream"] === "string" && "data" in message) {
    return ticksOfData(jsonObject(message["data"]) ?? {}) ?? [];
  }
  return ticksOfData(message) ?? (isWithoutTick(message) ? [] : undefined);
}

function ticksOfData(data: JsonObject): NativeTicks {
  const event = data["e"];
  if (event === undefined) return QUOTE_KEYS.every((key) => key in data) ? [quoteOf(data, RECEIVED)] : undefined;
  if (typeof event !== "string" || typeof data["E"] !== "number") return undefined;
  if (event === "trade" || event === "aggTrade") return isOffBook(data) ? [] : [tradeOf(data)];
  return event === "bookTicker" ? [quoteOf(data, msOfEpoch(data["T"] ?? data["E"]))] : [];
}

function tradeOf(data: JsonObject): TickInput {
  const { s, p, q, t, a, T, m } = data;
  const isAggregate = data["e"] === "aggTrade";
  const side = m === true ? "sell" : m === false ? "buy" : m;
  return { symbol: s, ts: msOfEpoch(T), price: p, size: q, id: isAggregate ? a : t, side };
}

function quoteOf({ s, u, b, B, a, A }: JsonObject, ts: unknown): TickInput {
  return { symbol: s, ts, price: undefined, bid: b, ask: a, bidSize: B, askSize: A, id: u };
}

function isOffBook({ X }: JsonObject): boolean {
  return X !== undefined && X !== "MARKET";
}

/** An answer to a subscription, or a book asked for over HTTP. */
function isWithoutTick(message: JsonObject): boolean {
  return ("result" in message && "id" in message) || ("lastUpdateId" in message && "bids" in message);
}
