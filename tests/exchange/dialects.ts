// The dialect of each venue's server.
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { BINANCE_DIALECT, BINANCE_USDM_DIALECT } from "./binance-dialect.ts";
import { BYBIT_DIALECT } from "./bybit-dialect.ts";
import { COINBASE_DIALECT, COINBASE_EXCHANGE_DIALECT } from "./coinbase-dialect.ts";
import type { Dialect } from "./dialect.ts";
import { KRAKEN_DIALECT } from "./kraken-dialect.ts";
import { OKX_DIALECT } from "./okx-dialect.ts";

export const DIALECTS: Readonly<Record<FeedVenue, Dialect>> = {
  coinbase: COINBASE_DIALECT,
  "coinbase-exchange": COINBASE_EXCHANGE_DIALECT,
  binance: BINANCE_DIALECT,
  "binance-usdm": BINANCE_USDM_DIALECT,
  kraken: KRAKEN_DIALECT,
  bybit: BYBIT_DIALECT,
  "bybit-linear": BYBIT_DIALECT,
  okx: OKX_DIALECT,
};
