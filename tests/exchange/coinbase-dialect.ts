// Coinbase Advanced Trade and Coinbase Exchange, as their servers speak.
import { type Dialect, type ExchangeClient, iso } from "./dialect.ts";
import type { TapeEvent, TapeQuote, TapeTrade } from "./market-tape.ts";

interface AdvancedRequest {
  readonly type: "subscribe" | "unsubscribe";
  readonly channel: string;
  readonly product_ids?: readonly string[];
}

/** Trades of one moment come in one message, the newest first; so do the last ten after a subscription. */
export const COINBASE_DIALECT: Dialect = {
  receive(text, client) {
    const { type, channel, product_ids = [] } = JSON.parse(text) as AdvancedRequest;
    const unknown = product_ids.find((product) => client.isUnknown(product));
    if (unknown !== undefined) {
      return client.send(JSON.stringify({ type: "error", message: `invalid product: ${unknown}` }));
    }
    const list = channel === "market_trades" ? client.trades : channel === "ticker" ? client.quotes : client.channels;
    for (const name of product_ids.length > 0 ? product_ids : [channel]) {
      if (type === "subscribe") list.add(name);
      else list.delete(name);
    }
    const subscriptions = { market_trades: [...client.trades], ticker: [...client.quotes], heartbeats: ["heartbeats"] };
    advanced(client, "subscriptions", [{ subscriptions }]);
    if (type !== "subscribe") return;
    for (const product of product_ids) {
      if (channel === "market_trades") sendTrades("snapshot", client.lastTrades(product, 10), client);
      else sendTicker("snapshot", client.freshQuote(product) as TapeQuote, client);
    }
  },
  deliver(events, client) {
    const trades = events.filter((event) => event.kind === "trade");
    for (const event of events) if (event.kind === "quote") sendTicker("update", event, client);
    if (trades.length > 0) sendTrades("update", trades, client);
  },
  heartbeat(client, nowMs) {
    if (!client.channels.has("heartbeats")) return;
    advanced(client, "heartbeats", [{ current_time: iso(nowMs), heartbeat_counter: Math.floor(nowMs / 1_000) }]);
  },
};

function advanced(client: ExchangeClient, channel: string, events: unknown, ticks?: readonly TapeEvent[]): void {
  const timestamp = iso(ticks?.at(-1)?.tsMs ?? Date.now());
  client.send(JSON.stringify({ channel, timestamp, sequence_num: client.nextSequence(), events }), ticks);
}

function sendTrades(type: string, trades: readonly TapeTrade[], client: ExchangeClient): void {
  const newestFirst = trades.toReversed().map(({ product, number, price, size, tsMs, side }) => ({
    product_id: product,
    trade_id: String(number),
    price: String(price),
    size: String(size),
    time: iso(tsMs),
    side: side.toUpperCase(),
  }));
  advanced(client, "market_trades", [{ type, trades: newestFirst }], trades);
}

function sendTicker(type: string, quote: TapeQuote, client: ExchangeClient): void {
  const ticker = {
    type: "ticker",
    product_id: quote.product,
    price: String(quote.bid),
    best_bid: String(quote.bid),
    best_bid_quantity: String(quote.bidSize),
    best_ask: String(quote.ask),
    best_ask_quantity: String(quote.askSize),
  };
  advanced(client, "ticker", [{ type, tickers: [ticker] }], [quote]);
}

interface ExchangeRequest {
  readonly type: "subscribe" | "unsubscribe";
  readonly product_ids: readonly string[];
  readonly channels: readonly string[];
}

/** One product that does not exist refuses the whole request. */
export const COINBASE_EXCHANGE_DIALECT: Dialect = {
  receive(text, client) {
    const { type, product_ids, channels } = JSON.parse(text) as ExchangeRequest;
    const unknown = product_ids.find((product) => client.isUnknown(product));
    if (unknown !== undefined) {
      const reason = `${unknown} is not a valid product`;
      return client.send(JSON.stringify({ type: "error", message: "Failed to subscribe", reason }));
    }
    const lists = [
      ["matches", client.trades],
      ["ticker", client.quotes],
      ["heartbeat", client.channels],
    ] as const;
    for (const [name, list] of lists) {
      if (!channels.includes(name)) continue;
      for (const product of product_ids) if (type === "subscribe") list.add(product);
      for (const product of product_ids) if (type === "unsubscribe") list.delete(product);
    }
    const answer = lists.map(([name, list]) => ({ name, product_ids: [...list] }));
    client.send(JSON.stringify({ type: "subscriptions", channels: answer }));
    if (type !== "subscribe") return;
    for (const product of product_ids) {
      for (const trade of client.lastTrades(product, 1)) sendMatch("last_match", trade, client);
      sendFlatTicker(client.freshQuote(product) as TapeQuote, client);
    }
  },
  deliver(events, client) {
    for (const event of events) {
      if (event.kind === "trade") sendMatch("match", event, client);
      else sendFlatTicker(event, client);
    }
  },
  heartbeat(client, nowMs) {
    for (const product of client.channels) {
      const last_trade_id = client.lastTrades(product, 1)[0]?.number ?? 0;
      const message = { type: "heartbeat", sequence: nowMs, last_trade_id, product_id: product, time: iso(nowMs) };
      client.send(JSON.stringify(message));
    }
  },
};

/** The side of a match is the maker's. */
function sendMatch(type: string, trade: TapeTrade, client: ExchangeClient): void {
  const { product, number, tsMs, price, size, side } = trade;
  const message = {
    type,
    trade_id: number,
    maker_order_id: "m",
    taker_order_id: "t",
    side: side === "buy" ? "sell" : "buy",
    size: String(size),
    price: String(price),
    product_id: product,
    sequence: number * 10,
    time: iso(tsMs),
  };
  client.send(JSON.stringify(message), [trade]);
}

function sendFlatTicker(quote: TapeQuote, client: ExchangeClient): void {
  const message = {
    type: "ticker",
    sequence: quote.number * 10 + 1,
    product_id: quote.product,
    price: String(quote.bid),
    best_bid: String(quote.bid),
    best_bid_size: String(quote.bidSize),
    best_ask: String(quote.ask),
    best_ask_size: String(quote.askSize),
    side: "buy",
    time: iso(quote.tsMs),
    trade_id: quote.number,
    last_size: "1",
  };
  client.send(JSON.stringify(message), [quote]);
}
