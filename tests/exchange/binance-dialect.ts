// Binance spot and USD-M combined streams, as their servers speak.
import type { Dialect, ExchangeClient } from "./dialect.ts";
import type { TapeEvent, TapeQuote, TapeTrade } from "./market-tape.ts";

interface Request {
  readonly method: string;
  readonly params?: readonly string[];
  readonly id: number;
}

export const BINANCE_DIALECT = dialect(tradeOf, (quote) => quoteFields(quote));
export const BINANCE_USDM_DIALECT = dialect(aggTradeOf, (quote) => ({
  e: "bookTicker",
  ...quoteFields(quote),
  T: quote.tsMs,
  E: quote.tsMs,
}));

/** A product that does not exist is taken and sends nothing. */
function dialect(tradeData: (trade: TapeTrade) => { e: string }, quoteData: (quote: TapeQuote) => object): Dialect {
  return {
    receive(text, client) {
      const { method, params = [], id } = JSON.parse(text) as Request;
      if (method === "LIST_SUBSCRIPTIONS") {
        const streams = [...client.trades].map((product) => `${product.toLowerCase()}@trade`);
        return client.send(JSON.stringify({ result: streams, id }));
      }
      for (const param of params) {
        const [product, stream] = param.split("@");
        const list = stream === "bookTicker" ? client.quotes : client.trades;
        if (method === "SUBSCRIBE") list.add(product!.toUpperCase());
        else list.delete(product!.toUpperCase());
      }
      client.send(JSON.stringify({ result: null, id }));
    },
    deliver(events, client) {
      for (const event of events) {
        const data = event.kind === "trade" ? tradeData(event) : quoteData(event);
        sendStream(event.kind === "trade" ? tradeData(event).e : "bookTicker", data, event, client);
      }
    },
  };
}

function sendStream(stream: string, data: object, event: TapeEvent, client: ExchangeClient): void {
  client.send(JSON.stringify({ stream: `${event.product.toLowerCase()}@${stream}`, data }), [event]);
}

function tradeOf({ product, number, tsMs, price, size, side }: TapeTrade) {
  const fields = { s: product, t: number, p: String(price), q: String(size), T: tsMs, m: side === "sell", M: true };
  return { e: "trade", E: tsMs, ...fields };
}

function aggTradeOf({ product, number, tsMs, price, size, side }: TapeTrade) {
  const fields = { s: product, a: number, p: String(price), q: String(size), f: 3 * number, l: 3 * number + 1 };
  return { e: "aggTrade", E: tsMs, ...fields, T: tsMs, m: side === "sell" };
}

function quoteFields({ product, number, bid, ask, bidSize, askSize }: TapeQuote): object {
  return { u: number, s: product, b: String(bid), B: String(bidSize), a: String(ask), A: String(askSize) };
}
