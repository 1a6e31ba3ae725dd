// Cached reads by key, of which the oldest are dropped when there are too many.
import { CachedRead, type CacheTimes } from "./cached-read.ts";

export class CachedReads<T> {
  private readonly entries = new Map<string, CachedRead<T>>();
  private readonly maxEntries: number;

  /** @param maxEntries bounds the memory: keys may come from anybody. */
  constructor(maxEntries: number) {
    this.maxEntries = maxEntries;
  }

  /** The entry of a key; `times` apply to a new one. */
  of(key: string, times: CacheTimes, nowMs?: () => number): CachedRead<T> {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      const [oldest] = this.entries.keys();
      if (this.entries.size >= this.maxEntries && oldest !== undefined) this.entries.delete(oldest);
      this.entries.set(key, (entry = new CachedRead(times, nowMs)));
    }
    return entry;
  }
}
