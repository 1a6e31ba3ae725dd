// A venue of its own for tests of the session, and a driver that notes what the session asks for.
import { DEFAULT_TICK_RULES } from "../../../src/features/tick.ts";
import { FeedSession } from "../../../src/markets/feed/feed-session.ts";
import type { VenueMessage, VenueProtocol } from "../../../src/markets/feed/venue-protocol.ts";

/** Messages are the `VenueMessage` itself as JSON. */
export function fakeVenue(change: Partial<VenueProtocol> = {}): VenueProtocol {
  return {
    venue: "kraken",
    title: "Fake",
    endpoint: "wss://fake.test",
    hint: "weur",
    maxProducts: 3,
    productOf: (name) => name.toUpperCase(),
    subscribe: (products, id) => products.map((product, i) => `+${product} ${id + i}`),
    unsubscribe: (products, id) => products.map((product, i) => `-${product} ${id + i}`),
    frameGapMs: 0,
    silenceMs: 10_000,
    leastRetryMs: 100,
    reorderMs: 0,
    read: (message) =>
      typeof message === "object" && message !== null && "kind" in message
        ? (message as VenueMessage)
        : { kind: "unknown" },
    ...change,
  };
}

/** Drives a session by hand: `log` has what it asked for, `nowMs` is its clock. */
export class HandDriver {
  readonly log: string[] = [];
  readonly session: FeedSession;
  nowMs = 1_600_000_000_000;

  constructor(protocol: VenueProtocol = fakeVenue(), random = 1) {
    const effects = {
      connect: () => void this.log.push("connect"),
      send: (text: string) => void this.log.push(text),
      close: (reason: string) => void this.log.push(`close: ${reason}`),
    };
    const options = { rules: DEFAULT_TICK_RULES, random: () => random };
    this.session = new FeedSession(protocol, effects, options, this.nowMs);
  }

  follow(...products: string[]): void {
    this.session.follow(new Map(products.map((product) => [product, `${product}@kraken`])), this.nowMs);
  }

  /** Opens the socket and confirms the products. */
  goLive(...products: string[]): void {
    this.follow(...products);
    this.session.opened(this.nowMs);
    this.receive({ kind: "subscribed", products });
  }

  receive(message: VenueMessage): void {
    this.session.received(JSON.stringify(message), this.nowMs);
  }

  /** A trade of `product` at `ts`, numbered. */
  trade(product: string, number: number, ts = this.nowMs, price = 100): void {
    const input = { symbol: product, ts, price, id: number };
    this.receive({ kind: "ticks", ticks: [{ input, product, trade: { first: number, last: number } }] });
  }

  /** Lets time pass in quarters of a second. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 250) {
      this.nowMs += Math.min(250, left);
      this.session.advance(this.nowMs);
    }
  }

  /** Prices of what is due, by symbol. */
  take(): Record<string, number[]> {
    const taken = this.session.take(this.nowMs);
    return Object.fromEntries([...taken].map(([symbol, ticks]) => [symbol, ticks.map(({ price }) => price)]));
  }
}
