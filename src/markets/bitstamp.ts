// Bitstamp WebSocket version 2: `{event, channel, data}`; the channel's name ends with the pair.
import type { TickInput } from "../features/tick-fields.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, topOfBook } from "./native-ticks.ts";

const TRADES = /^live_trades_(.+)$/;
/** Books whose every message is whole; `diff_order_book` holds what has changed. */
const BOOK = /^(?:detail_)?order_book_(.+)$/;
const OTHERS = /^(live_orders|diff_order_book|funding_rate|private-)/;

/**
 * Ticks of `live_trades` and of the top of `order_book` and `detail_order_book`; orders, changes of a book and answers
 * have none. The type 0 is a buy and 1 a sell of who took.
 */
export function ticksOfBitstamp(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { event, channel } = message;
  if (typeof event !== "string" || typeof channel !== "string") return undefined;
  if (event.startsWith("bts:")) return [];
  const data = jsonObject(message["data"]);
  if (data === undefined) return undefined;
  const traded = TRADES.exec(channel)?.[1];
  if (traded !== undefined) return event === "trade" ? [tradeOf(traded, data)] : undefined;
  const quoted = BOOK.exec(channel)?.[1];
  if (quoted !== undefined) return quoteOf(quoted, data);
  return OTHERS.test(channel) ? [] : undefined;
}

function tradeOf(symbol: string, data: JsonObject): TickInput {
  const { id, type } = data;
  const side = type === 0 ? "buy" : type === 1 ? "sell" : type;
  const [price, size] = [data["price_str"] ?? data["price"], data["amount_str"] ?? data["amount"]];
  return { symbol, ts: timeOf(data), price, size, id, side };
}

/** A book with an empty side has no tick. */
function quoteOf(symbol: string, data: JsonObject): readonly TickInput[] {
  const [bid, bidSize] = topOfBook(data["bids"]);
  const [ask, askSize] = topOfBook(data["asks"]);
  if (bid === undefined || ask === undefined) return [];
  return [{ symbol, ts: timeOf(data), price: undefined, bid, ask, bidSize, askSize }];
}

function timeOf({ microtimestamp, timestamp }: JsonObject): unknown {
  return msOfEpoch(microtimestamp ?? timestamp);
}
