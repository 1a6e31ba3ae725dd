// Binance, spot and futures, alone or in the envelope of combined streams `{stream, data}`.
import type { TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, objectsOf, RECEIVED } from "./native-ticks.ts";

/** Of a spot `bookTicker`, which names no event. */
const QUOTE_KEYS = ["u", "s", "b", "B", "a", "A"] as const;

/** Events without a tick. */
const OTHER_EVENTS = new Set([
  ...[
    "depthUpdate",
    "kline",
    "continuous_kline",
    "indexPrice_kline",
    "markPrice_kline",
    "24hrTicker",
    "24hrMiniTicker",
  ],
  ...["1hTicker", "4hTicker", "1dTicker", "avgPrice", "referencePrice", "markPriceUpdate", "indexPriceUpdate"],
  ...["compositeIndex", "assetIndexUpdate", "contractInfo", "forceOrder", "tradingSession", "serverShutdown"],
  ...["executionReport", "listStatus", "outboundAccountPosition", "balanceUpdate", "externalLockUpdate"],
  ...["eventStreamTerminated", "listenKeyExpired", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE"],
  ...["TRADE_LITE", "MARGIN_CALL", "STRATEGY_UPDATE", "GRID_UPDATE", "CONDITIONAL_ORDER_TRIGGER_REJECT"],
]);
/** `btcusdt@depth20@100ms`, `!ticker@arr`. */
const STREAM = /^!?\w+@/;

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
    return ticksOfStream(message["stream"], message["data"]);
  }
  return ticksOfData(message) ?? (isAnswer(message) || isBook(message) ? [] : undefined);
}

function ticksOfStream(stream: string, data: unknown): NativeTicks {
  const ticks = ticksOfData(jsonObject(data) ?? {});
  if (ticks !== undefined || !STREAM.test(stream)) return ticks;
  if (Array.isArray(data)) return objectsOf(data).every(({ e }) => OTHER_EVENTS.has(plainText(e))) ? [] : undefined;
  return isBook(jsonObject(data) ?? {}) ? [] : undefined;
}

function ticksOfData(data: JsonObject): NativeTicks {
  const event = data["e"];
  if (event === undefined) return QUOTE_KEYS.every((key) => key in data) ? [quoteOf(data, RECEIVED)] : undefined;
  if (typeof event !== "string" || typeof data["E"] !== "number") return undefined;
  if (event === "trade" || event === "aggTrade") return isOffBook(data) ? [] : [tradeOf(data)];
  if (event === "bookTicker") return [quoteOf(data, msOfEpoch(data["T"] ?? data["E"]))];
  return OTHER_EVENTS.has(event) ? [] : undefined;
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

/** `{result: null, id}`, or the list of what is subscribed to; answers of other venues have more in them. */
function isAnswer(message: JsonObject): boolean {
  const { result, id } = message;
  return id !== undefined && (result === null || Array.isArray(result)) && Object.keys(message).length === 2;
}

/** The best levels of a book, as a stream or asked for over HTTP. */
function isBook(message: JsonObject): boolean {
  return "lastUpdateId" in message && "bids" in message && "asks" in message;
}
