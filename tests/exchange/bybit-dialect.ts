// Bybit, version 5, as its server speaks.
import type { Dialect, ExchangeClient } from "./dialect.ts";
import type { TapeQuote, TapeTrade } from "./market-tape.ts";

interface Request {
  readonly op: string;
  readonly args?: readonly string[];
  readonly req_id?: string;
}

/** A frame of spot has at most this many topics. */
const MOST_ARGS = 10;

/** One topic that is refused takes its whole frame with it. */
export const BYBIT_DIALECT: Dialect = {
  receive(text, client) {
    const { op, args = [], req_id = "" } = JSON.parse(text) as Request;
    const answer = (success: boolean, ret_msg: string) =>
      client.send(JSON.stringify({ success, ret_msg, conn_id: "local", req_id, op }));
    if (op === "ping") return answer(true, "pong");
    const topics = args.map((topic) => {
      const isTrade = topic.startsWith("publicTrade.");
      return { topic, product: topic.slice(topic.lastIndexOf(".") + 1), list: isTrade ? client.trades : client.quotes };
    });
    if (args.length > MOST_ARGS) return answer(false, "args size >10");
    for (const { topic, product, list } of topics) {
      if (client.isUnknown(product)) return answer(false, `error:handler not found,topic:${topic}`);
      if (op === "subscribe" && list.has(product)) return answer(false, `error:already subscribed,topic:${topic}`);
    }
    answer(true, op);
    for (const { product, list } of topics) {
      if (op === "unsubscribe") list.delete(product);
      else list.add(product);
      if (op === "subscribe" && list === client.quotes) sendBook(client.freshQuote(product) as TapeQuote, client);
    }
  },
  deliver(events, client) {
    for (const event of events) {
      if (event.kind === "trade") sendTrade(event, client);
      else sendBook(event, client);
    }
  },
};

/** Ids are not counted. */
function sendTrade(trade: TapeTrade, client: ExchangeClient): void {
  const { product, number, tsMs, price, size, side } = trade;
  const S = side === "buy" ? "Buy" : "Sell";
  const id = `20f43950-d8dd-5b31-9112-${String(number).padStart(12, "0")}`;
  const data = [{ T: tsMs, s: product, S, v: String(size), p: String(price), L: "PlusTick", i: id, BT: false }];
  client.send(JSON.stringify({ topic: `publicTrade.${product}`, type: "snapshot", ts: tsMs, data }), [trade]);
}

function sendBook(quote: TapeQuote, client: ExchangeClient): void {
  const { product, number, tsMs, bid, ask, bidSize, askSize } = quote;
  const sides = { b: [[String(bid), String(bidSize)]], a: [[String(ask), String(askSize)]] };
  const data = { s: product, ...sides, u: number, seq: 7 * number };
  const message = { topic: `orderbook.1.${product}`, type: "snapshot", ts: tsMs, data, cts: tsMs };
  client.send(JSON.stringify(message), [quote]);
}
