// Coinbase Advanced Trade: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels
// and …/websocket-rate-limits. It numbers all messages of a connection (`sequence_num`), and a product's trades.
import { ticksOfCoinbaseAdvanced } from "../coinbase-advanced.ts";
import { jsonObject, type JsonObject } from "../json-object.ts";
import { pairName, plainName } from "./product-name.ts";
import type { VenueMessage, VenueProtocol } from "./venue-protocol.ts";
import {
  counterOf,
  inTradeOrder,
  numberedTrade,
  quoteOfTicker,
  subscribedMessage,
  textsOf,
  tickMessage,
} from "./venue-ticks.ts";

/** The first closes a connection without updates otherwise; it needs no products. */
const HEARTBEATS = "heartbeats";
const CHANNELS = ["market_trades", "ticker"] as const;
const PRODUCT = /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,2}$/;
const PRODUCTS_IN_TEXT = /\b[A-Z0-9]{1,20}(?:-[A-Z0-9]{1,20}){1,2}\b/g;
/** The public channels have no other product in USDC: they send the data of the one in USD under its name. */
const IN_USDC = ["USDT-USDC", "EURC-USDC"];

export const COINBASE: VenueProtocol = {
  venue: "coinbase",
  title: "Coinbase Advanced Trade",
  endpoint: "wss://advanced-trade-ws.coinbase.com",
  hint: "enam",
  // Coinbase names no limit. Each product takes two frames, of which 8 a second are allowed.
  maxProducts: 200,
  productOf: (name) => {
    const product = pairName(name, "-") ?? plainName(name) ?? "";
    if (product.endsWith("-USDC") && !IN_USDC.includes(product)) return undefined;
    return PRODUCT.test(product) ? product : undefined;
  },
  subscribe: (products) => [frame("subscribe", HEARTBEATS), ...framesOf("subscribe", products)],
  unsubscribe: (products) => framesOf("unsubscribe", products),
  frameGapMs: 160,
  silenceMs: 10_000,
  leastRetryMs: 1_000,
  // Trades are sent once in 250 ms, tickers at once.
  reorderMs: 400,
  read: (message) => {
    const value = jsonObject(message);
    if (value === undefined) return { kind: "unknown" };
    if (value["type"] === "error") return refusalOf(value);
    const sequence = counterOf(value["sequence_num"]);
    return { ...readChannel(value), ...(sequence === undefined ? {} : { sequence }) };
  },
};

/** One product a frame, so that a product that is refused takes no other with it. */
function framesOf(type: string, products: readonly string[]): readonly string[] {
  return products.flatMap((product) => CHANNELS.map((channel) => frame(type, channel, [product])));
}

function frame(type: string, channel: string, products?: readonly string[]): string {
  return JSON.stringify({ type, channel, ...(products === undefined ? {} : { product_ids: products }) });
}

function readChannel(value: JsonObject): VenueMessage {
  if (value["channel"] === "subscriptions") return subscribedMessage(subscribedTo(value["events"]));
  const { channel } = value;
  if (channel === "ticker" || channel === "ticker_batch")
    return tickMessage(ticksOfCoinbaseAdvanced(value), quoteOfTicker);
  const found = tickMessage(ticksOfCoinbaseAdvanced(value), (input) => numberedTrade(input));
  if (found.kind === "ticks") return { ...found, ticks: inTradeOrder(found.ticks) };
  // A numbered message of a channel that is not known must be counted too.
  return typeof channel === "string" ? { kind: "other" } : found;
}

/** Each answer has all that the connection is subscribed to; a product counts when it is in both channels. */
function subscribedTo(events: unknown): readonly string[] {
  const lists = (Array.isArray(events) ? events : []).map((event) => jsonObject(jsonObject(event)?.["subscriptions"]));
  const [trades, tickers] = CHANNELS.map((channel) => lists.flatMap((list) => textsOf(list?.[channel])));
  return trades!.filter((product) => tickers!.includes(product));
}

function refusalOf({ message, reason }: JsonObject): VenueMessage {
  const text = [message, reason].filter((part) => typeof part === "string").join(": ");
  return { kind: "refused", products: text.match(PRODUCTS_IN_TEXT) ?? [], text };
}
