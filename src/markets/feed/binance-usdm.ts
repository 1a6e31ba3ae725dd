// Binance USD-M futures: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
// and …/Important-WebSocket-Change-Notice. Since 2026-04-23 trades and quotes have an address each, and the old address
// confirms a subscription to aggTrade and sends nothing of it: a feed needs two connections.
import { BINANCE_PING, binanceFrames, binanceRequest, readBinance } from "./binance-streams.ts";
import { joinedName, plainName } from "./product-name.ts";
import type { VenueProtocol } from "./venue-protocol.ts";

/** A contract with a date of delivery. */
const DATED = /^[A-Z0-9]{2,24}_\d{6}$/;

function connection(part: string, endpoint: string, stream: string): VenueProtocol {
  return {
    venue: "binance-usdm",
    title: `Binance USD-M, ${part}`,
    endpoint,
    hint: "apac",
    // The documentation has named 1,024 streams a connection and 200: the lower one counts.
    maxProducts: 200,
    productOf: (name) => {
      const plain = plainName(name) ?? "";
      return DATED.test(plain) ? plain : joinedName(name);
    },
    subscribe: (products, id) => binanceFrames("SUBSCRIBE", products, [stream], id),
    unsubscribe: (products, id) => binanceFrames("UNSUBSCRIBE", products, [stream], id),
    requestOf: binanceRequest,
    // 10 messages a second.
    frameGapMs: 200,
    ping: { everyMs: 10_000, text: BINANCE_PING },
    silenceMs: 25_000,
    maxAgeMs: 24 * 3_600_000,
    leastRetryMs: 1_000,
    reorderMs: 100,
    read: readBinance,
  };
}

/** Aggregate trades have numbers of their own, without a hole; their trades' numbers leave out insurance and ADL. */
export const BINANCE_USDM_TRADES = connection("trades", "wss://fstream.binance.com/market/stream", "aggTrade");
export const BINANCE_USDM_QUOTES = connection("quotes", "wss://fstream.binance.com/public/stream", "bookTicker");
