// Ticks without a price: quotes alone, in the grid's steps and in its doubts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { at, feed, type Trace } from "./grid-trace.ts";
import { naiveStep } from "./naive-steps.ts";
import { STREAM, type StreamTick } from "./tick-stream.ts";

const { accepted, priceOutlier, held } = VERDICT;
const quoteAlone = (ms: number, bid: number, ask: number, more: Partial<StreamTick> = {}): StreamTick =>
  at(ms, NaN, { bid, ask, ...more });

describe("quotes alone in the grid's steps", () => {
  it("give the same steps as a slow count over the accepted ticks, among trades of any kind, on both sources", () => {
    let [steps, quotes] = [0, 0];
    fc.assert(
      fc.property(STREAM, fc.constantFrom("last" as const, "mid" as const), fc.boolean(), (ticks, source, isCalm) => {
        const config = gridConfig(1000, source);
        const grid = new EventGrid(config);
        // With doubts about prices and without.
        if (isCalm) grid.expect(0.001, 1);
        const trace = feed(grid, ticks);
        const taken = ticks.filter((_, i) => trace.verdicts[i] === accepted);
        expectNaive(trace, taken, config);
        steps += trace.steps.length;
        quotes += taken.filter(({ price }) => Number.isNaN(price)).length;
      }),
      { numRuns: 200 },
    );
    expect(steps).toBeGreaterThan(5000);
    expect(quotes).toBeGreaterThan(2000);
  });

  it("count as ticks, and are no trades", () => {
    const ticks = [at(100, 100), quoteAlone(300, 98, 104), quoteAlone(700, 90, 92), at(1000)];
    const [last] = feed(new EventGrid(gridConfig()), ticks).steps;
    expect(last).toMatchObject({ ticks: 3, price: 100, lastPrice: 100, high: 100, low: 100, midPrice: 91, spread: 2 });
    const [mid] = feed(new EventGrid(gridConfig(1000, "mid")), ticks).steps;
    expect(mid).toMatchObject({ ticks: 3, price: 91, lastPrice: 100, high: 101, low: 91, midPrice: 91, spread: 2 });
  });

  it("leave a symbol on the last price without one, however many come", () => {
    const ticks = Array.from({ length: 30 }, (_, i) => quoteAlone(i * 1000, 99, 101));
    const { steps } = feed(new EventGrid(gridConfig()), ticks);
    for (const { price, high, low, observed } of steps)
      expect([price, high, low, observed]).toEqual([NaN, NaN, NaN, false]);
    expect(steps.map(({ midPrice }) => midPrice)).toEqual(Array(29).fill(100));
  });
});

describe("quotes alone and doubted prices", () => {
  const calm = (source: "last" | "mid" = "last"): EventGrid => {
    const grid = new EventGrid(gridConfig(1000, source));
    grid.expect(0.001, 1);
    return grid;
  };
  const verdictsOf = (grid: EventGrid, ticks: readonly StreamTick[]) =>
    feed(grid, [at(0, 100, { bid: 99, ask: 101 }), ...ticks]).verdicts.slice(1);

  it("do not make a lone wrong trade true: the mid says where the market is", () => {
    expect(verdictsOf(calm(), [at(100, 1000), quoteAlone(200, 99, 101)])).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm(), [at(100, 106), quoteAlone(200, 105, 107)])).toEqual([accepted, accepted]);
  });

  it("are doubted themselves where their mid is far from the last trade", () => {
    expect(verdictsOf(calm(), [quoteAlone(100, 500, 501), at(200, 100)])).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm(), [quoteAlone(100, 105, 107), at(200, 106)])).toEqual([accepted, held]);
    expect(verdictsOf(calm(), [quoteAlone(100, 500, 501), quoteAlone(200, 99, 101)])).toEqual([priceOutlier, accepted]);
  });

  it("are doubted on the mid as any quote is", () => {
    const lone = [quoteAlone(100, 199, 201), quoteAlone(200, 99, 101)];
    expect(verdictsOf(calm("mid"), lone)).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm("mid"), lone.slice(0, 1))).toEqual([held]);
  });

  it("of a wrong market are not confirmed on the mid by a trade at the price of before", () => {
    const ticks = [quoteAlone(100, 199, 201), at(200, 100), quoteAlone(300, 99, 101)];
    expect(verdictsOf(calm("mid"), ticks)).toEqual([priceOutlier, accepted, accepted]);
  });
});

function expectNaive(trace: Trace, taken: readonly StreamTick[], config: ReturnType<typeof gridConfig>): void {
  const stepOf = ({ ts }: StreamTick): number => Math.floor(ts / config.stepMs);
  trace.steps.forEach((step, k) => {
    // A segment begins with the first step that is closed in it.
    const begins = trace.segments.filter((count) => count <= k).at(-1);
    const first = begins === undefined ? -Infinity : trace.steps[begins]!.index;
    const ofSegment = taken.filter((tick) => stepOf(tick) >= first);
    const { ticks, price, lastPrice, midPrice, high, low, spread, imbalance, observed, ageMs } = step;
    const got = { ticks, price, lastPrice, midPrice, high, low, spread, imbalance, observed, ageMs };
    expect(got, `step ${k}`).toEqual(naiveStep(config, step.index, ofSegment, taken));
  });
}
