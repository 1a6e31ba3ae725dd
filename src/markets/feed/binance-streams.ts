// What Binance's spot and futures streams share: frames, answers, and the reading of combined streams.
import { ticksOfBinance } from "../binance.ts";
import { jsonObject, type JsonObject } from "../json-object.ts";
import { plainText } from "../../schemas/plain-text.ts";
import type { VenueMessage } from "./venue-protocol.ts";
import { chunksOf, numberedTrade, tickMessage, unnumbered } from "./venue-ticks.ts";

/** Streams of a frame: their names stay far below what one frame may hold. */
const STREAMS_IN_FRAME = 100;

/** It has no effect but its answer: Binance pings on the level of the protocol, which a client may not see. */
export const BINANCE_PING = JSON.stringify({ method: "LIST_SUBSCRIPTIONS", id: 0 });

/** @param streams what is subscribed to of each product, e.g. `trade`. */
export function binanceFrames(
  method: "SUBSCRIBE" | "UNSUBSCRIBE",
  products: readonly string[],
  streams: readonly string[],
  id: number,
): readonly string[] {
  const params = products.flatMap((product) => streams.map((stream) => `${product.toLowerCase()}@${stream}`));
  return chunksOf(params, STREAMS_IN_FRAME).map((some, at) => JSON.stringify({ method, params: some, id: id + at }));
}

/** See `VenueProtocol.requestOf`: Binance answers with the number of the request alone. */
export function binanceRequest(
  text: string,
): { readonly id: number; readonly products: readonly string[] } | undefined {
  const { method, params = [], id } = JSON.parse(text) as { method: string; params?: readonly string[]; id: number };
  if (method !== "SUBSCRIBE") return undefined;
  return { id, products: [...new Set(params.map((stream) => stream.slice(0, stream.indexOf("@")).toUpperCase()))] };
}

/**
 * Reads a message of combined streams. Binance takes a subscription to a product that it does not have, and sends
 * nothing of it.
 */
export function readBinance(message: unknown): VenueMessage {
  const value = jsonObject(message);
  if (value === undefined) return { kind: "unknown" };
  const data = jsonObject(value["data"]) ?? value;
  if (data["e"] === "serverShutdown") return { kind: "leaving", text: "serverShutdown: the server will stop" };
  const refusal = refusalOf(value);
  if (refusal !== undefined) return refusal;
  if ("id" in value && value["result"] === null) return { kind: "subscribed", products: [], ...requestIn(value) };
  return tickMessage(ticksOfBinance(value), (input) =>
    input.price === undefined ? unnumbered(input) : numberedTrade(input),
  );
}

/** `{error: {code, msg}, id}`, or `{code, msg}` alone. */
function refusalOf(value: JsonObject): VenueMessage | undefined {
  const { code, msg } = jsonObject(value["error"]) ?? ("stream" in value ? {} : value);
  if (code === undefined || typeof msg !== "string") return undefined;
  return { kind: "refused", products: [], text: `${msg} (code ${plainText(code)})`, ...requestIn(value) };
}

function requestIn({ id }: JsonObject): { readonly request?: number } {
  return typeof id === "number" ? { request: id } : {};
}
