// One value that an isolate reads and keeps for a while: one request reads, others get the old value meanwhile.
//
// Values are shared, never promises: a promise of another request's read settles late or never when that request ends.
// A request that must wait for another one's read looks again every few milliseconds, with its own timer.

export interface CacheTimes {
  /** A value is served without a read until it is this old, ms. */
  readonly freshMs: number;
  /** While another request reads, an older value is served until it is this old, ms. */
  readonly staleMs: number;
  /** After a failed read, the old value is served until it is this old, ms; by default not at all. */
  readonly failedMs?: number;
  /** After a failed read nothing is read for this long, ms; 0 reads at once. */
  readonly retryMs?: number;
}

/** A reader that has not come back for this long is taken for gone: its request may have been cancelled. */
const READER_MS = 2_000;
/** Between two looks of one that waits, ms. Hundreds that look every 5 ms would starve the one that reads. */
const LOOK_AGAIN_MS = { first: 5, most: 100 } as const;

export class CachedRead<T> {
  private kept: { readonly value: T; readonly atMs: number } | undefined;
  private failed: { readonly error: unknown; readonly atMs: number } | undefined;
  /** When the read that is under way began. */
  private readingSinceMs: number | undefined;
  private readonly times: CacheTimes;
  private readonly nowMs: () => number;

  constructor(times: CacheTimes, nowMs: () => number = () => Date.now()) {
    this.times = times;
    this.nowMs = nowMs;
  }

  /**
   * The value, read if necessary; with `freshMs` 0 it is read, and nothing is kept. Throws what `read` throws if there
   * is no value that may be served.
   */
  async get(read: () => Promise<T>, freshMs = this.times.freshMs): Promise<T> {
    const { staleMs, retryMs = 0 } = this.times;
    if (freshMs === 0) return await read();
    const askedMs = this.nowMs();
    for (let lookMs: number = LOOK_AGAIN_MS.first; ; lookMs = Math.min(2 * lookMs, LOOK_AGAIN_MS.most)) {
      const { kept, failed } = this;
      if (kept !== undefined && this.isYounger(kept.atMs, freshMs)) return kept.value;
      if (failed !== undefined && (failed.atMs > askedMs || this.isYounger(failed.atMs, retryMs))) {
        return this.afterFailure(failed.error);
      }
      if (this.readingSinceMs === undefined || !this.isYounger(this.readingSinceMs, READER_MS)) {
        return await this.readNow(read);
      }
      if (kept !== undefined && this.isYounger(kept.atMs, staleMs)) return kept.value;
      await new Promise((done) => setTimeout(done, lookMs));
    }
  }

  /** What was read last, however old. */
  get last(): T | undefined {
    return this.kept?.value;
  }

  /** Whether the newest read failed. */
  get hasFailed(): boolean {
    return this.failed !== undefined;
  }

  /** Keeps a value that was learned otherwise. */
  set(value: T): void {
    this.kept = { value, atMs: this.nowMs() };
    this.failed = undefined;
  }

  /** Changes what is kept. The next `get` reads; the changed value is served where an old one may be. */
  revise(change: (value: T) => T): void {
    if (this.kept !== undefined) this.kept = { value: change(this.kept.value), atMs: -Number.MAX_VALUE };
    this.failed = undefined;
  }

  /** The next `get` reads. */
  forget(): void {
    this.kept = undefined;
    this.failed = undefined;
  }

  private async readNow(read: () => Promise<T>): Promise<T> {
    const sinceMs = (this.readingSinceMs = this.nowMs());
    try {
      const value = await read();
      this.set(value);
      return value;
    } catch (error) {
      this.failed = { error, atMs: this.nowMs() };
      return this.afterFailure(error);
    } finally {
      if (this.readingSinceMs === sinceMs) this.readingSinceMs = undefined;
    }
  }

  private afterFailure(error: unknown): T {
    const { failedMs = 0 } = this.times;
    if (this.kept !== undefined && this.isYounger(this.kept.atMs, failedMs)) return this.kept.value;
    throw error;
  }

  /** A time in the future, after the clock was set back, is not young. */
  private isYounger(atMs: number, limitMs: number): boolean {
    const ageMs = this.nowMs() - atMs;
    return ageMs >= 0 && ageMs < limitMs;
  }
}
