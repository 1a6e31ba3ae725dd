// A venue's feed from Node between a local exchange and a small gateway: what a test of the way through needs.
import { runVenueFeed } from "../../feeds/feed/feed-program.ts";
import { parseFeedOptions } from "../../feeds/feed/feed-options.ts";
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { FakeGateway } from "../feeds/fake-gateway.ts";
import { waitUntil } from "../feeds/wait-until.ts";
import { DIALECTS } from "./dialects.ts";
import { LocalExchange } from "./local-exchange.ts";
import { keyOfTick } from "./market-tape.ts";

const PRODUCTS: readonly string[] = ["BTC/USDT", "ETH/USDT"];

export class FeedUnderTest {
  readonly venue: FeedVenue;
  readonly exchange: LocalExchange;
  readonly gateway: FakeGateway;
  readonly products: readonly string[];
  readonly printed: string[] = [];
  readonly noted: string[] = [];
  private readonly stopping = new AbortController();
  private readonly abandoning = new AbortController();
  private running: Promise<boolean> | undefined;

  private constructor(
    venue: FeedVenue,
    exchange: LocalExchange,
    products: readonly string[],
    gateway = new FakeGateway(),
  ) {
    this.venue = venue;
    this.exchange = exchange;
    this.gateway = gateway;
    this.products = products.map((name) => VENUE_PROTOCOLS[venue][0].productOf(name)!);
  }

  /** @param args further options of the command line. */
  static async start(venue: FeedVenue, products = PRODUCTS, ...args: string[]): Promise<FeedUnderTest> {
    return await FeedUnderTest.startWith(new FakeGateway(), venue, products, args);
  }

  /** The same with a gateway that has answers already. */
  static async startWith(
    gateway: FakeGateway,
    venue: FeedVenue,
    products = PRODUCTS,
    args: readonly string[] = [],
  ): Promise<FeedUnderTest> {
    const feed = new FeedUnderTest(venue, await LocalExchange.start(DIALECTS[venue]), products, gateway);
    feed.run(await feed.gateway.start(), args);
    return feed;
  }

  /** The same with a gateway of the caller's. */
  static async startFor(gatewayUrl: string, venue: FeedVenue): Promise<FeedUnderTest> {
    const feed = new FeedUnderTest(venue, await LocalExchange.start(DIALECTS[venue]), PRODUCTS);
    feed.run(gatewayUrl, []);
    return feed;
  }

  /** Resolves when it has ended, to whether everything was sent; rejects as `runFeed` does. */
  get ended(): Promise<boolean> {
    return this.running!;
  }

  /** Waits until the exchange has subscriptions to everything. */
  async subscribed(limitMs?: number): Promise<void> {
    const { exchange, products } = this;
    const isFollowed = (product: string) => exchange.isFollowed(product) && exchange.isFollowed(product, "quote");
    await waitUntil(`subscriptions of ${this.venue}`, () => products.every(isFollowed), limitMs);
  }

  /** Stops the feed once it has read all that was sent; resolves to whether it sent everything. */
  async stop(): Promise<boolean> {
    await this.exchange.settled();
    this.stopping.abort();
    return await this.ended;
  }

  abandon(): void {
    this.abandoning.abort();
  }

  async close(): Promise<void> {
    this.abandon();
    await this.running?.catch(() => undefined);
    await this.exchange.stop();
    if (this.gateway.isListening) await this.gateway.stop();
  }

  /** What the gateway has beside what went out whole. */
  comparison(): { sent: number; delivered: number; missing: string[]; doubled: string[]; unknown: string[] } {
    const sent = this.exchange.sentKeys;
    const keys = this.gateway.applied.map(keyOfTick);
    const delivered = new Set<string>();
    const doubled = keys.filter((key) => delivered.size === delivered.add(key).size);
    return {
      sent: sent.size,
      delivered: delivered.size,
      missing: [...sent].filter((key) => !delivered.has(key)),
      doubled,
      unknown: [...delivered].filter((key) => !sent.has(key)),
    };
  }

  private run(gatewayUrl: string, args: readonly string[]): void {
    const { exchange, products, venue } = this;
    const all = [...products, "--endpoint", exchange.url, "--gateway", gatewayUrl, ...args];
    this.running = runVenueFeed(parseFeedOptions(venue, all, {}), {
      stop: this.stopping.signal,
      abandon: this.abandoning.signal,
      print: (line) => void this.printed.push(line),
      note: (line) => void this.noted.push(line),
    });
    // A test that waits for it hears of its error.
    this.running.catch(() => undefined);
  }
}
