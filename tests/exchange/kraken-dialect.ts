// Kraken, version 2, as its server speaks.
import { type Dialect, type ExchangeClient, iso } from "./dialect.ts";
import type { TapeQuote, TapeTrade } from "./market-tape.ts";

interface Request {
  readonly method: "subscribe" | "unsubscribe";
  readonly params: { readonly channel: "trade" | "ticker"; readonly symbol: readonly string[] };
  readonly req_id: number;
}

/** Each symbol is answered alone; the last fifty trades follow. A heartbeat comes in each second. */
export const KRAKEN_DIALECT: Dialect = {
  opened(client) {
    const data = [{ api_version: "v2", connection_id: 1, system: "online", version: "2.0.10" }];
    client.send(JSON.stringify({ channel: "status", type: "update", data }));
  },
  receive(text, client) {
    const { method, params, req_id } = JSON.parse(text) as Request;
    const times = { time_in: iso(Date.now()), time_out: iso(Date.now()) };
    for (const symbol of params.symbol) {
      if (client.isUnknown(symbol)) {
        const error = `Currency pair not supported ${symbol}`;
        client.send(JSON.stringify({ error, method, req_id, success: false, symbol, ...times }));
        continue;
      }
      const list = params.channel === "trade" ? client.trades : client.quotes;
      if (method === "subscribe") list.add(symbol);
      else list.delete(symbol);
      const result = { channel: params.channel, snapshot: true, symbol };
      client.send(JSON.stringify({ method, result, req_id, success: true, ...times }));
      if (method === "unsubscribe") continue;
      if (params.channel === "trade") sendTrades("snapshot", client.lastTrades(symbol, 50), client);
      else sendTicker("snapshot", client.freshQuote(symbol) as TapeQuote, client);
    }
  },
  deliver(events, client) {
    for (const event of events) {
      if (event.kind === "trade") sendTrades("update", [event], client);
      else sendTicker("update", event, client);
    }
  },
  heartbeat(client) {
    client.send(JSON.stringify({ channel: "heartbeat" }));
  },
};

function sendTrades(type: string, trades: readonly TapeTrade[], client: ExchangeClient): void {
  const data = trades.map(({ product, number, tsMs, price, size, side }) => ({
    symbol: product,
    side,
    price,
    qty: size,
    ord_type: "market",
    trade_id: number,
    timestamp: iso(tsMs),
  }));
  client.send(JSON.stringify({ channel: "trade", type, data }), trades);
}

function sendTicker(type: string, quote: TapeQuote, client: ExchangeClient): void {
  const { product, tsMs, bid, ask, bidSize, askSize } = quote;
  const ticker = { symbol: product, bid, bid_qty: bidSize, ask, ask_qty: askSize, last: bid, timestamp: iso(tsMs) };
  client.send(JSON.stringify({ channel: "ticker", type, data: [ticker] }), [quote]);
}
