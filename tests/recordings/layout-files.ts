// A small file of each layout as its vendor documents it, and what its rows mean.
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { parseTimeZone } from "../../src/markets/time-zone.ts";

export interface LayoutFile {
  /** As the summary calls it. */
  readonly layout: string;
  readonly file: string;
  readonly lines: readonly string[];
  readonly reading?: ReadingOptions;
  readonly symbol?: string;
  readonly unit: "s" | "ms" | "µs" | "ns" | undefined;
  readonly stamp?: "start" | "end";
  /** Ticks in order, each by the fields that are there; a bar is its last tick. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** What --symbol or --timezone are needed for. */
  readonly asks?: RegExp;
}

const T = 1_735_689_600_000;
const us = (ms: number): string => `${ms}000`;
const ns = (ms: number): string => `${ms}000000`;
const bar = (endMs: number, close: number, volumes: object): Record<string, unknown> => {
  return { tsMs: endMs - 1, price: close, ...volumes };
};
const MINUTE = 60_000;
const OHLC = [
  [10, 14, 9, 12],
  [12, 13, 11, 11.5],
] as const;
/** Two bars of a minute by a line for each. */
const bars = (line: (startMs: number, prices: string) => string, separator = ","): string[] => {
  return OHLC.map((prices, i) => line(T + i * MINUTE, prices.join(separator)));
};
const barRows = (volumes: object): Record<string, unknown>[] => {
  return OHLC.map((prices, i) => bar(T + (i + 1) * MINUTE, prices[3], volumes));
};

export const LAYOUT_FILES: readonly LayoutFile[] = [
  {
    layout: "Binance klines",
    file: "BTCUSDT-1m-2025-01-01.csv",
    lines: bars((t, p) => `${us(t)},${p},5.0,${t + MINUTE - 1}999,60.0,7,3.0,36.0,0`),
    ...{ unit: "µs", stamp: "start" },
    rows: barRows({ symbol: "BTCUSDT", barVolume: 5, barQuoteVolume: 60, barTrades: 7, barTakerVolume: 3 }),
  },
  {
    layout: "Binance klines",
    file: "ETHUSDT-1m-2025-01-02.csv",
    lines: [
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
      ...bars((t, p) => `${t},${p},5.0,${t + MINUTE - 1},60.0,7,3.0,36.0,0`),
    ],
    ...{ unit: "ms", stamp: "start" },
    rows: barRows({ symbol: "ETHUSDT", barVolume: 5, barQuoteVolume: 60, barTrades: 7, barTakerVolume: 3 }),
  },
  {
    layout: "Binance klines of COIN-M futures",
    file: "BTCUSD_PERP-1m-2025-01-02.csv",
    symbol: "BTCUSD_PERP",
    lines: [
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
      ...bars((t, p) => `${t},${p},5,${t + MINUTE - 1},41.5,7,3,24.9,0`),
    ],
    ...{ unit: "ms", stamp: "start" },
    rows: barRows({ barVolume: 41.5, barTrades: 7, barTakerVolume: 24.9 }),
  },
  {
    layout: "Binance aggTrades",
    file: "BTCUSDT-aggTrades-2025-01-01.csv",
    symbol: "BTCUSDT",
    lines: [`1,42.5,0.2,10,12,${us(T)},True,True`, `2,42.6,0.1,13,13,${us(T + 5)},False,True`],
    unit: "µs",
    rows: [
      { tsMs: T, price: 42.5, size: 0.2, side: -1, id: 1 },
      { tsMs: T + 5, price: 42.6, size: 0.1, side: 1, id: 2 },
    ],
  },
  {
    layout: "Binance aggTrades",
    file: "ETHUSDT-aggTrades-2025-01-01.csv",
    symbol: "ETHUSDT",
    lines: [
      "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker",
      `1,42.5,0.2,10,12,${T},true`,
    ],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5, size: 0.2, side: -1, id: 1 }],
  },
  {
    layout: "Binance trades",
    file: "BTCUSDT-trades-2025-01-01.csv",
    symbol: "BTCUSDT",
    lines: [`7,42.5,0.2,8.5,${us(T)},False,True`],
    unit: "µs",
    rows: [{ tsMs: T, price: 42.5, size: 0.2, side: 1, id: 7 }],
  },
  {
    layout: "Binance trades",
    file: "ETHUSDT-trades-2025-01-01.csv",
    symbol: "ETHUSDT",
    lines: ["id,price,qty,quote_qty,time,is_buyer_maker", `7,42.5,0.2,8.5,${T},true`],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5, size: 0.2, side: -1, id: 7 }],
  },
  {
    layout: "Binance trades of COIN-M futures",
    file: "BTCUSD_PERP-trades-2025-01-01.csv",
    symbol: "BTCUSD_PERP",
    lines: ["id,price,qty,base_qty,time,is_buyer_maker", `7,42.5,3,7.05,${T},true`],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5, size: 7.05, side: -1, id: 7 }],
  },
  {
    layout: "Binance bookTicker",
    file: "BTCUSDT-bookTicker-2024-01-01.csv",
    symbol: "BTCUSDT",
    lines: [
      "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time",
      `3612345678901,42.1,5,42.2,6,${T},${T + 3}`,
    ],
    unit: "ms",
    rows: [{ tsMs: T, bid: 42.1, bidSize: 5, ask: 42.2, askSize: 6, id: 3612345678901 }],
  },
  {
    layout: "tardis trades",
    file: "trades.csv",
    lines: [
      "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
      `deribit,BTC-PERPETUAL,${us(T)},${us(T + 9)},55,sell,42.5,10`,
      `deribit,BTC-PERPETUAL,${us(T + 1)},${us(T + 9)},,unknown,42.5,20`,
    ],
    unit: "µs",
    rows: [
      { symbol: "BTC-PERPETUAL@deribit", tsMs: T, price: 42.5, size: 10, side: -1, id: 55 },
      { symbol: "BTC-PERPETUAL@deribit", tsMs: T + 1, price: 42.5, size: 20 },
    ],
  },
  {
    layout: "tardis quotes",
    file: "book_ticker.csv",
    lines: [
      "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount",
      `binance,BTCUSDT,${us(T)},${us(T + 9)},3,42.2,42.1,4`,
    ],
    unit: "µs",
    rows: [{ symbol: "BTCUSDT@binance", tsMs: T, bid: 42.1, ask: 42.2, bidSize: 4, askSize: 3 }],
  },
  {
    layout: "tardis book_snapshot",
    file: "book_snapshot_25.csv",
    lines: [
      "exchange,symbol,timestamp,local_timestamp," +
        "asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount",
      `okex,BTC-USDT,${us(T)},${us(T + 9)},42.2,3,42.1,4,42.3,1,42.0,9`,
    ],
    unit: "µs",
    rows: [{ symbol: "BTC-USDT@okex", tsMs: T, bid: 42.1, ask: 42.2, bidSize: 4, askSize: 3 }],
  },
  {
    layout: "Kraken trades",
    file: "XBTUSD.csv",
    symbol: "XBTUSD",
    lines: ["1735689600.1234,42.5,0.25", "1735689601,42.6,1"],
    unit: "s",
    rows: [
      { tsMs: T + 123, price: 42.5, size: 0.25 },
      { tsMs: T + 1000, price: 42.6, size: 1 },
    ],
  },
  {
    layout: "Kraken OHLCVT",
    file: "XBTUSD_1.csv",
    lines: bars((t, p) => `${t / 1000},${p},5.5,7`),
    ...{ unit: "s", stamp: "start" },
    rows: barRows({ symbol: "XBTUSD", barVolume: 5.5, barTrades: 7 }),
  },
  {
    layout: "CryptoDataDownload bars",
    file: "Binance_BTCUSDT_minute.csv",
    lines: [
      "https://www.CryptoDataDownload.com",
      "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount",
      ...bars((t, p) => `${t},2025-01-01 00:00:00,BTC/USDT,${p},5,60,7`).reverse(),
    ],
    ...{ unit: "ms", stamp: "start" },
    rows: barRows({ symbol: "BTC/USDT", barVolume: 5, barQuoteVolume: 60, barTrades: 7 }),
  },
  {
    layout: "Databento trades",
    file: "glbx-mdp3.trades.csv",
    lines: [
      "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,symbol",
      `${ns(T + 1)},${ns(T)},0,1,5482,T,A,0,3720250000000,2,129,19251,1170352,ES.c.0`,
    ],
    unit: "ns",
    rows: [{ symbol: "ES.C.0", tsMs: T, price: 3720.25, size: 2, side: -1 }],
  },
  {
    layout: "Databento tbbo and mbp-1",
    file: "glbx-mdp3.mbp-1.csv",
    lines: [
      "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence," +
        "bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00,symbol",
      `2025-01-01T00:00:00.001000000Z,2025-01-01T00:00:00.000999999Z,1,1,5482,A,B,0,3720.250000000,2,128,17214,1,` +
        "3720.250000000,3720.500000000,24,11,15,9,ESH1",
      `2025-01-01T00:00:00.003000000Z,2025-01-01T00:00:00.002000000Z,1,1,5482,T,B,0,3720.500000000,4,128,17214,2,` +
        "3720.250000000,3720.500000000,24,11,15,9,ESH1",
    ],
    unit: undefined,
    rows: [
      { symbol: "ESH1", tsMs: T, bid: 3720.25, ask: 3720.5, bidSize: 24, askSize: 11 },
      {
        symbol: "ESH1",
        tsMs: T + 2,
        price: 3720.5,
        size: 4,
        side: 1,
        bid: 3720.25,
        ask: 3720.5,
        bidSize: 24,
        askSize: 11,
      },
    ],
  },
  {
    layout: "Databento bbo",
    file: "bbo-1s.csv",
    lines: [
      "ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,sequence,bid_px_00,ask_px_00,bid_sz_00," +
        "ask_sz_00,bid_ct_00,ask_ct_00,symbol",
      `${ns(T)},${ns(T - 900)},195,1,5482,B,3720500000000,1,128,2,3720250000000,3720500000000,24,11,15,9,ESH1`,
    ],
    unit: "ns",
    rows: [{ symbol: "ESH1", tsMs: T, bid: 3720.25, ask: 3720.5, bidSize: 24, askSize: 11 }],
  },
  {
    layout: "Databento ohlcv",
    file: "ohlcv-1m.csv",
    lines: [
      "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol",
      ...OHLC.map((p, i) => `${ns(T + i * MINUTE)},33,1,5482,${p.map((x) => x * 1e9).join(",")},353,ESH1`),
    ],
    ...{ unit: "ns", stamp: "start" },
    rows: barRows({ symbol: "ESH1", barVolume: 353 }),
  },
  {
    layout: "Bybit trades",
    file: "BTCUSDT2025-01-01.csv",
    lines: [
      "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional",
      "1735689600.1234,BTCUSDT,Sell,0.25,42.5,ZeroMinusTick,c1d0,1.06e+09,0.25,10.625",
    ],
    unit: "s",
    rows: [{ symbol: "BTCUSDT", tsMs: T + 123, price: 42.5, size: 0.25, side: -1 }],
  },
  {
    layout: "Bybit spot trades",
    file: "BTCUSDT_2025-01-01.csv",
    symbol: "BTCUSDT",
    lines: ["id,timestamp,price,volume,side", `1,${T},42.5,0.25,sell`],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5, size: 0.25, side: -1, id: 1 }],
  },
  {
    layout: "Dukascopy ticks",
    file: "eurusd-tick-2025-01-01.csv",
    symbol: "EURUSD",
    lines: ["timestamp,askPrice,bidPrice,askVolume,bidVolume", `${T},1.0356,1.0355,0.9,1.5`],
    unit: "ms",
    rows: [{ tsMs: T, bid: 1.0355, ask: 1.0356, bidSize: 1.5, askSize: 0.9 }],
  },
  {
    layout: "Dukascopy ticks",
    file: "EURUSD_Ticks_01.01.2025.csv",
    symbol: "EURUSD",
    lines: ["Gmt time,Ask,Bid,AskVolume,BidVolume", "01.01.2025 00:00:00.250,1.0356,1.0355,0.9,1.5"],
    unit: undefined,
    rows: [{ tsMs: T + 250, bid: 1.0355, ask: 1.0356, bidSize: 1.5, askSize: 0.9 }],
  },
  {
    layout: "HistData quotes",
    file: "DAT_ASCII_EURUSD_T_202412.csv",
    symbol: "EURUSD",
    reading: { timezone: parseTimeZone("EST") },
    lines: ["20241231 190000065,1.0355,1.0357,0"],
    unit: undefined,
    rows: [{ tsMs: T + 65, bid: 1.0355, ask: 1.0357 }],
    asks: /HistData quotes, whose times are not UTC: .*--timezone EST/,
  },
  {
    layout: "HistData bars",
    file: "DAT_ASCII_EURUSD_M1_2024.csv",
    symbol: "EURUSD",
    reading: { timezone: parseTimeZone("EST") },
    lines: OHLC.map((p, i) => `20241231 19${String(i).padStart(2, "0")}00;${p.join(";")};0`),
    ...{ unit: undefined, stamp: "start" },
    rows: barRows({}),
    asks: /HistData bars, whose times are not UTC: .*--timezone EST/,
  },
  {
    layout: "TrueFX quotes",
    file: "EURUSD-2025-01.csv",
    lines: ["EUR/USD,20250101 00:00:00.304,1.0355,1.0357"],
    unit: undefined,
    rows: [{ symbol: "EUR/USD", tsMs: T + 304, bid: 1.0355, ask: 1.0357 }],
  },
  {
    layout: "TrueFX quotes",
    file: "truefx.csv",
    symbol: "EURUSD",
    lines: ["timestamp,bid,ask", "2025-01-01 00:00:00.304000+00:00,1.0355,1.0357"],
    unit: undefined,
    rows: [{ tsMs: T + 304, bid: 1.0355, ask: 1.0357 }],
  },
  {
    layout: "FXCM bars",
    file: "fxcm-bid-USDJPY.csv",
    symbol: "USDJPY",
    lines: ["timestamp,open,high,low,close", ...OHLC.map((p, i) => `2025-01-01 00:0${i}:00+00:00,${p.join(",")}`)],
    ...{ unit: undefined, stamp: "start" },
    rows: barRows({}),
  },
  {
    layout: "Massive (Polygon) aggregates",
    file: "2025-01-01.csv",
    lines: [
      "ticker,volume,open,close,high,low,window_start,transactions",
      ...OHLC.map(([o, h, l, c], i) => `X:BTC-USD,5.5,${o},${c},${h},${l},${ns(T + i * MINUTE)},7`),
    ],
    ...{ unit: "ns", stamp: "start" },
    rows: barRows({ symbol: "X:BTC-USD", barVolume: 5.5, barTrades: 7 }),
  },
  {
    layout: "Alpaca bars",
    file: "bars.json",
    lines: [
      '{"bars": {"BTC/USD": [',
      OHLC.map(
        ([o, h, l, c], i) =>
          `{"t": "2025-01-01T00:0${i}:00Z", "o": ${o}, "h": ${h}, "l": ${l}, "c": ${c}, "v": 5.5, "n": 7, "vw": 11}`,
      ).join(",\n"),
      ']}, "next_page_token": null}',
    ],
    ...{ unit: undefined, stamp: "start" },
    rows: barRows({ symbol: "BTC/USD", barVolume: 5.5, barTrades: 7 }),
  },
  {
    layout: "freqtrade trades",
    file: "XRP_ETH-trades.csv",
    symbol: "XRP/ETH",
    lines: [",timestamp,id,type,side,price,amount,cost,date", `0,${T},9,,sell,2.5,4,10,2025-01-01`],
    unit: "ms",
    rows: [{ tsMs: T, price: 2.5, size: 4, side: -1, id: 9 }],
  },
  {
    layout: "freqtrade trades",
    file: "XRP_BTC-trades.json",
    symbol: "XRP/BTC",
    lines: [`[[${T}, "9", null, "sell", 2.5, 4, 10.0], [${T + 1}, "10", null, "buy", 2.5, 2, 5.0]]`],
    unit: "ms",
    rows: [
      { tsMs: T, price: 2.5, size: 4, side: -1, id: 9 },
      { tsMs: T + 1, price: 2.5, size: 2, side: 1, id: 10 },
    ],
  },
  {
    layout: "freqtrade bars",
    file: "XRP_USDT-1m.csv",
    symbol: "XRP/USDT",
    lines: ["date,open,high,low,close,volume", ...bars((t, p) => `${t},${p},5.5`)],
    ...{ unit: "ms", stamp: "start" },
    rows: barRows({ barVolume: 5.5 }),
  },
  {
    layout: "ccxt, freqtrade or Kaiko OHLCV",
    file: "ohlcv.json",
    symbol: "BTC/USDT",
    lines: [`[${bars((t, p) => `[${t}, ${p}, 5.5]`, ", ").join(", ")}]`],
    ...{ unit: "ms", stamp: "start" },
    rows: barRows({ symbol: "BTC/USDT", barVolume: 5.5 }),
  },
  {
    layout: "Coinbase trades",
    file: "BTC-USD-trades.csv",
    symbol: "BTC-USD",
    lines: ["trade_id,price,side,size,time", "9,42.5,sell,0.25,2025-01-01T00:00:00.250Z"],
    unit: undefined,
    // The side is the maker's.
    rows: [{ tsMs: T + 250, price: 42.5, size: 0.25, side: 1, id: 9 }],
  },
  {
    layout: "BitMEX bars",
    file: "XBTUSD_1m_2025.csv",
    lines: [
      "timestamp_ms,open,high,low,close,trades,volume_usd,vwap,last_size",
      ...bars((t, p) => `${t + MINUTE},${p},7,5000,11,1`),
    ],
    ...{ unit: "ms", stamp: "end" },
    rows: barRows({ symbol: "XBTUSD", barTrades: 7, barQuoteVolume: 5000 }),
  },
  {
    layout: "bars by the names of columns",
    file: "BTC-USD_1m.csv",
    reading: { stamp: "start" },
    lines: [
      "Datetime,Open,High,Low,Close,Volume,Trades",
      ...OHLC.map((p, i) => `2025-01-01 00:0${i},${p.join(",")},5,7`),
    ],
    ...{ unit: undefined, stamp: "start" },
    rows: barRows({ symbol: "BTC-USD", barVolume: 5, barTrades: 7 }),
    asks: /nothing says whether a time is the start or the end of its bar: give --stamp start or --stamp end/,
  },
  {
    layout: "columns by hand",
    file: "own.csv",
    symbol: "OWN",
    reading: {
      columns: new Map([
        ["ts", "when"],
        ["price", "px"],
        ["size", "n"],
      ]),
    },
    lines: ["when;px;n;note", `${T};42.5;3;a`],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5, size: 3 }],
    asks: /columns "when,px,n,note", expected ts with price.*--columns ts=timestamp,price=px,size=qty/,
  },
  {
    layout: "columns by hand",
    file: "headerless.csv",
    symbol: "OWN",
    reading: {
      columns: new Map([
        ["ts", "2"],
        ["price", "1"],
      ]),
    },
    lines: [`42.5,${T},x`],
    unit: "ms",
    rows: [{ tsMs: T, price: 42.5 }],
    asks: /has no header, and its 3 columns .*--columns ts=1,price=2,size=3/,
  },
  {
    layout: "ticks by the names of columns",
    file: "ticks.csv",
    lines: ["ts,symbol,price,bid,ask,bid_size,ask_size,trade_size", `${T},btc/usd,42.5,42.4,42.6,1,2,3`],
    unit: "ms",
    rows: [{ symbol: "BTC/USD", tsMs: T, price: 42.5, bid: 42.4, ask: 42.6, bidSize: 1, askSize: 2, size: 3 }],
  },
];
