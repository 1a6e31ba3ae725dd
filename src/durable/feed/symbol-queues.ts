// The queues of all symbols of a feed.
import { deliverBatch } from "../../clients/deliver-batch.ts";
import type { Tick } from "../../features/tick.ts";
import type { Env } from "../../settings.ts";
import { MOST_BATCH_TICKS, type QueueStatus, SymbolQueue } from "./symbol-queue.ts";

/** Ticks that wait at most, of all symbols: 20 MB. */
const MOST_WAITING = 200_000;

export class SymbolQueues {
  private readonly env: Env;
  /** Names the sender: one for each life of the feed's object. */
  private readonly producer: string;
  private readonly queues = new Map<string, SymbolQueue>();

  constructor(env: Env, producer: string) {
    this.env = env;
    this.producer = producer;
  }

  add(symbol: string, ticks: readonly Tick[]): void {
    this.of(symbol).add(ticks, MOST_WAITING / MOST_BATCH_TICKS / this.queues.size);
  }

  /** Sends what waits, all symbols at once. Never throws. */
  async deliver(): Promise<void> {
    const nowMs = (): number => Date.now();
    await Promise.all([...this.queues.values()].map((queue) => queue.deliver(nowMs)));
  }

  status(symbol: string): QueueStatus {
    return this.of(symbol).status();
  }

  /** Forgets the queues of other symbols. */
  keep(symbols: ReadonlySet<string>): void {
    for (const symbol of this.queues.keys()) if (!symbols.has(symbol)) this.queues.delete(symbol);
  }

  private of(symbol: string): SymbolQueue {
    let queue = this.queues.get(symbol);
    if (queue === undefined) {
      const { env, producer } = this;
      queue = new SymbolQueue((rows, producerSeq) => {
        return deliverBatch(env, { symbol, rows, producer, producerSeq, maxTraceBytes: null });
      });
      this.queues.set(symbol, queue);
    }
    return queue;
  }
}
