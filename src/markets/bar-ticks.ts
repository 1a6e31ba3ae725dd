// A checked price bar as ticks: the one form in which files and venues' candles reach the engine.
import type { Tick } from "../features/tick.ts";
import type { TradeFlow } from "../features/trade-flow.ts";

/** A bar that covers [startMs, startMs + its length); open and close lie within low and high. */
export interface Bar {
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** What was traded in it; `undefined` where nothing is known. */
  readonly flow: TradeFlow | undefined;
}

/** The ticks of `ticksOfBar`, with what was traded on the last of them. @param key the symbol. */
export function barTicks(key: string, { startMs, open, high, low, close, flow }: Bar, lengthMs: number): Tick[] {
  const first = Math.min(Math.max(open, low), high);
  const lowFirst = first - low <= high - first;
  const lastMs = startMs + lengthMs - 1;
  return [
    priceTick(key, startMs, first),
    priceTick(key, startMs + Math.floor(lengthMs / 3), lowFirst ? low : high),
    priceTick(key, startMs + Math.floor((2 * lengthMs) / 3), lowFirst ? high : low),
    flow === undefined ? priceTick(key, lastMs, close) : flowTick(key, lastMs, close, flow),
  ];
}

function priceTick(symbol: string, tsMs: number, price: number): Tick {
  return { symbol, tsMs, price, bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
}

function flowTick(symbol: string, tsMs: number, price: number, flow: TradeFlow): Tick {
  return { symbol, tsMs, price, bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN, flow };
}
