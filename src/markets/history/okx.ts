// OKX version 5: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks-history and
// …-get-trades-history. Newest first, 100 a page, which go back by `after`: a time of candles, a number of trades. 20
// requests in 2 s. The first page of trades has 500. An error comes with a code.
import { jsonObject } from "../json-object.ts";
import type { Bar } from "../bar-ticks.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { backwards, candleOf, cellsOf, fieldsOf, listOf, pathWith, tradeOf } from "./read-answer.ts";
import { type CandleMinutes, VenueAnswerError, type VenueHistory } from "./venue-history.ts";

const BARS: Readonly<Record<CandleMinutes, string>> = { 1: "1m", 5: "5m", 15: "15m", 60: "1H" };
const CANDLES = 100;
const NEWEST_TRADES = 500;
const TRADES = 100;
const TOO_MANY = "50011";
/** The instrument does not exist; its parameter is wrong. */
const UNKNOWN = ["51001", "51000"];

export const OKX_HISTORY: VenueHistory = {
  venue: "okx",
  title: "OKX",
  endpoint: "https://www.okx.com",
  gapMs: 110,
  candlesPerRequest: CANDLES,
  // Those before `after` and after `before`, neither of which belongs to them.
  candlesPath: ({ product: instId, minutes, fromMs, toMs }) =>
    pathWith("/api/v5/market/history-candles", {
      instId,
      bar: BARS[minutes],
      after: toMs,
      before: fromMs - 1,
      limit: CANDLES,
    }),
  readCandles: (answer) => dataOf(answer).flatMap((entry) => candle(cellsOf(entry))),
  trades: (instId, fromMs, found) =>
    backwards(
      found,
      fromMs,
      (after) =>
        after === undefined
          ? pathWith("/api/v5/market/trades", { instId, limit: NEWEST_TRADES })
          : pathWith("/api/v5/market/history-trades", { instId, type: 1, after, limit: TRADES }),
      (answer) => {
        const trades = dataOf(answer).map((entry) => {
          const { tradeId, px, sz, side, ts } = fieldsOf(entry);
          return tradeOf(tradeId, { ts: plainNumber(ts), price: px, size: sz, id: tradeId, side });
        });
        return { trades: trades.toReversed(), older: trades.at(-1)?.id };
      },
    ),
};

/**
 * `[ts, o, h, l, c, vol, volCcy, volCcyQuote, confirm]`; one that is not confirmed is in progress. `vol` of spot is in
 * the base and `volCcy` in the quote; of a contract `vol` is a number of contracts and `volCcy` in the base. Only the
 * product says which: where both ways of counting agree on the price, it is taken.
 */
function candle(cells: readonly unknown[]): readonly (Bar | undefined)[] {
  const [ts, open, high, low, close, vol, volCcy, quoteVolume, confirm] = cells;
  if (confirm === "0") return [];
  const volume = isPriced(volCcy, quoteVolume, low, high) ? volCcy : vol;
  return [candleOf({ startMs: plainNumber(ts), open, high, low, close, volume, quoteVolume })];
}

/** Whether the quote volume is the volume at a price of the candle. */
function isPriced(volume: unknown, quoteVolume: unknown, low: unknown, high: unknown): boolean {
  const price = plainNumber(quoteVolume) / plainNumber(volume);
  return price >= plainNumber(low) * (1 - 1e-6) && price <= plainNumber(high) * (1 + 1e-6);
}

function dataOf(answer: unknown): readonly unknown[] {
  const { code, msg } = jsonObject(answer) ?? {};
  if (code === "0") return listOf(answer, "data");
  const text = `${plainText(code)}: ${plainText(msg)}`;
  if (code === TOO_MANY) throw new VenueAnswerError("busy", text);
  if (UNKNOWN.includes(plainText(code))) throw new VenueAnswerError("unknown_product", text);
  throw new VenueAnswerError(typeof code === "string" ? "refused" : "malformed", text);
}
