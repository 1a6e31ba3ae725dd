// A checked bar of a file as ticks.
import type { Tick } from "../src/features/tick.ts";
import type { TradeFlow } from "../src/features/trade-flow.ts";
import type { RecordedBar } from "./recorded-row.ts";

export interface BarValues {
  /** The bar covers [startMs, startMs + stepMs). */
  startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly flow: TradeFlow | undefined;
  readonly symbol: string;
  readonly venue: unknown;
  readonly place: number;
  readonly kept: string | undefined;
}

/** The ticks of `ticksOfBar`, with what was traded on the last of them. */
export class BarTicks implements RecordedBar {
  readonly place: number;
  readonly kept: string | undefined;
  readonly symbol: string;
  readonly venue: unknown;
  private readonly bar: BarValues;
  private readonly stepMs: number;

  constructor(bar: BarValues, stepMs: number) {
    this.place = bar.place;
    this.kept = bar.kept;
    this.symbol = bar.symbol;
    this.venue = bar.venue;
    this.bar = bar;
    this.stepMs = stepMs;
  }

  ticksOf(key: string): readonly Tick[] {
    const { startMs, open, high, low, close, flow } = this.bar;
    const { stepMs } = this;
    const first = Math.min(Math.max(open, low), high);
    const lowFirst = first - low <= high - first;
    const lastMs = startMs + stepMs - 1;
    return [
      priceTick(key, startMs, first),
      priceTick(key, startMs + Math.floor(stepMs / 3), lowFirst ? low : high),
      priceTick(key, startMs + Math.floor((2 * stepMs) / 3), lowFirst ? high : low),
      flow === undefined ? priceTick(key, lastMs, close) : flowTick(key, lastMs, close, flow),
    ];
  }
}

function priceTick(symbol: string, tsMs: number, price: number): Tick {
  return { symbol, tsMs, price, bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
}

function flowTick(symbol: string, tsMs: number, price: number, flow: TradeFlow): Tick {
  return { symbol, tsMs, price, bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN, flow };
}
