// The REST services of all venues that a feed can follow.
import type { FeedVenue } from "../feed/venue-protocol.ts";
import { BINANCE_HISTORY, BINANCE_USDM_HISTORY } from "./binance.ts";
import { BYBIT_HISTORY, BYBIT_LINEAR_HISTORY } from "./bybit.ts";
import { COINBASE_EXCHANGE_HISTORY } from "./coinbase-exchange.ts";
import { COINBASE_HISTORY } from "./coinbase.ts";
import { KRAKEN_HISTORY } from "./kraken.ts";
import { OKX_HISTORY } from "./okx.ts";
import type { VenueHistory } from "./venue-history.ts";

export const VENUE_HISTORIES: Readonly<Record<FeedVenue, VenueHistory>> = {
  coinbase: COINBASE_HISTORY,
  "coinbase-exchange": COINBASE_EXCHANGE_HISTORY,
  binance: BINANCE_HISTORY,
  "binance-usdm": BINANCE_USDM_HISTORY,
  kraken: KRAKEN_HISTORY,
  bybit: BYBIT_HISTORY,
  "bybit-linear": BYBIT_LINEAR_HISTORY,
  okx: OKX_HISTORY,
};
