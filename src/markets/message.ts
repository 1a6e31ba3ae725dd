// Converts every known message form, a line of a file or a frame of a feed, to input of `parseTick`.
import { tickOfCanonicalRow } from "./canonical-row.ts";
import { ticksOfCoinbaseAdvancedTicker } from "./coinbase-advanced-ticker.ts";
import { tickOfCoinbaseExchangeTicker } from "./coinbase-exchange-ticker.ts";
import { jsonObject } from "./json-object.ts";

/**
 * Tick inputs of a message, in its own order: canonical rows, Coinbase Exchange, Coinbase Advanced Trade, each also as
 * the `payload` of a collector's envelope, an object or its JSON text. `undefined` for every other form (subscriptions,
 * heartbeats, other channels). The inputs are not checked here: `parseTick` checks each one.
 *
 * Example: `{received_at: "…", payload: {channel: "ticker", timestamp: "…", events: […]}}` gives the payload's ticks.
 */
export function ticksOfMessage(value: unknown): readonly unknown[] | undefined {
  return ticksOfBareMessage(value) ?? ticksOfBareMessage(payloadOf(value));
}

function ticksOfBareMessage(value: unknown): readonly unknown[] | undefined {
  const tick = tickOfCanonicalRow(value) ?? tickOfCoinbaseExchangeTicker(value);
  return tick === undefined ? ticksOfCoinbaseAdvancedTicker(value) : [tick];
}

function payloadOf(envelope: unknown): unknown {
  const payload = jsonObject(envelope)?.["payload"];
  if (typeof payload !== "string") return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
