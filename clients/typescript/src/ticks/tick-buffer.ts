// Ticks in memory, at most so many: those that wait to be sent, and those that are sent and not acknowledged. Who adds
// more waits for room.
import type { SentTick } from "./tick-sender-options.ts";

interface Waiter {
  readonly ticks: readonly SentTick[];
  /** The next one that has no room yet. */
  at: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class TickBuffer {
  readonly capacity: number;
  private queue: SentTick[] = [];
  /** Where the queue begins: what was taken stays until it is half of the array. */
  private head = 0;
  private unacknowledged = 0;
  private readonly waiters: Waiter[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Ticks that are not taken yet. */
  get pending(): number {
    return this.queue.length - this.head;
  }

  /** All ticks in memory. */
  get size(): number {
    return this.pending + this.unacknowledged;
  }

  /** Whether a tick more would have to wait. */
  get isFull(): boolean {
    return this.size >= this.capacity;
  }

  /** Resolves when all are in, behind those of earlier calls. Rejects when the sender fails before. */
  async add(ticks: readonly SentTick[]): Promise<void> {
    const waiter = { ticks, at: 0 };
    if (this.waiters.length === 0 && this.admit(waiter)) return;
    await new Promise<void>((resolve, reject) => this.waiters.push(Object.assign(waiter, { resolve, reject })));
  }

  /** Takes the first ticks out, `most` of them, but leaves those that are `blocked` where they are. */
  take(most: number, blocked?: (tick: SentTick) => boolean): SentTick[] {
    let taken: SentTick[];
    if (blocked === undefined) {
      taken = this.queue.slice(this.head, this.head + most);
      this.head += taken.length;
    } else {
      taken = [];
      const left: SentTick[] = [];
      for (const tick of this.queue.slice(this.head)) {
        (taken.length < most && !blocked(tick) ? taken : left).push(tick);
      }
      if (taken.length > 0) [this.queue, this.head] = [left, 0];
    }
    if (this.head * 2 > this.queue.length) [this.queue, this.head] = [this.queue.slice(this.head), 0];
    this.unacknowledged += taken.length;
    return taken;
  }

  /** So many taken ticks are done with: there is room for others. */
  release(count: number): void {
    this.unacknowledged -= count;
    for (let first = this.waiters[0]; first !== undefined && this.admit(first); first = this.waiters[0]) {
      this.waiters.shift();
      first.resolve();
    }
  }

  /** The ticks that are not taken, those that wait for room too. Nobody waits any more. */
  fail(error: unknown): SentTick[] {
    const left = this.queue.slice(this.head);
    for (const { ticks, at, reject } of this.waiters.splice(0)) {
      for (const tick of ticks.slice(at)) left.push(tick);
      reject(error);
    }
    return left;
  }

  private admit(waiter: Pick<Waiter, "ticks" | "at">): boolean {
    const room = this.capacity - this.size;
    const end = Math.min(waiter.ticks.length, waiter.at + Math.max(0, room));
    for (; waiter.at < end; waiter.at++) this.queue.push(waiter.ticks[waiter.at]!);
    return waiter.at === waiter.ticks.length;
  }
}
