// The newest ticks of each symbol of a stream, so that memory does not grow with the recordings.
import type { Tick } from "../src/features/tick.ts";

export class NewestTicks {
  private readonly most: number;
  private readonly bySymbol = new Map<string, Tick[]>();

  /** @param most ticks of a symbol that are kept. */
  constructor(most: number) {
    this.most = most;
  }

  add(ticks: readonly Tick[]): void {
    for (const tick of ticks) {
      let kept = this.bySymbol.get(tick.symbol);
      if (kept === undefined) this.bySymbol.set(tick.symbol, (kept = []));
      kept.push(tick);
      // Not at every tick: what is left has to be moved.
      if (kept.length >= 2 * this.most) kept.splice(0, kept.length - this.most);
    }
  }

  /** Each symbol with its newest ticks in order, sorted by symbol. */
  symbols(): [symbol: string, ticks: readonly Tick[]][] {
    return [...this.bySymbol]
      .map(([symbol, ticks]): [string, readonly Tick[]] => [symbol, ticks.slice(-this.most)])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
