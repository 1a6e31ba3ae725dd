// The numbers of one product's trades: which were seen, and how many are missing between two.

/** A later trade with a lower number, by more than this, ms: the venue has begun to count anew. */
const RESTART_MS = 1_000;

export type TradeVerdict =
  | { readonly kind: "new"; readonly missing: number }
  /** The trade was seen before: a venue sends its last trades again to who connects anew. */
  | { readonly kind: "repeated" }
  /** The venue counts from the beginning: nothing is known of what lies between. */
  | { readonly kind: "restarted" };

export class TradeNumbers {
  private last: number | undefined;
  private lastMs = -Infinity;

  /**
   * Judges a tick that stands for the trades `first` to `last`, and remembers it.
   *
   * Example: after `judge({first: 7, last: 7}, t)`, `judge({first: 9, last: 10}, t)` is new with 1 missing.
   * @param tsMs event time of the trade, ms.
   */
  judge({ first, last }: { readonly first: number; readonly last: number }, tsMs: number): TradeVerdict {
    const before = this.last;
    if (before !== undefined && last <= before) {
      if (!(tsMs > this.lastMs + RESTART_MS)) return { kind: "repeated" };
      this.remember(last, tsMs);
      return { kind: "restarted" };
    }
    this.remember(last, tsMs);
    return { kind: "new", missing: before === undefined ? 0 : Math.max(0, first - before - 1) };
  }

  private remember(last: number, tsMs: number): void {
    this.last = last;
    this.lastMs = tsMs;
  }
}
