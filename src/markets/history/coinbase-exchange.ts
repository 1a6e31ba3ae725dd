// Coinbase Exchange: https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles and
// …/get-product-trades. At most 300 candles; a candle without a trade is left out. Pages of trades go back by `after`,
// whose cursor is a trade's number. 10 requests a second.
import { takerOfMaker } from "../native-ticks.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { backwards, candleOf, cellsOf, fieldsOf, listOf, pathWith, tradeOf } from "./read-answer.ts";
import type { VenueHistory } from "./venue-history.ts";

const TRADES = 1000;

export const COINBASE_EXCHANGE_HISTORY: VenueHistory = {
  venue: "coinbase-exchange",
  title: "Coinbase Exchange",
  endpoint: "https://api.exchange.coinbase.com",
  gapMs: 120,
  candlesPerRequest: 300,
  candlesPath: ({ product, minutes, fromMs, toMs }) =>
    pathWith(`/products/${product}/candles`, {
      granularity: minutes * 60,
      start: new Date(fromMs).toISOString(),
      end: new Date(toMs - minutes * 60_000).toISOString(),
    }),
  readCandles: (answer) =>
    listOf(answer).map((entry) => {
      const [time, low, high, open, close, volume] = cellsOf(entry);
      return candleOf({ startMs: plainNumber(time) * 1000, open, high, low, close, volume });
    }),
  trades: (product, fromMs, found) =>
    backwards(
      found,
      fromMs,
      (after) => pathWith(`/products/${product}/trades`, { limit: TRADES, after }),
      (answer) => {
        const trades = listOf(answer).map((entry) => {
          const { trade_id, price, size, time, side } = fieldsOf(entry);
          return tradeOf(trade_id, { ts: time, price, size, id: trade_id, side: takerOfMaker(side) });
        });
        return { trades: trades.toReversed(), older: trades.at(-1)?.id };
      },
    ),
};
