// Ticks of a venue through tardis-dev: its own connections, subscriptions and formats, as normalised trades and quotes.
import { isRejection, parseTick, type Tick, type TickRules } from "../../src/features/tick.ts";
import {
  type FeedFault,
  type FeedStatus,
  noFeedCounts,
  type ProductStatus,
} from "../../src/markets/feed/feed-status.ts";
import { ReceiveDelay } from "../../src/markets/feed/receive-delay.ts";
import { ticksOfTardis } from "../../src/markets/tardis.ts";
import type { FeedSource } from "./feed-source.ts";
import type { TardisLibrary, TardisMessage, TardisNormalizer } from "./tardis-library.ts";

/** tardis-dev connects anew after this long without a message, ms. */
const SILENCE_MS = 60_000;
/** Trades of a symbol that are remembered: a venue sends its last ones again to who connects anew. */
const REMEMBERED = 1_000;

export interface TardisSourceOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly rules: TickRules;
}

interface Product {
  ticks: number;
  lastTickMs: number | null;
}

export class TardisSource implements FeedSource {
  private readonly options: TardisSourceOptions;
  private readonly stream: AsyncIterableIterator<TardisMessage>;
  private readonly isNew: (message: TardisMessage) => boolean;
  private readonly counts = noFeedCounts();
  private readonly delay = new ReceiveDelay();
  private readonly products = new Map<string, Product>();
  private taken = new Map<string, Tick[]>();
  private lastFault: FeedFault | null = null;
  private lastMessageMs: number | null = null;
  private isLive = false;
  private isStopped = false;
  private sinceMs = Date.now();
  private lastRecoveryMs: number | null = null;

  constructor(library: TardisLibrary, options: TardisSourceOptions) {
    const { exchange, symbols } = options;
    this.options = options;
    this.isNew = library.uniqueTradesOnly({ maxWindow: REMEMBERED });
    this.stream = library.streamNormalized(
      {
        ...{ exchange, symbols, timeoutIntervalMS: SILENCE_MS, withDisconnectMessages: true },
        onError: (error) => this.fault(error.message),
      },
      ...normalizersFor(library, exchange),
    );
    for (const symbol of symbols) this.products.set(symbol, { ticks: 0, lastTickMs: null });
    void this.read();
  }

  advance(): void {
    // The library does what is due by itself.
  }

  take(): Map<string, Tick[]> {
    const { taken } = this;
    this.taken = new Map();
    return taken;
  }

  status(): FeedStatus {
    const state = this.isStopped ? "stopped" : this.isLive ? "live" : "connecting";
    return {
      ...{ state, sinceMs: this.sinceMs, lastMessageMs: this.lastMessageMs, lagMs: this.delay.meanMs },
      ...{ nextAttemptMs: null, lastFault: this.lastFault, lastDataFault: null, lastRecoveryMs: this.lastRecoveryMs },
      counts: { ...this.counts },
      products: [...this.products].map(([product, { ticks, lastTickMs }]): ProductStatus => {
        const state = ticks > 0 ? "subscribed" : "asked";
        return { product, symbol: `${product}@${this.options.exchange}`, state, refusal: null, ticks, lastTickMs };
      }),
    };
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    // It ends when the library hands on the next message; nothing waits for it.
    void this.stream.return?.().catch(() => undefined);
  }

  private async read(): Promise<void> {
    try {
      for await (const message of this.stream) {
        if (this.isStopped) return;
        this.receive(message, Date.now());
      }
    } catch (error) {
      this.fault(error instanceof Error ? error.message : String(error));
    }
    this.setLive(false);
  }

  private receive(message: TardisMessage, nowMs: number): void {
    if (message.type === "disconnect") {
      if (this.isLive) this.counts.disconnects += 1;
      this.setLive(false);
      return;
    }
    this.counts.messages += 1;
    this.lastMessageMs = nowMs;
    if (!this.isLive) this.counts.connections += 1;
    this.setLive(true);
    if (!this.isNew(message)) {
      this.counts.repeatedTrades += 1;
      return;
    }
    for (const input of ticksOfTardis({ ...message, timestamp: message.timestamp?.toISOString() }, true) ?? []) {
      const tick = parseTick(input, nowMs, this.options.rules);
      if (isRejection(tick)) {
        this.counts.refusedTicks += 1;
        this.fault(`a tick of ${String(message["symbol"])}: ${tick.field}: got ${tick.got}, expected ${tick.expected}`);
      } else this.add(tick, String(message["symbol"]), nowMs);
    }
  }

  private add(tick: Tick, name: string, nowMs: number): void {
    this.delay.note(tick.tsMs, nowMs);
    this.counts.ticks += 1;
    const product = this.products.get(name);
    if (product !== undefined) {
      product.ticks += 1;
      product.lastTickMs = tick.tsMs;
    }
    const ticks = this.taken.get(tick.symbol);
    if (ticks === undefined) this.taken.set(tick.symbol, [tick]);
    else ticks.push(tick);
  }

  private setLive(isLive: boolean): void {
    if (this.isLive === isLive) return;
    const nowMs = Date.now();
    if (isLive && this.counts.disconnects > 0) this.lastRecoveryMs = nowMs - this.sinceMs;
    this.isLive = isLive;
    this.sinceMs = nowMs;
  }

  private fault(text: string): void {
    this.lastFault = { text, atMs: Date.now() };
  }
}

/** Quotes are left out where the library has none of a venue. */
function normalizersFor(
  { normalizeTrades, normalizeBookTickers }: TardisLibrary,
  exchange: string,
): TardisNormalizer[] {
  try {
    normalizeBookTickers(exchange, new Date());
    return [normalizeTrades, normalizeBookTickers];
  } catch {
    return [normalizeTrades];
  }
}
