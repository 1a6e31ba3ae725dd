// Kraken spot, version 2: https://docs.kraken.com/api/docs/websocket-v2/trade, …/ticker and …/heartbeat. A trade's id
// is a sequence number of its book. A subscription is answered for each symbol and channel.
import { jsonObject } from "../json-object.ts";
import { ticksOfKraken } from "../kraken.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { pairName } from "./product-name.ts";
import type { VenueMessage, VenueProtocol } from "./venue-protocol.ts";
import { chunksOf, inTradeOrder, numberedTrade, quoteOfTicker, tickMessage } from "./venue-ticks.ts";

const PRODUCTS_IN_FRAME = 100;
/** Names of version 1. */
const RENAMED: Readonly<Record<string, string>> = { XBT: "BTC", XDG: "DOGE" };

export const KRAKEN: VenueProtocol = {
  venue: "kraken",
  title: "Kraken",
  endpoint: "wss://ws.kraken.com/v2",
  hint: "weur",
  // Kraken names no limit of a connection.
  maxProducts: 400,
  productOf: (name) =>
    pairName(name, "/")
      ?.split("/")
      .map((part) => RENAMED[part] ?? part)
      .join("/"),
  subscribe: (products, id) => framesOf("subscribe", products, id),
  unsubscribe: (products, id) => framesOf("unsubscribe", products, id),
  frameGapMs: 50,
  // A heartbeat comes about every second in which nothing else does.
  silenceMs: 10_000,
  // About 150 attempts in ten minutes.
  leastRetryMs: 4_000,
  reorderMs: 100,
  read: (message) => {
    const value = jsonObject(message);
    if (value === undefined) return { kind: "unknown" };
    const { method, success, error, symbol, channel } = value;
    if (success === false) return { kind: "refused", products: namesOf(symbol), text: plainText(error) };
    if (method === "subscribe" && success === true) {
      return { kind: "subscribed", products: namesOf(jsonObject(value["result"])?.["symbol"]) };
    }
    return readChannel(channel, value);
  },
};

/** The snapshot of trades fills what was missed since the last connection. */
function framesOf(method: "subscribe" | "unsubscribe", products: readonly string[], id: number): readonly string[] {
  return chunksOf(products, PRODUCTS_IN_FRAME).flatMap((symbol, at) => {
    const isOn = method === "subscribe";
    const trades = { channel: "trade", symbol, ...(isOn ? { snapshot: true } : {}) };
    const quotes = { channel: "ticker", symbol, event_trigger: "bbo", ...(isOn ? { snapshot: true } : {}) };
    return [trades, quotes].map((params, part) => JSON.stringify({ method, params, req_id: id + 2 * at + part }));
  });
}

function readChannel(channel: unknown, value: unknown): VenueMessage {
  const inputs = ticksOfKraken(value);
  if (channel === "ticker") return tickMessage(inputs, quoteOfTicker);
  const found = tickMessage(inputs, (input) => numberedTrade(input));
  return found.kind === "ticks" ? { ...found, ticks: inTradeOrder(found.ticks) } : found;
}

function namesOf(symbol: unknown): readonly string[] {
  return typeof symbol === "string" ? [symbol] : [];
}
