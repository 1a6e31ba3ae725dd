// What an isolate counted, in numbered batches that are sent until they are confirmed: one that arrives twice is
// counted once.
import type { CountBatch, SeriesCount } from "./series-count.ts";

/** A batch that is not confirmed for so long is given up: its receiver may have forgotten its number. */
export const GIVE_UP_MS = 600_000;

export class CountOutbox {
  private waiting: { readonly batch: CountBatch; readonly sinceMs: number }[] = [];
  private lastSeq = 0;
  private readonly take: () => readonly SeriesCount[];

  /** @param take what was counted since it was called last. */
  constructor(take: () => readonly SeriesCount[]) {
    this.take = take;
  }

  /**
   * All that is to be sent, the oldest first: what was sent and is not confirmed, and what was counted since. `lost` is
   * the number of batches that were given up.
   */
  outgoing(nowMs: number): { readonly batches: readonly CountBatch[]; readonly lost: number } {
    const before = this.waiting.length;
    // A clock that was set back makes nothing old.
    this.waiting = this.waiting.filter(({ sinceMs }) => nowMs - sinceMs < GIVE_UP_MS);
    const lost = before - this.waiting.length;
    const series = this.take();
    if (series.length > 0) {
      this.lastSeq += 1;
      this.waiting.push({ batch: { seq: this.lastSeq, series: [...series] }, sinceMs: nowMs });
    }
    return { batches: this.waiting.map(({ batch }) => batch), lost };
  }

  /** Forgets the batches up to that number: they are durable where they were sent. */
  confirm(throughSeq: number): void {
    this.waiting = this.waiting.filter(({ batch }) => batch.seq > throughSeq);
  }
}
