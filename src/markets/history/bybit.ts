// Bybit version 5: https://bybit-exchange.github.io/docs/v5/market/kline and …/market/recent-trade. Candles and trades
// come newest first, at most 1,000; of trades the newest alone, 60 of a spot product. 600 requests in 5 s. An error
// comes with status 200.
import { jsonObject } from "../json-object.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { backwards, candleOf, cellsOf, fieldsOf, listOf, pathWith, tradeOf } from "./read-answer.ts";
import { VenueAnswerError, type VenueHistory } from "./venue-history.ts";

const CANDLES = 1000;
const TRADES = { spot: 60, linear: 1000 } as const;
const TOO_MANY = 10006;
const WRONG_PARAMETER = 10001;

function historyOf(of: Pick<VenueHistory, "venue" | "title">, category: "spot" | "linear"): VenueHistory {
  return {
    ...of,
    endpoint: "https://api.bybit.com",
    gapMs: 50,
    candlesPerRequest: CANDLES,
    candlesPath: ({ product: symbol, minutes, fromMs, toMs }) =>
      pathWith("/v5/market/kline", {
        category,
        symbol,
        interval: minutes,
        start: fromMs,
        end: toMs - 1,
        limit: CANDLES,
      }),
    readCandles: (answer) =>
      listOf(resultOf(answer), "list").map((entry) => {
        const [startMs, open, high, low, close, volume, quoteVolume] = cellsOf(entry);
        return candleOf({ startMs: plainNumber(startMs), open, high, low, close, volume, quoteVolume });
      }),
    trades: (symbol, fromMs, found) =>
      backwards(
        found,
        fromMs,
        () => pathWith("/v5/market/recent-trade", { category, symbol, limit: TRADES[category] }),
        (answer) => {
          const trades = listOf(resultOf(answer), "list")
            .map(fieldsOf)
            // Block trades did not meet the book.
            .filter(({ isBlockTrade }) => isBlockTrade !== true)
            .map(({ execId, price, size, side, time }) =>
              tradeOf(execId, { ts: plainNumber(time), price, size, id: execId, side }),
            );
          return { trades: trades.toReversed(), older: undefined };
        },
      ),
  };
}

function resultOf(answer: unknown): unknown {
  const { retCode, retMsg, result } = jsonObject(answer) ?? {};
  if (retCode === 0) return result;
  const text = `${plainText(retCode)}: ${plainText(retMsg)}`;
  if (retCode === TOO_MANY) throw new VenueAnswerError("busy", text);
  if (retCode === WRONG_PARAMETER) throw new VenueAnswerError("unknown_product", text);
  throw new VenueAnswerError(typeof retCode === "number" ? "refused" : "malformed", text);
}

export const BYBIT_HISTORY = historyOf({ venue: "bybit", title: "Bybit spot" }, "spot");
export const BYBIT_LINEAR_HISTORY = historyOf({ venue: "bybit-linear", title: "Bybit linear" }, "linear");
