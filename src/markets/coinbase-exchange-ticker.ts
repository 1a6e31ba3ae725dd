// Coinbase Exchange (formerly Pro): the `ticker` channel, one message per trade.
import { jsonObject } from "./json-object.ts";
import type { TickInput } from "../features/tick-fields.ts";

/**
 * Tick input of an Exchange ticker `{type: "ticker", product_id, price, time, best_bid, best_ask, best_bid_size?,
 * best_ask_size?, last_size?, trade_id?}`; `undefined` if the message has another form, or no `time` (the first message
 * of a market that has not traded).
 */
export function tickOfCoinbaseExchangeTicker(value: unknown): TickInput | undefined {
  const message = jsonObject(value);
  if (message === undefined || message["type"] !== "ticker" || message["time"] === undefined) return undefined;
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
  };
}
