// Converts every known message form, a line of a file or a frame of a feed, to input of `parseTick`.
import { tickOfCanonicalRow } from "./canonical-row.ts";
import { ticksOfCoinbaseAdvancedTicker } from "./coinbase-advanced-ticker.ts";
import { tickOfCoinbaseExchangeTicker } from "./coinbase-exchange-ticker.ts";

/**
 * Tick inputs of a message, in its own order: canonical rows, Coinbase Exchange, Coinbase Advanced Trade. `undefined`
 * for every other form (subscriptions, heartbeats, other channels). The inputs are not checked here: `parseTick` checks
 * each one.
 */
export function ticksOfMessage(value: unknown): readonly unknown[] | undefined {
  const tick = tickOfCanonicalRow(value) ?? tickOfCoinbaseExchangeTicker(value);
  return tick === undefined ? ticksOfCoinbaseAdvancedTicker(value) : [tick];
}
