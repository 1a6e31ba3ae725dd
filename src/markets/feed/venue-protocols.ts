// The protocols of all venues that a feed can follow.
import { BINANCE } from "./binance.ts";
import { BINANCE_USDM_QUOTES, BINANCE_USDM_TRADES } from "./binance-usdm.ts";
import { BYBIT, BYBIT_LINEAR } from "./bybit.ts";
import { COINBASE } from "./coinbase.ts";
import { COINBASE_EXCHANGE } from "./coinbase-exchange.ts";
import { KRAKEN } from "./kraken.ts";
import { OKX } from "./okx.ts";
import type { FeedVenue, VenueProtocol } from "./venue-protocol.ts";

/**
 * The connections that a feed of a venue needs, each subscribed to every product: one, or two where the venue has
 * trades and quotes at different addresses.
 */
export const VENUE_PROTOCOLS: Readonly<Record<FeedVenue, readonly [VenueProtocol, ...VenueProtocol[]]>> = {
  coinbase: [COINBASE],
  "coinbase-exchange": [COINBASE_EXCHANGE],
  binance: [BINANCE],
  "binance-usdm": [BINANCE_USDM_TRADES, BINANCE_USDM_QUOTES],
  kraken: [KRAKEN],
  bybit: [BYBIT],
  "bybit-linear": [BYBIT_LINEAR],
  okx: [OKX],
};
