// OKX, version 5, as its server speaks.
import type { Dialect, ExchangeClient } from "./dialect.ts";
import type { TapeQuote, TapeTrade } from "./market-tape.ts";

interface Request {
  readonly op: string;
  readonly args: readonly { readonly channel: string; readonly instId: string }[];
}

export const OKX_DIALECT: Dialect = {
  receive(text, client) {
    if (text === "ping") return client.send("pong");
    const { op, args } = JSON.parse(text) as Request;
    for (const arg of args) {
      if (client.isUnknown(arg.instId)) {
        const msg = `Wrong URL or channel:${arg.channel},instId:${arg.instId} doesn't exist.`;
        client.send(JSON.stringify({ event: "error", msg, code: "60018", connId: "local" }));
        continue;
      }
      const list = arg.channel === "trades" ? client.trades : client.quotes;
      if (op === "subscribe") list.add(arg.instId);
      else list.delete(arg.instId);
      client.send(JSON.stringify({ event: op, arg, connId: "local" }));
      if (op === "subscribe" && list === client.quotes) sendBook(client.freshQuote(arg.instId) as TapeQuote, client);
    }
  },
  deliver(events, client) {
    for (const event of events) {
      if (event.kind === "trade") sendTrade(event, client);
      else sendBook(event, client);
    }
  },
};

function sendTrade(trade: TapeTrade, client: ExchangeClient): void {
  const { product, number, tsMs, price, size, side } = trade;
  const fields = { instId: product, tradeId: String(number), px: String(price), sz: String(size), side };
  const data = [{ ...fields, ts: String(tsMs), count: "1", source: "0", seqId: 10 * number }];
  client.send(JSON.stringify({ arg: { channel: "trades", instId: product }, data }), [trade]);
}

function sendBook(quote: TapeQuote, client: ExchangeClient): void {
  const { product, number, tsMs, bid, ask, bidSize, askSize } = quote;
  const asks = [[String(ask), String(askSize), "0", "1"]];
  const bids = [[String(bid), String(bidSize), "0", "1"]];
  const data = [{ asks, bids, ts: String(tsMs), seqId: number }];
  client.send(JSON.stringify({ arg: { channel: "bbo-tbt", instId: product }, data }), [quote]);
}
