// Coinbase Advanced Trade: the envelopes of its WebSocket, and the flat lines that recorders write of its tickers.
import { readTickFields, type TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { jsonObject, type JsonObject } from "./json-object.ts";
import { type NativeTicks, objectsOf } from "./native-ticks.ts";

/** Channels without ticks. */
const OTHERS = [
  "heartbeats",
  "subscriptions",
  "l2_data",
  "level2",
  "candles",
  "status",
  "user",
  "futures_balance_summary",
];

/**
 * Ticks of `{channel: "ticker" | "ticker_batch" | "market_trades", timestamp, events: […]}`, and of a recorded ticker
 * `{timestamp, product_id, price, best_bid, best_ask, raw}` whose sizes lie under `raw`; other channels have none. A
 * time stamp without a zone is UTC (`parseTick` reads it so). A ticker has neither trade size nor id. The side of
 * `market_trades` is not taken: Coinbase does not say whose it is, and its clients contradict each other.
 *
 * Example: `{channel: "ticker", timestamp: "2026-04-06T15:02:34.59Z", events: [{tickers: [{product_id: "BTC-USD",
 * price: "69705.9"}]}]}` gives one tick with `ts` "2026-04-06T15:02:34.59Z".
 */
export function ticksOfCoinbaseAdvanced(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { channel, events, timestamp } = message;
  if (channel === "ticker" || channel === "ticker_batch") {
    return entriesOf(events, "tickers")?.map((ticker) => tickerOf(ticker, timestamp));
  }
  if (channel === "market_trades") return entriesOf(events, "trades")?.map(tradeOf);
  if (Array.isArray(events) && OTHERS.includes(plainText(channel))) return [];
  return typeof timestamp === "string" && !("time" in message) ? tickOfRecorded(message) : undefined;
}

/** Without `raw` the line is a row in volgate's own form. */
function tickOfRecorded(line: JsonObject): NativeTicks {
  const raw = jsonObject(line["raw"]);
  if (raw === undefined || !("product_id" in line && "price" in line)) return undefined;
  return [{ ...readTickFields(line), bidSize: raw["best_bid_quantity"], askSize: raw["best_ask_quantity"] }];
}

/** What all events have under a name, in order. */
function entriesOf(events: unknown, name: "tickers" | "trades"): readonly JsonObject[] | undefined {
  return Array.isArray(events) ? events.flatMap((event) => objectsOf(jsonObject(event)?.[name])) : undefined;
}

function tickerOf(ticker: JsonObject, ts: unknown): TickInput {
  return {
    symbol: ticker["product_id"],
    ts,
    price: ticker["price"],
    bid: ticker["best_bid"],
    ask: ticker["best_ask"],
    bidSize: ticker["best_bid_quantity"],
    askSize: ticker["best_ask_quantity"],
  };
}

function tradeOf({ product_id, price, size, time, trade_id }: JsonObject): TickInput {
  return { symbol: product_id, ts: time, price, size, id: trade_id };
}
