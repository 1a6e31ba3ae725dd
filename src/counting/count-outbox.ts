// What an isolate counted, in numbered batches that are sent until they are confirmed: one that arrives twice is
// counted once.
import type { CountBatch, SeriesCount } from "./series-count.ts";

/** A batch that is not confirmed for so long is given up: its receiver may have forgotten its number. */
export const GIVE_UP_MS = 600_000;

export class CountOutbox {
  private waiting: { readonly batch: CountBatch; readonly sinceMs: number; isReceived: boolean }[] = [];
  private lastSeq = 0;
  private readonly take: () => readonly SeriesCount[];

  /** @param take what was counted since it was called last. */
  constructor(take: () => readonly SeriesCount[]) {
    this.take = take;
  }

  /**
   * All that is to be sent, the oldest first: what was sent and is not confirmed, and what was counted since. `lost` is
   * the number of batches that were given up and never received.
   */
  outgoing(nowMs: number): { readonly batches: readonly CountBatch[]; readonly lost: number } {
    // A clock that was set back makes nothing old.
    const isOld = (sinceMs: number): boolean => nowMs - sinceMs >= GIVE_UP_MS;
    const lost = this.waiting.filter(({ sinceMs, isReceived }) => isOld(sinceMs) && !isReceived).length;
    this.waiting = this.waiting.filter(({ sinceMs }) => !isOld(sinceMs));
    const series = this.take();
    if (series.length > 0) {
      this.lastSeq += 1;
      this.waiting.push({ batch: { seq: this.lastSeq, series: [...series] }, sinceMs: nowMs, isReceived: false });
    }
    return { batches: this.waiting.map(({ batch }) => batch), lost };
  }

  /**
   * After an answer to `batches`. Forgets those up to `throughSeq`: they are durable where they were sent. The others
   * are received, and stored soon: an isolate that then rests has lost nothing.
   */
  confirm(batches: readonly CountBatch[], throughSeq: number): void {
    const received = new Set(batches);
    this.waiting = this.waiting.filter(({ batch }) => batch.seq > throughSeq);
    for (const one of this.waiting) one.isReceived ||= received.has(one.batch);
  }
}
