// Bybit, version 5: https://bybit-exchange.github.io/docs/v5/ws/connect, …/websocket/public/trade and …/orderbook. A
// book of one level comes whole in each message. Trade ids are not counted, so a gap cannot be told.
import { ticksOfBybit } from "../bybit.ts";
import { jsonObject, type JsonObject } from "../json-object.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { joinedName, plainName } from "./product-name.ts";
import type { FeedVenue, VenueMessage, VenueProtocol } from "./venue-protocol.ts";
import { tickMessage, unnumbered } from "./venue-ticks.ts";

const TOPICS = ["publicTrade", "orderbook.1"];
const PRODUCTS_IN_TEXT = /(?:publicTrade|orderbook\.1)\.([A-Z0-9-]{1,40})/g;
/** A contract with a date of delivery, as `BTC-26DEC25` and `BTCUSDT-26DEC25`. */
const DATED = /^[A-Z0-9]{2,24}-\d{1,2}[A-Z]{3}\d{2}$/;

function connection(venue: FeedVenue, title: string, path: string): VenueProtocol {
  return {
    venue,
    title,
    endpoint: `wss://stream.bybit.com/v5/public/${path}`,
    hint: "apac",
    // The topics of a connection may have 21,000 characters together.
    maxProducts: 200,
    productOf: (name) => {
      const plain = plainName(name) ?? "";
      return path === "linear" && DATED.test(plain) ? plain : joinedName(name);
    },
    subscribe: (products, id) => framesOf("subscribe", products, id),
    unsubscribe: (products, id) => framesOf("unsubscribe", products, id),
    frameGapMs: 50,
    ping: { everyMs: 10_000, text: JSON.stringify({ op: "ping" }) },
    silenceMs: 25_000,
    // 500 attempts in five minutes.
    leastRetryMs: 1_000,
    reorderMs: 50,
    read: readBybit,
  };
}

export const BYBIT = connection("bybit", "Bybit spot", "spot");
export const BYBIT_LINEAR = connection("bybit-linear", "Bybit linear", "linear");

/**
 * One product a frame: one topic that is refused takes its whole frame with it, and a frame of spot has at most 10. The
 * answer has the request's id, which names the product.
 */
function framesOf(op: string, products: readonly string[], id: number): readonly string[] {
  return products.map((product, at) =>
    JSON.stringify({ req_id: `${id + at}:${product}`, op, args: TOPICS.map((topic) => `${topic}.${product}`) }),
  );
}

function readBybit(message: unknown): VenueMessage {
  const value = jsonObject(message);
  if (value === undefined) return { kind: "unknown" };
  const { op, success } = value;
  if (success === false) return refusalOf(value);
  if (op === "subscribe" && success === true) return { kind: "subscribed", products: requestedIn(value) };
  // A ticker would repeat the last trade.
  if (plainText(value["topic"]).startsWith("tickers.")) return { kind: "other" };
  return tickMessage(ticksOfBybit(value), unnumbered);
}

function refusalOf(value: JsonObject): VenueMessage {
  const text = plainText(value["ret_msg"]);
  const named = [...text.matchAll(PRODUCTS_IN_TEXT)].map(([, product]) => product!);
  const products = named.length > 0 ? [...new Set(named)] : requestedIn(value);
  if (text.includes("already subscribed")) return { kind: "subscribed", products };
  return { kind: "refused", products, text };
}

function requestedIn({ req_id }: JsonObject): readonly string[] {
  const product = typeof req_id === "string" ? /^\d+:(.+)$/.exec(req_id)?.[1] : undefined;
  return product === undefined ? [] : [product];
}
