// OKX, version 5: https://www.okx.com/docs-v5/en/#overview-websocket, …/#order-book-trading-market-data-ws-trades-channel
// and …-ws-order-book-channel. A message of `trades` sums up the `count` trades up to its `tradeId`.
import { jsonObject, type JsonObject } from "../json-object.ts";
import { objectsOf } from "../native-ticks.ts";
import { ticksOfOkx } from "../okx.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { plainName } from "./product-name.ts";
import type { VenueMessage, VenueProtocol } from "./venue-protocol.ts";
import { numberedTrade, tickMessage, unnumbered } from "./venue-ticks.ts";

const CHANNELS = ["trades", "bbo-tbt"];
const PRODUCT = /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}(-SWAP|-\d{6})?$/;
const PRODUCT_IN_TEXT = /instId:\s*"?([A-Z0-9-]{1,50})/;

export const OKX: VenueProtocol = {
  venue: "okx",
  title: "OKX",
  endpoint: "wss://ws.okx.com:8443/ws/v5/public",
  hint: "apac",
  // 480 subscriptions an hour and connection.
  maxProducts: 200,
  productOf: (name) => {
    const product = (plainName(name) ?? "").replaceAll(/[/_]/g, "-");
    return PRODUCT.test(product) ? product : undefined;
  },
  subscribe: (products, id) => framesOf("subscribe", products, id),
  unsubscribe: (products, id) => framesOf("unsubscribe", products, id),
  frameGapMs: 50,
  // OKX closes a connection that was silent for 30 s.
  ping: { everyMs: 10_000, text: "ping" },
  silenceMs: 25_000,
  // 3 attempts a second.
  leastRetryMs: 1_000,
  reorderMs: 100,
  read: (message) => {
    if (message === "pong") return { kind: "other" };
    const value = jsonObject(message);
    if (value === undefined) return { kind: "unknown" };
    return value["event"] === undefined ? readData(value) : readEvent(value);
  },
};

/** One product a frame, so that one that does not exist takes no other with it. */
function framesOf(op: string, products: readonly string[], id: number): readonly string[] {
  return products.map((instId, at) =>
    JSON.stringify({ id: String(id + at), op, args: CHANNELS.map((channel) => ({ channel, instId })) }),
  );
}

function readData(value: JsonObject): VenueMessage {
  const inputs = ticksOfOkx(value);
  const channel = jsonObject(value["arg"])?.["channel"];
  // A ticker would repeat the last trade.
  if (channel === "tickers") return { kind: "other" };
  if (channel !== "trades") return tickMessage(inputs, unnumbered);
  const counts = objectsOf(value["data"]).map(({ count }) => plainNumber(count ?? 1));
  return tickMessage(inputs, (input, at) => numberedTrade(input, counts[at]));
}

function readEvent(value: JsonObject): VenueMessage {
  const { event, arg, msg, code } = value;
  const text = `${plainText(msg)} (code ${plainText(code)})`;
  const instId = jsonObject(arg)?.["instId"] ?? PRODUCT_IN_TEXT.exec(plainText(msg))?.[1];
  const products = typeof instId === "string" ? [instId] : [];
  if (event === "subscribe") return { kind: "subscribed", products };
  if (event === "error") return { kind: "refused", products, text };
  // 64008: the connection will be closed for an upgrade.
  if (event === "notice") return { kind: "leaving", text };
  return tickMessage(ticksOfOkx(value), unnumbered);
}
