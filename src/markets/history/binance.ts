// Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints and
// https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api. The spot endpoint has
// market data alone. Of 6,000 (spot) and 2,400 (USD-M) points a minute a page of candles takes 2 and 10, one of trades
// 4 and 20. Aggregate trades are counted without a hole, and pages go back by that number.
import { plainNumber } from "../../schemas/plain-number.ts";
import { backwards, candleOf, cellsOf, fieldsOf, listOf, pathWith, tradeOf } from "./read-answer.ts";
import { type CandleMinutes, VenueAnswerError, type VenueHistory } from "./venue-history.ts";

const INTERVALS: Readonly<Record<CandleMinutes, string>> = { 1: "1m", 5: "5m", 15: "15m", 60: "1h" };
const TRADES = 1000;

function historyOf(of: Pick<VenueHistory, "venue" | "title" | "endpoint">, root: string): VenueHistory {
  return {
    ...of,
    gapMs: 50,
    candlesPerRequest: 1000,
    candlesPath: ({ product: symbol, minutes, fromMs, toMs }) =>
      pathWith(`${root}/klines`, {
        symbol,
        interval: INTERVALS[minutes],
        startTime: fromMs,
        endTime: toMs - 1,
        limit: 1000,
      }),
    readCandles: (answer) =>
      listOf(answer).map((entry) => {
        const [startMs, open, high, low, close, volume, , quoteVolume, trades, takerVolume] = cellsOf(entry);
        return candleOf({
          startMs: plainNumber(startMs),
          open,
          high,
          low,
          close,
          volume,
          quoteVolume,
          trades,
          takerVolume,
        });
      }),
    trades: (symbol, fromMs, found) =>
      backwards(
        found,
        fromMs,
        (fromId) => pathWith(`${root}/aggTrades`, { symbol, limit: TRADES, fromId }),
        (answer) => {
          const trades = listOf(answer).map((entry) => {
            const { a, p, q, T, m } = fieldsOf(entry);
            return tradeOf(a, { ts: T, price: p, size: q, id: a, side: m === true ? "sell" : "buy" });
          });
          return { trades, older: olderThan(trades[0]?.id) };
        },
      ),
  };
}

/** The first number of the page before, `undefined` at the first trade. */
function olderThan(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const first = Number(id);
  if (!Number.isSafeInteger(first)) throw new VenueAnswerError("malformed", `a trade with id ${id}`);
  return first <= 0 ? undefined : String(Math.max(0, first - TRADES));
}

export const BINANCE_HISTORY = historyOf(
  { venue: "binance", title: "Binance spot", endpoint: "https://data-api.binance.vision" },
  "/api/v3",
);
export const BINANCE_USDM_HISTORY = historyOf(
  { venue: "binance-usdm", title: "Binance USD-M futures", endpoint: "https://fapi.binance.com" },
  "/fapi/v1",
);
