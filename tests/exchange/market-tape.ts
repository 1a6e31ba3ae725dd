// A deterministic market for the local exchange: numbered trades and quotes, each told apart by its size.

export interface TapeTrade {
  readonly kind: "trade";
  readonly product: string;
  /** Of the product's trades, from 1, without a hole. */
  readonly number: number;
  readonly tsMs: number;
  readonly price: number;
  readonly size: number;
  readonly side: "buy" | "sell";
}

export interface TapeQuote {
  readonly kind: "quote";
  readonly product: string;
  /** Of the product's quotes, from 1. */
  readonly number: number;
  readonly tsMs: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
}

export type TapeEvent = TapeTrade | TapeQuote;

/** Makes events of products whose prices swing slowly around 100. */
export class MarketTape {
  private readonly trades = new Map<string, number>();
  private readonly quotes = new Map<string, number>();

  trade(product: string, tsMs: number): TapeTrade {
    const number = next(this.trades, product);
    const price = priceAt(number);
    return {
      kind: "trade",
      product,
      number,
      tsMs,
      price,
      size: sizeOf(number),
      side: number % 3 === 0 ? "sell" : "buy",
    };
  }

  quote(product: string, tsMs: number): TapeQuote {
    const number = next(this.quotes, product);
    const price = priceAt(number);
    const sides = { bid: round(price - 0.01), ask: round(price + 0.01) };
    return { kind: "quote", product, number, tsMs, ...sides, bidSize: sizeOf(number), askSize: 1 };
  }
}

/** One text for each event, which a delivered tick has too: see `keyOfTick`. */
export function keyOf(event: TapeEvent): string {
  const size = event.kind === "trade" ? event.size : event.bidSize;
  return `${event.product} ${event.kind} ${size}`;
}

/** The key of a tick as a gateway receives it; its symbol is `PRODUCT@venue`. */
export function keyOfTick(tick: { readonly symbol: string; readonly [field: string]: unknown }): string {
  const product = tick.symbol.slice(0, tick.symbol.indexOf("@"));
  const isTrade = typeof tick["price"] === "number" && Number.isFinite(tick["price"]);
  return isTrade ? `${product} trade ${String(tick["size"])}` : `${product} quote ${String(tick["bidSize"])}`;
}

function next(counters: Map<string, number>, product: string): number {
  const number = (counters.get(product) ?? 0) + 1;
  counters.set(product, number);
  return number;
}

/** Up and down within half a per cent, in steps of a cent. */
function priceAt(number: number): number {
  return round(100 + 0.5 * Math.sin(number / 40));
}

function sizeOf(number: number): number {
  return number / 1_000;
}

function round(price: number): number {
  return Math.round(price * 100) / 100;
}
