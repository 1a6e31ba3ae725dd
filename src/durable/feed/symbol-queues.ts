// The queues of all symbols of a feed.
import { deliverBatch } from "../../clients/deliver-batch.ts";
import { ingestLatency } from "../../counting/isolate-counters.ts";
import type { Tick } from "../../features/tick.ts";
import type { Env } from "../../settings.ts";
import type { FeedVenue } from "../../markets/feed/venue-protocol.ts";
import { type QueueStatus, type SendBatch, SymbolQueue } from "./symbol-queue.ts";
import { SymbolWarmth } from "./symbol-warmth.ts";

/** Ticks that wait at most, of all symbols, besides the batches under way: 20 MB. */
export const MOST_WAITING = 200_000;

/** Counts of ticks over all symbols that were ever followed. */
interface QueueTotals {
  readonly delivered: number;
  readonly dropped: number;
}

export class SymbolQueues {
  private readonly env: Env;
  private readonly venue: FeedVenue;
  private readonly warmth: SymbolWarmth;
  private readonly queues = new Map<string, SymbolQueue>();
  /** Of symbols that were left. */
  private left: QueueTotals = { delivered: 0, dropped: 0 };

  constructor(env: Env, venue: FeedVenue) {
    this.env = env;
    this.venue = venue;
    this.warmth = new SymbolWarmth(env, venue);
  }

  /** Keeps a queue for each of these symbols, and forgets the others. @param symbols by product. */
  follow(symbols: ReadonlyMap<string, string>): void {
    const kept = new Set(symbols.values());
    for (const symbol of this.queues.keys()) if (!kept.has(symbol)) this.leave(symbol);
    for (const [product, symbol] of symbols) {
      if (!this.queues.has(symbol)) this.queues.set(symbol, this.queueFor(symbol, product));
    }
  }

  /**
   * Takes the ticks of one beat by symbol; those of symbols that are not followed any more are left out. When too many
   * wait, the oldest batches of the symbol that has most of them are dropped.
   */
  add(taken: Iterable<readonly [string, readonly Tick[]]>): void {
    for (const [symbol, ticks] of taken) this.queues.get(symbol)?.add(ticks);
    const queues = [...this.queues.values()];
    let sum = queues.reduce((ticks, { waitingTicks }) => ticks + waitingTicks, 0);
    while (sum > MOST_WAITING) {
      const longest = queues.reduce((a, b) => (b.waitingTicks > a.waitingTicks ? b : a));
      sum -= longest.waitingTicks;
      longest.dropOldest();
      sum += longest.waitingTicks;
    }
  }

  /** Ticks that wait, those under way included. */
  get waiting(): number {
    return [...this.queues.values()].reduce((sum, queue) => sum + queue.status().waiting, 0);
  }

  /** They never go down while the object lives. */
  get totals(): QueueTotals {
    return [...this.queues.values()].reduce((sum, queue) => sumOf(sum, queue.status()), this.left);
  }

  /** Sends what waits, all symbols at once. Never throws. */
  async deliver(): Promise<void> {
    const nowMs = (): number => Date.now();
    await Promise.all([...this.queues.values()].map((queue) => queue.deliver(nowMs)));
  }

  status(symbol: string): QueueStatus {
    return this.queues.get(symbol)!.status();
  }

  private leave(symbol: string): void {
    const queue = this.queues.get(symbol)!;
    const { delivered, dropped } = queue.status();
    // What waits goes with the queue; what is under way is neither.
    this.left = sumOf(this.left, { delivered, dropped: dropped + queue.waitingTicks });
    this.queues.delete(symbol);
  }

  private queueFor(symbol: string, product: string): SymbolQueue {
    const { env } = this;
    // A name of this queue alone: its numbers begin at 1, those of the symbol's queue of before too.
    const producer = `feed:${this.venue}:${crypto.randomUUID()}`;
    const send: SendBatch = async (rows, producerSeq) => {
      const startMs = Date.now();
      const batch = { symbol, rows, producer, producerSeq, maxTraceBytes: null };
      const delivery = await deliverBatch(env, batch, { way: "feed" });
      ingestLatency.observe({ way: "feed" }, (Date.now() - startMs) / 1000);
      return delivery;
    };
    return new SymbolQueue(send, this.warmth.of(symbol, product));
  }
}

function sumOf(a: QueueTotals, b: QueueTotals): QueueTotals {
  return { delivered: a.delivered + b.delivered, dropped: a.dropped + b.dropped };
}
