// Coinbase Advanced Trade: the `ticker` channel's websocket envelope, and the flat lines that recorders write from it.
import { jsonObject, type JsonObject } from "./json-object.ts";
import type { TickInput } from "../features/tick-fields.ts";

/**
 * Tick input of an Advanced Trade message, one per ticker in it; `undefined` when it has another form.
 *
 * Accepts `{channel: "ticker" | "ticker_batch", timestamp, events: [{tickers: […]}]}` as the exchange sends it, and
 * `{timestamp, product_id, price, best_bid, best_ask}` as recorded, with the sizes at the same level or under `raw`. A
 * time stamp without a zone is UTC (`parseTick` reads it so). The feed has neither trade sizes nor ids.
 *
 * Example: `{channel: "ticker", timestamp: "2026-04-06T15:02:34.59Z", events: [{tickers: [{product_id: "BTC-USD",
 * price: "69705.9"}]}]}` gives one input with `ts` "2026-04-06T15:02:34.59Z".
 */
export function ticksOfCoinbaseAdvancedTicker(value: unknown): readonly TickInput[] | undefined {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { channel, events, timestamp } = message;
  if (channel === "ticker" || channel === "ticker_batch") {
    return Array.isArray(events) ? events.flatMap((event) => ticksOfEvent(event, timestamp)) : undefined;
  }
  const recorded = "product_id" in message && "price" in message && typeof timestamp === "string";
  return recorded ? [tickOf(message, timestamp, jsonObject(message["raw"]) ?? message)] : undefined;
}

function ticksOfEvent(event: unknown, ts: unknown): readonly TickInput[] {
  const tickers = jsonObject(event)?.["tickers"];
  if (!Array.isArray(tickers)) return [];
  return tickers.map((ticker) => {
    const fields = jsonObject(ticker) ?? {};
    return tickOf(fields, ts, fields);
  });
}

function tickOf(ticker: JsonObject, ts: unknown, sizes: JsonObject): TickInput {
  return {
    symbol: ticker["product_id"],
    ts,
    price: ticker["price"],
    bid: ticker["best_bid"],
    ask: ticker["best_ask"],
    bidSize: sizes["best_bid_quantity"],
    askSize: sizes["best_ask_quantity"],
  };
}
