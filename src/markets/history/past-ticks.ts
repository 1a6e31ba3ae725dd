// Which part of a venue's past a grid needs, and the packed ticks that candles and trades of it give.
import { PackedTicks } from "../../features/packed-ticks.ts";
import { isRejection, parseTick, type TickRules } from "../../features/tick.ts";
import { type Bar, barTicks } from "../bar-ticks.ts";
import type { FoundTrades } from "./found-trades.ts";
import { CANDLE_MINUTES, type CandleMinutes, type CandleRange, type VenueHistory } from "./venue-history.ts";

const MINUTE_MS = 60_000;
/** Candles that are asked for: of one minute those of a day. */
const CANDLES = 1440;
/**
 * A candle is taken when it has ended this long ago, ms: the clocks of venue and gateway differ, and one that is still
 * in progress would give a wrong close.
 */
const SETTLED_MS = 2_000;

/** The longest candle that fits a grid; `undefined` for a grid whose steps are no whole minutes: it needs trades. */
export function candleMinutes(stepMs: number): CandleMinutes | undefined {
  return CANDLE_MINUTES.findLast((minutes) => stepMs % (minutes * MINUTE_MS) === 0);
}

/** Ranges of at most a request's candles up to now, the newest first: reading can stop after any of them. */
export function* candleRanges(
  { candlesPerRequest, mostCandles = CANDLES }: VenueHistory,
  product: string,
  minutes: CandleMinutes,
  nowMs: number,
): Generator<CandleRange, void, void> {
  const lengthMs = minutes * MINUTE_MS;
  let toMs = Math.floor((nowMs - SETTLED_MS) / lengthMs) * lengthMs;
  const beginMs = toMs - Math.min(CANDLES, mostCandles) * lengthMs;
  while (toMs > beginMs) {
    const fromMs = Math.max(beginMs, toMs - candlesPerRequest * lengthMs);
    yield { product, minutes, fromMs, toMs };
    toMs = fromMs;
  }
}

/** Packed ticks of a history, and how many of its entries are none. */
export interface PastTicks {
  readonly rows: Float64Array;
  readonly leftOut: number;
}

/** Candles by their start, each once. */
export class FoundCandles {
  leftOut = 0;
  private readonly bars = new Map<number, Bar>();

  get count(): number {
    return this.bars.size;
  }

  /** Adds an answer's candles, without those that are not of its range. */
  add(bars: readonly (Bar | undefined)[], { fromMs, toMs }: CandleRange): void {
    for (const bar of bars) {
      if (bar === undefined) this.leftOut += 1;
      else if (bar.startMs >= fromMs && bar.startMs < toMs) this.bars.set(bar.startMs, bar);
    }
  }

  /** Four ticks a candle, in the order of time. @param key the symbol. */
  ticks(key: string, minutes: CandleMinutes): PastTicks {
    const packed = new PackedTicks(4 * Math.max(1, this.count));
    const sorted = [...this.bars.values()].sort((a, b) => a.startMs - b.startMs);
    for (const bar of sorted) for (const tick of barTicks(key, bar, minutes * MINUTE_MS)) packed.add(tick);
    return { rows: packed.rows(), leftOut: this.leftOut };
  }
}

/** A tick a trade, in the order of time, without those of before `fromMs`; the newest `most`. @param key the symbol. */
export function ticksOfTrades(
  key: string,
  found: FoundTrades,
  { fromMs, most, rules }: { readonly fromMs: number; readonly most: number; readonly rules: TickRules },
): PastTicks {
  const packed = new PackedTicks(Math.max(1, Math.min(found.count, most)));
  let leftOut = 0;
  for (const { input } of found.sorted().slice(-most)) {
    const tick = parseTick({ ...input, symbol: key }, Infinity, rules);
    if (isRejection(tick)) leftOut += 1;
    else if (tick.tsMs >= fromMs) packed.add(tick);
  }
  return { rows: packed.rows(), leftOut };
}
