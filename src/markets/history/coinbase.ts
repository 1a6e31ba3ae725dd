// Coinbase Advanced Trade, public market data:
// https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-product-candles and
// …/get-public-market-trades. 10 requests a second. The side of a trade is not taken: Coinbase does not say whose it
// is.
import { jsonObject } from "../json-object.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { backwards, candleOf, fieldsOf, listOf, pathWith, tradeOf } from "./read-answer.ts";
import type { CandleMinutes, VenueHistory } from "./venue-history.ts";

const PRODUCTS = "/api/v3/brokerage/market/products";
const GRANULARITY: Readonly<Record<CandleMinutes, string>> = {
  1: "ONE_MINUTE",
  5: "FIVE_MINUTE",
  15: "FIFTEEN_MINUTE",
  60: "ONE_HOUR",
};
const TRADES = 1000;

export const COINBASE_HISTORY: VenueHistory = {
  venue: "coinbase",
  title: "Coinbase Advanced Trade",
  endpoint: "https://api.coinbase.com",
  gapMs: 120,
  candlesPerRequest: 350,
  // Both ends belong to the range.
  candlesPath: ({ product, minutes, fromMs, toMs }) =>
    pathWith(`${PRODUCTS}/${product}/candles`, {
      start: fromMs / 1000,
      end: toMs / 1000 - minutes * 60,
      granularity: GRANULARITY[minutes],
      limit: 350,
    }),
  readCandles: (answer) =>
    listOf(answer, "candles").map((entry) => {
      const { start, open, high, low, close, volume } = fieldsOf(entry);
      return candleOf({ startMs: plainNumber(start) * 1000, open, high, low, close, volume });
    }),
  trades: (product, fromMs, found) =>
    backwards(
      found,
      fromMs,
      (end) => pathWith(`${PRODUCTS}/${product}/ticker`, { limit: TRADES, end }),
      (answer) => {
        const trades = listOf(answer, "trades").map((entry) => {
          const { trade_id, price, size, time } = jsonObject(entry) ?? {};
          return tradeOf(trade_id, { ts: time, price, size, id: trade_id });
        });
        const oldest = trades.at(-1);
        // To the second above, so that none is left out: those that come twice have one id.
        return { trades: trades.toReversed(), older: oldest && String(Math.ceil(oldest.tsMs / 1000)) };
      },
    ),
};
