// Binance spot: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams. This endpoint has market
// data alone. Trade ids of a symbol are counted. `bookTicker` has no time.
import { BINANCE_PING, binanceFrames, binanceRequest, readBinance } from "./binance-streams.ts";
import { joinedName } from "./product-name.ts";
import type { VenueProtocol } from "./venue-protocol.ts";

const STREAMS = ["trade", "bookTicker"];

export const BINANCE: VenueProtocol = {
  venue: "binance",
  title: "Binance spot",
  endpoint: "wss://data-stream.binance.vision/stream",
  hint: "apac",
  // 1,024 streams a connection.
  maxProducts: 512,
  productOf: joinedName,
  subscribe: (products, id) => binanceFrames("SUBSCRIBE", products, STREAMS, id),
  unsubscribe: (products, id) => binanceFrames("UNSUBSCRIBE", products, STREAMS, id),
  requestOf: binanceRequest,
  // 5 messages a second, of which pings and pongs are some.
  frameGapMs: 300,
  ping: { everyMs: 10_000, text: BINANCE_PING },
  silenceMs: 25_000,
  maxAgeMs: 24 * 3_600_000,
  // 300 attempts in five minutes.
  leastRetryMs: 1_000,
  reorderMs: 100,
  read: readBinance,
};
