// Answers of the venues' REST services: candles and trades as each documents them.
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";

const MS = 1_764_547_200_000;
const S = MS / 1000;
const ISO = "2025-12-01T00:00:00.123Z";

interface VenueAnswers {
  readonly candles: readonly unknown[];
  readonly trades: readonly unknown[];
}

const BINANCE: VenueAnswers = {
  candles: [[[MS, "10", "14", "9", "12", "5.0", MS + 59_999, "60.0", 7, "3.0", "36.0", "0"]], []],
  trades: [[{ a: 26129, p: "0.01633102", q: "4.70443515", f: 27781, l: 27781, T: MS, m: true, M: true }], []],
};
const BYBIT: VenueAnswers = {
  candles: [{ retCode: 0, retMsg: "OK", result: { list: [[String(MS), "10", "14", "9", "12", "5", "60"]] }, time: MS }],
  trades: [
    {
      ...{ retCode: 0, retMsg: "OK", time: MS },
      result: {
        category: "spot",
        list: [
          {
            execId: "21",
            symbol: "BTCUSDT",
            price: "16618",
            size: "0.0012",
            side: "Buy",
            time: String(MS),
            isBlockTrade: false,
          },
        ],
      },
    },
    { retCode: 10006, retMsg: "Too many visits!" },
  ],
};

export const VENUE_ANSWERS: Readonly<Record<FeedVenue, VenueAnswers>> = {
  coinbase: {
    candles: [{ candles: [{ start: String(S), low: "9", high: "14", open: "10", close: "12", volume: "5" }] }],
    trades: [
      { trades: [{ trade_id: "34b080bf", product_id: "BTC-USD", price: "140.91", size: "4", time: ISO, side: "BUY" }] },
    ],
  },
  "coinbase-exchange": {
    candles: [[[S, 9, 14, 10, 12, 5.5]], { message: "NotFound" }],
    trades: [[{ trade_id: 74, side: "sell", size: "0.01", price: "10.5", time: ISO }]],
  },
  binance: BINANCE,
  "binance-usdm": BINANCE,
  kraken: {
    candles: [{ error: [], result: { XXBTZUSD: [[S, "10", "14", "9", "12", "11", "5.5", 7]], last: S } }],
    trades: [
      { error: [], result: { XXBTZUSD: [["10.5", "0.02", S + 0.1234, "b", "m", "", 61044952]], last: `${MS}000000` } },
      { error: ["EAPI:Rate limit exceeded"] },
    ],
  },
  bybit: BYBIT,
  "bybit-linear": BYBIT,
  okx: {
    candles: [{ code: "0", msg: "", data: [[String(MS), "10", "14", "9", "12", "5", "5", "60", "1"]] }],
    trades: [
      {
        code: "0",
        msg: "",
        data: [{ instId: "BTC-USDT", side: "sell", sz: "0.1", px: "29963.2", tradeId: "242720720", ts: String(MS) }],
      },
    ],
  },
};
