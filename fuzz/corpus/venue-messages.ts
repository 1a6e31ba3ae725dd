// Valid messages of every native format, and of what the venues answer to a client: what mutations begin with.
import type { NativeFormat } from "../../src/markets/native-formats.ts";
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";

const MS = 1_764_547_200_123;
const ISO = "2025-12-01T00:00:00.123456Z";

/** Messages by format, with ticks and without. */
export const NATIVE_MESSAGES: Readonly<Record<NativeFormat, readonly unknown[]>> = {
  coinbase_advanced: [
    {
      ...{ channel: "ticker", client_id: "", timestamp: ISO, sequence_num: 0 },
      events: [
        {
          type: "snapshot",
          tickers: [
            {
              ...{ type: "ticker", product_id: "BTC-USD", price: "89412.5", volume_24_h: "16038.28" },
              ...{ best_bid: "89412.25", best_bid_quantity: "0.5", best_ask: "89412.75", best_ask_quantity: "0.25" },
            },
          ],
        },
      ],
    },
    {
      ...{ channel: "market_trades", client_id: "", timestamp: ISO, sequence_num: 7 },
      events: [
        {
          type: "update",
          trades: [
            { trade_id: "912", product_id: "BTC-USD", price: "89412.5", size: "0.003", side: "SELL", time: ISO },
            { trade_id: "911", product_id: "BTC-USD", price: "89412", size: "0.1", side: "BUY", time: ISO },
          ],
        },
      ],
    },
    { channel: "heartbeats", timestamp: ISO, sequence_num: 8, events: [{ current_time: ISO, heartbeat_counter: 3 }] },
    {
      ...{ channel: "subscriptions", timestamp: ISO, sequence_num: 1 },
      events: [{ subscriptions: { market_trades: ["BTC-USD"], ticker: ["BTC-USD"] } }],
    },
    { type: "error", message: "rate limit exceeded" },
    {
      ...{ timestamp: ISO, product_id: "BTC-USD", price: "89412.5", best_bid: "89412.25", best_ask: "89412.75" },
      raw: { best_bid_quantity: "1", best_ask_quantity: "2" },
    },
  ],
  coinbase_exchange: [
    {
      ...{
        type: "ticker",
        sequence: 37475248783,
        product_id: "ETH-USD",
        price: "1285.22",
        time: ISO,
        trade_id: 370843401,
      },
      ...{ best_bid: "1285.04", best_bid_size: "0.46688654", best_ask: "1285.27", best_ask_size: "1.56637040" },
      ...{ side: "buy", last_size: "11.4396987" },
    },
    {
      ...{ type: "match", trade_id: 10, sequence: 50, maker_order_id: "a", taker_order_id: "b", time: ISO },
      ...{ product_id: "BTC-USD", size: "5.23512", price: "400.23", side: "sell" },
    },
    { type: "heartbeat", sequence: 90, last_trade_id: 20, product_id: "BTC-USD", time: ISO },
    {
      type: "subscriptions",
      channels: [
        { name: "matches", product_ids: ["BTC-USD"] },
        { name: "ticker", product_ids: ["BTC-USD"] },
      ],
    },
    { type: "error", message: "Failed to subscribe", reason: "FOO-USD is not a valid product" },
  ],
  binance: [
    {
      stream: "btcusdt@trade",
      data: { e: "trade", E: MS, s: "BTCUSDT", t: 12345, p: "0.001", q: "100", T: MS, m: true },
    },
    {
      stream: "btcusdt@aggTrade",
      data: { e: "aggTrade", E: MS, s: "BTCUSDT", a: 5933014, p: "0.001", q: "100", f: 100, l: 105, T: MS, m: false },
    },
    { u: 400900217, s: "BNBUSDT", b: "25.35190000", B: "31.21", a: "25.36520000", A: "40.66" },
    { e: "bookTicker", u: 40, E: MS, T: MS, s: "BNBUSDT", b: "25.3519", B: "31.21", a: "25.3652", A: "40.66" },
    { result: null, id: 1 },
    { error: { code: 2, msg: "Invalid request: unknown variant" }, id: 3 },
    { e: "serverShutdown", E: MS },
  ],
  kraken: [
    {
      ...{ channel: "trade", type: "update" },
      data: [
        {
          ...{ symbol: "MATIC/USD", side: "buy", price: 0.5147, qty: 6423.46326, ord_type: "limit", trade_id: 4665846 },
          timestamp: ISO,
        },
      ],
    },
    {
      ...{ channel: "ticker", type: "snapshot" },
      data: [
        {
          ...{ symbol: "ALGO/USD", bid: 0.10025, bid_qty: 740, ask: 0.10036, ask_qty: 1361.44, last: 0.10035 },
          ...{ volume: 997038.98, vwap: 0.10148, low: 0.09979, high: 0.10285, timestamp: ISO },
        },
      ],
    },
    [337, [["5541.20000", "0.15850568", "1534614057.321597", "s", "l", ""]], "trade", "XBT/USD"],
    [0, ["5698.40000", "5700.00000", "1542057299.545897", "1.01234567", "0.98765432"], "spread", "XBT/USD"],
    [0, { a: ["5525.4", 1, "1.0"], b: ["5525.1", 1, "1.0"], c: ["5525.1", "0.00398963"] }, "ticker", "XBT/USD"],
    { channel: "heartbeat" },
    {
      method: "subscribe",
      result: { channel: "trade", symbol: "BTC/USD" },
      success: true,
      time_in: ISO,
      time_out: ISO,
    },
    { error: "Currency pair not supported FOO/BAR", method: "subscribe", success: false, symbol: "FOO/BAR" },
  ],
  bybit: [
    {
      ...{ topic: "publicTrade.BTCUSDT", type: "snapshot", ts: MS },
      data: [
        { T: MS, s: "BTCUSDT", S: "Buy", v: "0.001", p: "16578.50", L: "PlusTick", i: "20f43950-d8dd", BT: false },
      ],
    },
    {
      ...{ topic: "orderbook.1.BTCUSDT", type: "snapshot", ts: MS, cts: MS },
      data: { s: "BTCUSDT", b: [["16493.50", "0.006"]], a: [["16611.00", "0.029"]], u: 18521288, seq: 7961638724 },
    },
    {
      ...{ topic: "tickers.BTCUSD", type: "delta", cs: 2, ts: MS },
      data: {
        symbol: "BTCUSD",
        lastPrice: "28560.00",
        bid1Price: "28560.00",
        bid1Size: "3",
        ask1Price: "28560.50",
        ask1Size: "7",
      },
    },
    { success: true, ret_msg: "subscribe", conn_id: "2324d924", req_id: "8:BTCUSDT", op: "subscribe" },
    { success: false, ret_msg: "error:handler not found,topic:publicTrade.FOO", req_id: "8:FOO", op: "subscribe" },
    { op: "pong", args: ["1675418560633"] },
  ],
  okx: [
    {
      arg: { channel: "trades", instId: "BTC-USDT" },
      data: [
        {
          instId: "BTC-USDT",
          tradeId: "130639474",
          px: "42219.9",
          sz: "0.12060306",
          side: "buy",
          ts: String(MS),
          count: "3",
        },
      ],
    },
    {
      arg: { channel: "bbo-tbt", instId: "BTC-USDT" },
      data: [
        { asks: [["41006.8", "0.6", "0", "1"]], bids: [["41006.3", "0.3", "0", "1"]], ts: String(MS), seqId: 123 },
      ],
    },
    {
      arg: { channel: "tickers", instId: "BTC-USDT" },
      data: [
        {
          instId: "BTC-USDT",
          last: "9999.99",
          lastSz: "0.1",
          askPx: "9999.99",
          askSz: "11",
          bidPx: "8888.88",
          bidSz: "5",
          ts: String(MS),
        },
      ],
    },
    { event: "subscribe", arg: { channel: "trades", instId: "BTC-USDT" }, connId: "a4d3ae55" },
    {
      event: "error",
      code: "60018",
      msg: 'Wrong URL or channel:trades,instId:"FOO" doesn\'t exist',
      connId: "a4d3ae55",
    },
    { event: "notice", code: "64008", msg: "The connection will soon be closed for a service upgrade.", connId: "a" },
  ],
  bitstamp: [
    {
      ...{ event: "trade", channel: "live_trades_btcusd" },
      data: {
        ...{
          id: 273,
          timestamp: "1764547200",
          amount: 0.1,
          amount_str: "0.10000000",
          price: 62000,
          price_str: "62000",
        },
        ...{ type: 0, microtimestamp: "1764547200123456", buy_order_id: 1, sell_order_id: 2 },
      },
    },
    {
      ...{ event: "data", channel: "order_book_btcusd" },
      data: {
        timestamp: "1764547200",
        microtimestamp: "1764547200123456",
        bids: [["62000", "1"]],
        asks: [["62001", "2"]],
      },
    },
    { event: "bts:subscription_succeeded", channel: "live_trades_btcusd", data: {} },
  ],
  hyperliquid: [
    {
      channel: "trades",
      data: [
        {
          coin: "BTC",
          side: "B",
          px: "104500.0",
          sz: "0.01",
          time: MS,
          hash: "0x0",
          tid: 118906512037719,
          users: ["0x1"],
        },
      ],
    },
    {
      channel: "bbo",
      data: {
        coin: "BTC",
        time: MS,
        bbo: [
          { px: "104499", sz: "1.2", n: 3 },
          { px: "104500", sz: "0.4", n: 1 },
        ],
      },
    },
    {
      channel: "l2Book",
      data: {
        coin: "BTC",
        time: MS,
        levels: [[{ px: "104499", sz: "1.2", n: 3 }], [{ px: "104500", sz: "0.4", n: 1 }]],
      },
    },
    { channel: "pong" },
  ],
  alpaca: [
    [
      {
        T: "t",
        i: 96921,
        S: "AAPL",
        x: "D",
        p: 126.55,
        s: 1,
        t: "2025-12-01T00:00:58.027052123Z",
        c: ["@", "I"],
        z: "C",
      },
    ],
    [{ T: "q", S: "AAPL", bp: 126.5, bs: 1, ap: 126.6, as: 4, t: "2025-12-01T00:00:58.027052123Z", c: ["R"], z: "C" }],
    [{ T: "b", S: "BTC/USD", o: 10, h: 14, l: 9, c: 12, v: 5.5, t: "2025-12-01T00:00:00Z", n: 7, vw: 11 }],
    { T: "t", S: "BTC/USD", p: 126.55, s: 1, t: "2025-12-01T00:00:58Z", i: 5, tks: "B" },
    [{ T: "success", msg: "connected" }],
  ],
  cryptofeed: [
    {
      ...{
        exchange: "COINBASE",
        symbol: "BTC-USD",
        side: "buy",
        amount: "0.5",
        price: "60000.1",
        id: "77",
        type: null,
      },
      ...{ timestamp: 1764547200.123, receipt_timestamp: 1764547200.7 },
    },
    {
      exchange: "BINANCE",
      symbol: "BTC-USDT",
      timestamp: 1764547200.123,
      bid: 10,
      ask: 11,
      receipt_timestamp: 1764547200.5,
    },
    {
      exchange: "BINANCE",
      symbol: "BTC-USDT",
      timestamp: 1764547200.1,
      bid_price: 10,
      bid_size: 1,
      ask_price: 11,
      ask_size: 2,
    },
  ],
  ccxt: [
    {
      ...{
        id: "12345",
        symbol: "BTC/USDT:USDT",
        timestamp: MS,
        datetime: ISO,
        info: { p: "1" },
        type: null,
        side: "sell",
      },
      ...{ takerOrMaker: "taker", price: 7.5, amount: 2, cost: 15, fee: null },
    },
    {
      ...{ symbol: "BTC/USDT", timestamp: MS, datetime: ISO, info: {}, high: 9, low: 5, bid: 7, bidVolume: 1, ask: 8 },
      ...{ askVolume: 2, open: 6, close: 7.5, last: 7.5, baseVolume: 99 },
    },
  ],
  tardis: [
    {
      ...{ type: "trade", symbol: "XBTUSD", exchange: "bitmex", id: "9", price: 7996, amount: 50, side: "sell" },
      ...{ timestamp: ISO, localTimestamp: ISO },
    },
    {
      ...{ type: "book_snapshot", symbol: "XBTUSD", exchange: "bitmex", name: "quote", depth: 1, interval: 0 },
      ...{
        bids: [{ price: 7633.5, amount: 1906067 }],
        asks: [{ price: 7634, amount: 65319 }],
        timestamp: ISO,
        localTimestamp: ISO,
      },
    },
  ],
};

/** Rows in volgate's own form, and envelopes of collectors. */
export const OWN_MESSAGES: readonly unknown[] = [
  { symbol: "BTC-USD", ts: MS, price: 89412.5, bid: 89412.25, ask: 89412.75, bidSize: 1, askSize: 2, size: 0.1, id: 7 },
  { symbol: "btc/usd", venue: "Kraken", ts: ISO, price: "89412.5", side: "buy", id: "a-1" },
  { symbol: "BTC-USD@kraken", ts: String(MS), bid: 10, ask: 11 },
  {
    s: "BTC-USD",
    t: MS,
    p: 10,
    barTrades: 4,
    barVolume: 5,
    barQuoteVolume: 50,
    barTakerVolume: 2,
    symbol: "A",
    ts: MS,
    price: 1,
  },
  { timestamp_ms: MS, product_id: "BTC-USD", last: 10, best_bid: 9, best_ask: 11 },
  { received_at: ISO, payload: { symbol: "BTC-USD", ts: MS, price: 10 } },
  { received_at: ISO, payload: JSON.stringify(NATIVE_MESSAGES.coinbase_advanced[0]) },
];

/** The format that each venue's streams speak. */
export const FORMAT_OF_VENUE: Readonly<Record<FeedVenue, NativeFormat>> = {
  coinbase: "coinbase_advanced",
  "coinbase-exchange": "coinbase_exchange",
  binance: "binance",
  "binance-usdm": "binance",
  kraken: "kraken",
  bybit: "bybit",
  "bybit-linear": "bybit",
  okx: "okx",
};
