// One door for every known message form: what a line of a file or a frame of a feed holds, as input of `parseTick`.
import { tickOfCanonicalRow } from "./canonical-row.ts";
import { ticksOfCoinbaseAdvancedTicker } from "./coinbase-advanced-ticker.ts";
import { tickOfCoinbaseExchangeTicker } from "./coinbase-exchange-ticker.ts";

/**
 * Tick inputs of a message of any known form, in the order in which it holds them: canonical rows, Coinbase Exchange,
 * Coinbase Advanced Trade. `undefined` when no adapter knows the form (subscriptions, heartbeats, other channels).
 * The inputs are not checked: `parseTick` says what is wrong with each.
 */
export function ticksOfMessage(value: unknown): readonly unknown[] | undefined {
  const tick = tickOfCanonicalRow(value) ?? tickOfCoinbaseExchangeTicker(value);
  return tick === undefined ? ticksOfCoinbaseAdvancedTicker(value) : [tick];
}
