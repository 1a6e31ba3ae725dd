// Trades of the past, collected page by page from the newest back.
import type { PastTrade } from "./past-trade.ts";

export class FoundTrades {
  private readonly ids = new Set<string>();
  /** Pages, each oldest first; the newest page first. */
  private readonly pages: PastTrade[][] = [];
  private oldest = NaN;

  get count(): number {
    return this.ids.size;
  }

  /** Time of the oldest trade, ms; `NaN` before the first. */
  get oldestMs(): number {
    return this.oldest;
  }

  /** Adds older trades, oldest first; those that a page before had are left out. Returns how many were new. */
  addOlder(trades: readonly PastTrade[]): number {
    const page = trades.filter(({ id }) => !this.ids.has(id));
    const own = new Map(page.map((trade) => [trade.id, trade]));
    for (const id of own.keys()) this.ids.add(id);
    const added = [...own.values()];
    this.pages.push(added);
    for (const { tsMs } of added) if (!(this.oldest <= tsMs)) this.oldest = tsMs;
    return added.length;
  }

  /** All of them in the order of time; trades of one time in the order of the venue. */
  sorted(): PastTrade[] {
    return this.pages
      .toReversed()
      .flat()
      .sort((a, b) => a.tsMs - b.tsMs);
  }
}
