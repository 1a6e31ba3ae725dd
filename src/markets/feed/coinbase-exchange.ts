// Coinbase Exchange: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels and …/rate-limits. Its heartbeat
// names the last trade's id so that a client can tell whether it missed one: a product's trades are counted.
import { ticksOfCoinbaseExchange } from "../coinbase-exchange.ts";
import { jsonObject, type JsonObject } from "../json-object.ts";
import { pairName } from "./product-name.ts";
import type { VenueMessage, VenueProtocol } from "./venue-protocol.ts";
import { numberedTrade, quoteOfTicker, subscribedMessage, textsOf, tickMessage } from "./venue-ticks.ts";

const CHANNELS = ["matches", "ticker", "heartbeat"] as const;
const PRODUCTS_IN_TEXT = /\b[A-Z0-9]{1,20}-[A-Z0-9]{1,20}\b/g;

export const COINBASE_EXCHANGE: VenueProtocol = {
  venue: "coinbase-exchange",
  title: "Coinbase Exchange",
  endpoint: "wss://ws-feed.exchange.coinbase.com",
  hint: "enam",
  // Coinbase names no limit of a connection.
  maxProducts: 200,
  productOf: (name) => pairName(name, "-"),
  subscribe: (products) => framesOf("subscribe", products),
  unsubscribe: (products) => framesOf("unsubscribe", products),
  // 10 requests a second, 1,000 in a burst.
  frameGapMs: 100,
  silenceMs: 10_000,
  leastRetryMs: 1_000,
  reorderMs: 50,
  read: (message) => {
    const value = jsonObject(message);
    if (value === undefined) return { kind: "unknown" };
    if (value["type"] === "error") return refusalOf(value);
    if (value["type"] === "subscriptions") return subscribedMessage(subscribedTo(value["channels"]));
    const inputs = ticksOfCoinbaseExchange(value);
    if (value["type"] === "ticker") return tickMessage(inputs, quoteOfTicker);
    return tickMessage(inputs, (input) => numberedTrade(input));
  },
};

/** One product a frame: one that does not exist makes Coinbase refuse its whole frame. */
function framesOf(type: string, products: readonly string[]): readonly string[] {
  return products.map((product) => JSON.stringify({ type, product_ids: [product], channels: CHANNELS }));
}

/** Each answer has all that the connection is subscribed to. */
function subscribedTo(channels: unknown): readonly string[] {
  const [trades, tickers] = CHANNELS.map((name) =>
    (Array.isArray(channels) ? channels : []).flatMap((channel) => {
      const { name: its, product_ids } = jsonObject(channel) ?? {};
      return its === name ? textsOf(product_ids) : [];
    }),
  );
  return trades!.filter((product) => tickers!.includes(product));
}

function refusalOf({ message, reason }: JsonObject): VenueMessage {
  const text = [message, reason].filter((part) => typeof part === "string").join(": ");
  return { kind: "refused", products: text.match(PRODUCTS_IN_TEXT) ?? [], text };
}
