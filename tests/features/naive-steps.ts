// Closed steps recomputed from nothing but the list of accepted ticks: slow, and shares no code with the grid. NaN is a
// value that does not exist.
import type { GridConfig } from "../../src/features/event-grid.ts";
import type { StreamTick } from "./tick-stream.ts";

/** What a step takes from its ticks and from those in force. */
export interface NaiveStep {
  readonly ticks: number;
  readonly price: number;
  readonly lastPrice: number;
  readonly midPrice: number;
  readonly high: number;
  readonly low: number;
  readonly spread: number;
  readonly imbalance: number;
  readonly observed: boolean;
  readonly ageMs: number;
}

const midOf = ({ bid, ask }: StreamTick): number => (bid! + ask!) / 2;
const isTrade = ({ price }: StreamTick): boolean => price > 0;
const isQuote = ({ bid, ask }: StreamTick): boolean => bid !== undefined && ask !== undefined;
const isSized = (tick: StreamTick): boolean => isQuote(tick) && (tick.bidSize ?? NaN) + (tick.askSize ?? NaN) > 0;

/** The newest by time, among equal times the last to arrive. */
function newest(ticks: readonly StreamTick[]): StreamTick | undefined {
  return ticks.reduce<StreamTick | undefined>(
    (best, tick) => (best === undefined || tick.ts >= best.ts ? tick : best),
    undefined,
  );
}

/**
 * The step of an index.
 * @param accepted all ticks of its segment, in the order in which they were applied.
 * @param before accepted ticks of any segment: the age of the newest tick spans gaps.
 */
export function naiveStep(
  { stepMs, maxAgeMs, source }: GridConfig,
  index: number,
  accepted: readonly StreamTick[],
  before: readonly StreamTick[],
): NaiveStep {
  const endMs = (index + 1) * stepMs;
  const known = accepted.filter(({ ts }) => ts < endMs);
  const inside = known.filter(({ ts }) => ts >= endMs - stepMs);
  const last = newest(known.filter(isTrade));
  const quote = newest(known.filter(isQuote));
  const sized = newest(known.filter(isSized));
  const isFresh = (tick: StreamTick | undefined): boolean => tick !== undefined && endMs - tick.ts <= maxAgeMs;
  const useMid = source === "mid";
  const prices = useMid ? inside.filter(isQuote).map(midOf) : inside.filter(isTrade).map(({ price }) => price);
  const observed = isFresh(useMid ? quote : last);
  const sourcePrice = useMid ? quote && midOf(quote) : last?.price;
  return {
    ticks: inside.length,
    price: observed ? sourcePrice! : NaN,
    lastPrice: last?.price ?? NaN,
    midPrice: isFresh(quote) ? midOf(quote!) : NaN,
    high: prices.length > 0 ? Math.max(...prices) : NaN,
    low: prices.length > 0 ? Math.min(...prices) : NaN,
    spread: isFresh(quote) ? quote!.ask! - quote!.bid! : NaN,
    imbalance: isFresh(sized) ? sized!.bidSize! / (sized!.bidSize! + sized!.askSize!) : NaN,
    observed,
    ageMs: endMs - (newest(before.filter(({ ts }) => ts < endMs))?.ts ?? NaN),
  };
}
