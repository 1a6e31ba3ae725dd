// What the ticks of one symbol in one recording have and lack.
import type { Tick } from "../../src/features/tick.ts";
import type { TradeFlow } from "../../src/features/trade-flow.ts";

/** A silence of more than this begins a new segment on a grid of seconds, ms. */
export const GAP_MS = 300_000;
/** Distances between ticks, in powers of two of a ms. */
const CLASSES = 48;

/** Counts over the ticks in the order of the rows. */
export class SymbolFigures {
  ticks = 0;
  trades = 0;
  quotes = 0;
  tradeSizes = 0;
  quoteSizes = 0;
  sides = 0;
  barVolumes = 0;
  barQuoteVolumes = 0;
  barTrades = 0;
  firstMs = Infinity;
  lastMs = -Infinity;
  /** Ticks before the latest one so far. */
  late = 0;
  /** By how much the latest of them is late, ms. */
  mostLateMs = 0;
  /** Ticks equal to one of the same time just before. */
  duplicates = 0;
  gaps = 0;
  longestGapMs = 0;
  /** A longer distance is a gap, ms. */
  gapMs = GAP_MS;
  /** Distances between ticks that follow each other, by the power of two in ms. */
  private readonly distances = new Float64Array(CLASSES);
  private lastTickMs = NaN;
  private sameTime: Tick[] = [];

  update(tick: Tick): void {
    const { tsMs, price, bid, ask, size, bidSize, askSize, flow } = tick;
    this.ticks += 1;
    if (!Number.isNaN(price)) this.trades += 1;
    if (!Number.isNaN(bid + ask)) this.quotes += 1;
    if (!Number.isNaN(bidSize + askSize)) this.quoteSizes += 1;
    if (!Number.isNaN(size)) this.tradeSizes += 1;
    if (flow !== undefined) this.countFlow(flow);
    if (tsMs < this.lastMs) {
      this.late += 1;
      this.mostLateMs = Math.max(this.mostLateMs, this.lastMs - tsMs);
    }
    this.firstMs = Math.min(this.firstMs, tsMs);
    this.lastMs = Math.max(this.lastMs, tsMs);
    this.countDistance(tsMs);
    this.countDuplicate(tick);
  }

  /** The power of two below the distance of three in four neighbours, ms; `NaN` with less than two ticks. */
  get upperQuartileMs(): number {
    const pairs = this.distances.reduce((sum, count) => sum + count, 0);
    let counted = 0;
    for (let k = 0; k < CLASSES; k++) {
      counted += this.distances[k]!;
      if (pairs > 0 && counted >= 0.75 * pairs) return 2 ** k;
    }
    return NaN;
  }

  private countFlow({ side, barVolume, barQuoteVolume, barTrades }: TradeFlow): void {
    if (!Number.isNaN(side)) this.sides += 1;
    if (!Number.isNaN(barVolume)) this.barVolumes += 1;
    if (!Number.isNaN(barQuoteVolume)) this.barQuoteVolumes += 1;
    if (!Number.isNaN(barTrades)) this.barTrades += 1;
  }

  private countDistance(tsMs: number): void {
    const distance = Math.abs(tsMs - this.lastTickMs);
    this.lastTickMs = tsMs;
    if (Number.isNaN(distance)) return;
    this.distances[Math.min(CLASSES - 1, Math.floor(Math.log2(Math.max(1, distance))))]! += 1;
    if (distance <= this.gapMs) return;
    this.gaps += 1;
    this.longestGapMs = Math.max(this.longestGapMs, distance);
  }

  private countDuplicate(tick: Tick): void {
    if (this.sameTime[0]?.tsMs !== tick.tsMs) this.sameTime = [];
    // Most duplicates follow their original at once; a long list would make dense files slow.
    if (this.sameTime.some((other) => isEqual(other, tick))) this.duplicates += 1;
    else if (this.sameTime.length < 16) this.sameTime.push(tick);
  }
}

function isEqual(a: Tick, b: Tick): boolean {
  const names = ["price", "bid", "ask", "bidSize", "askSize", "size", "id"] as const;
  return names.every((name) => Object.is(a[name], b[name])) && Object.is(a.flow?.side ?? NaN, b.flow?.side ?? NaN);
}
