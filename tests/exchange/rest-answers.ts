// How the venues answer requests for candles and trades, by their documentation: pages, limits, order, errors.
import type { MarketCandle, MarketTrade, RestMarket } from "./rest-market.ts";

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): RestAnswer => ({ status: 200, body });

/** What the venue at this path answers. */
export function answerOf(market: RestMarket, { pathname, searchParams }: URL): RestAnswer {
  const query = (name: string): string | undefined => searchParams.get(name) ?? undefined;
  const route = ROUTES.find(([pattern]) => pattern.test(pathname));
  return route === undefined ? { status: 404, body: { message: "Not Found" } } : route[1](market, query, pathname);
}

type Query = (name: string) => string | undefined;
type Route = (market: RestMarket, query: Query, path: string) => RestAnswer;

/** The product that every venue has, and how each writes it. */
const KNOWN = new Set(["BTC-USD", "BTCUSDT", "XBTUSD", "BTC-USDT"]);

const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/api\/v3\/brokerage\/market\/products\/[^/]+\/candles$/, coinbaseCandles],
  [/^\/api\/v3\/brokerage\/market\/products\/[^/]+\/ticker$/, coinbaseTrades],
  [/^\/products\/[^/]+\/candles$/, exchangeCandles],
  [/^\/products\/[^/]+\/trades$/, exchangeTrades],
  [/^\/(api\/v3|fapi\/v1)\/klines$/, binanceKlines],
  [/^\/(api\/v3|fapi\/v1)\/aggTrades$/, binanceTrades],
  [/^\/0\/public\/OHLC$/, krakenCandles],
  [/^\/0\/public\/Trades$/, krakenTrades],
  [/^\/v5\/market\/kline$/, bybitKlines],
  [/^\/v5\/market\/recent-trade$/, bybitTrades],
  [/^\/api\/v5\/market\/history-candles$/, okxCandles],
  [/^\/api\/v5\/market\/(history-)?trades$/, okxTrades],
];

function between(market: RestMarket, fromMs: number, toMs: number): MarketCandle[] {
  return market.candles.filter(({ startMs }) => startMs >= fromMs && startMs <= toMs);
}

function coinbaseCandles(market: RestMarket, query: Query, path: string): RestAnswer {
  if (!KNOWN.has(path.split("/")[6]!)) return { status: 404, body: { error: "NOT_FOUND", message: "no product" } };
  const [start, end] = [Number(query("start")), Number(query("end"))];
  if ((end - start) / 60 + 1 > 350 || query("granularity") !== "ONE_MINUTE") {
    return { status: 400, body: { error: "INVALID_ARGUMENT", message: "number of candles requested > 350" } };
  }
  const candles = between(market, start * 1000, end * 1000).map(({ startMs, low, high, open, close, volume }) => {
    return { start: String(startMs / 1000), low, high, open, close, volume };
  });
  return ok({ candles: candles.reverse() });
}

function coinbaseTrades(market: RestMarket, query: Query): RestAnswer {
  const endMs = Number(query("end") ?? Infinity) * 1000;
  const trades = newest(
    market.trades.filter(({ tsMs }) => tsMs <= endMs),
    Number(query("limit")),
  ).map(({ id, tsMs, price, size }) => {
    return { trade_id: String(id), product_id: "BTC-USD", price, size, time: iso(tsMs), side: "BUY", exchange: "x" };
  });
  return ok({ trades, best_bid: "1", best_ask: "2" });
}

function exchangeCandles(market: RestMarket, query: Query, path: string): RestAnswer {
  if (!KNOWN.has(path.split("/")[2]!)) return { status: 404, body: { message: "NotFound" } };
  const [startMs, endMs] = [Date.parse(query("start")!), Date.parse(query("end")!)];
  if ((endMs - startMs) / 60_000 + 1 > 300 || query("granularity") !== "60") {
    return { status: 400, body: { message: "granularity too small for the requested time range" } };
  }
  const candles = between(market, startMs, endMs).map(({ startMs: ms, low, high, open, close, volume }) => {
    return [ms / 1000, Number(low), Number(high), Number(open), Number(close), Number(volume)];
  });
  return ok(candles.reverse());
}

function exchangeTrades(market: RestMarket, query: Query): RestAnswer {
  const after = Number(query("after") ?? Infinity);
  const older = market.trades.filter(({ id }) => id < after);
  const trades = newest(older, Math.min(1000, Number(query("limit") ?? 1000)));
  return ok(
    trades.map(({ id, tsMs, price, size, side }) => {
      // The maker's side.
      return { time: iso(tsMs), trade_id: id, price, size, side: side === "buy" ? "sell" : "buy" };
    }),
  );
}

function binanceKlines(market: RestMarket, query: Query): RestAnswer {
  if (!KNOWN.has(query("symbol")!)) return { status: 400, body: { code: -1121, msg: "Invalid symbol." } };
  const found = between(market, Number(query("startTime")), Number(query("endTime"))).slice(0, 1000);
  return ok(
    found.map((c) => [
      ...[c.startMs, c.open, c.high, c.low, c.close, c.volume, c.startMs + 59_999],
      ...[c.quoteVolume, c.trades, c.takerVolume, "0", "0"],
    ]),
  );
}

function binanceTrades(market: RestMarket, query: Query): RestAnswer {
  const fromId = query("fromId");
  const limit = Number(query("limit"));
  const found =
    fromId === undefined
      ? market.trades.slice(-limit)
      : market.trades.filter(({ id }) => id >= Number(fromId)).slice(0, limit);
  return ok(
    found.map(({ id, tsMs, price, size, side }) => {
      return { a: id, p: price, q: size, f: id, l: id, T: tsMs, m: side === "sell", M: true };
    }),
  );
}

function krakenCandles(market: RestMarket, query: Query): RestAnswer {
  if (!KNOWN.has(query("pair")!)) return ok({ error: ["EQuery:Unknown asset pair"] });
  const since = Number(query("since") ?? 0) * 1000;
  const found = market.candles.slice(-720).filter((candle, k) => candle.startMs > since || k === 719);
  const rows = found.map((c) => [c.startMs / 1000, c.open, c.high, c.low, c.close, c.close, c.volume, c.trades]);
  return ok({ error: [], result: { XXBTZUSD: rows, last: 0 } });
}

function krakenTrades(market: RestMarket, query: Query): RestAnswer {
  const since = query("since");
  const found =
    since === undefined
      ? market.trades.slice(-1000)
      : market.trades.filter(({ tsMs }) => tsMs > Number(since) / 1e6).slice(0, 1000);
  const rows = found.map(({ id, tsMs, price, size, side }) => {
    return [price, size, tsMs / 1000, side === "buy" ? "b" : "s", "m", "", id];
  });
  return ok({ error: [], result: { XXBTZUSD: rows, last: `${found.at(-1)?.tsMs ?? 0}000000` } });
}

function bybitKlines(market: RestMarket, query: Query): RestAnswer {
  if (!KNOWN.has(query("symbol")!)) return ok({ retCode: 10001, retMsg: "params error: Symbol Invalid", result: {} });
  const found = between(market, Number(query("start")), Number(query("end")))
    .slice(-1000)
    .reverse();
  const list = found.map((c) => [String(c.startMs), c.open, c.high, c.low, c.close, c.volume, c.quoteVolume]);
  return ok({ retCode: 0, retMsg: "OK", result: { category: query("category"), symbol: query("symbol"), list } });
}

function bybitTrades(market: RestMarket, query: Query): RestAnswer {
  const most = query("category") === "spot" ? 60 : 1000;
  const list = newest(market.trades, Math.min(most, Number(query("limit")))).map((t) => {
    const side = t.side === "buy" ? "Buy" : "Sell";
    const { price, size } = t;
    return { execId: `e-${t.id}`, symbol: "BTCUSDT", price, size, side, time: String(t.tsMs), isBlockTrade: false };
  });
  const block = { ...list[0], execId: "block", price: "1", isBlockTrade: true };
  return ok({ retCode: 0, retMsg: "OK", result: { category: query("category"), list: [block, ...list] } });
}

function okxCandles(market: RestMarket, query: Query): RestAnswer {
  if (!KNOWN.has(query("instId")!)) {
    return ok({ code: "51001", msg: "Instrument ID doesn't exist.", data: [] });
  }
  const [after, before] = [Number(query("after") ?? Infinity), Number(query("before") ?? -Infinity)];
  const found = market.candles.filter(({ startMs }) => startMs < after && startMs > before);
  const newestMs = market.candles.at(-1)!.startMs;
  const data = newest(found, Math.min(100, Number(query("limit")))).map((c) => {
    const confirm = c.startMs === newestMs ? "0" : "1";
    const prices = [c.open, c.high, c.low, c.close];
    // Of a spot product: in the base, then twice in the quote.
    return [String(c.startMs), ...prices, c.volume, c.quoteVolume, c.quoteVolume, confirm];
  });
  return ok({ code: "0", msg: "", data });
}

function okxTrades(market: RestMarket, query: Query, path: string): RestAnswer {
  const isHistory = path.includes("history");
  const after = Number(query("after") ?? Infinity);
  const older = market.trades.filter(({ id }) => id < after);
  const data = newest(older, Math.min(isHistory ? 100 : 500, Number(query("limit")))).map((t) => {
    return { instId: "BTC-USDT", side: t.side, sz: t.size, px: t.price, tradeId: String(t.id), ts: String(t.tsMs) };
  });
  return ok({ code: "0", msg: "", data });
}

function newest<T extends MarketCandle | MarketTrade>(list: readonly T[], count: number): T[] {
  return list.slice(-count).reverse();
}

function iso(tsMs: number): string {
  return new Date(tsMs).toISOString();
}
