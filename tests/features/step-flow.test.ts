import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridConfig, EventGrid } from "../../src/features/event-grid.ts";
import { ClosedStep } from "../../src/features/closed-step.ts";
import { StepFlow } from "../../src/features/step-flow.ts";
import { feed } from "./grid-trace.ts";
import { pack, START_MS, type StreamTick } from "./tick-stream.ts";

const GRID = gridConfig();
const QUOTE = { price: NaN, bid: 99, ask: 101 };

/** Volume, trades and signed volume of each closed step, of ticks with their step and what else they have. */
function flows(ticks: readonly (Partial<StreamTick> & { step: number; ms?: number })[]): number[][] {
  const packed = ticks.map(({ step, ms = 0, ...tick }) => ({ ts: START_MS + step * 1000 + ms, price: 100, ...tick }));
  const last = { ts: START_MS + (ticks.at(-1)!.step + 1) * 1000, price: 100 };
  const { steps } = feed(new EventGrid(GRID), [...packed, last]);
  return steps.map(({ volume, trades, signedVolume }) => [volume, trades, signedVolume]);
}

describe("what was traded in a step", () => {
  it("is the sum of the sizes of its trades, bought less sold by takers, and their number", () => {
    const trades = [
      { step: 0, size: 2, side: 1 },
      { step: 0, ms: 5, size: 0.5, side: -1 },
      { step: 0, ms: 9, size: 1 },
    ];
    expect(flows(trades)).toEqual([[3.5, 3, 1.5]]);
  });

  it("has no sign where no trade has a side, and is unknown as a whole where one has no size", () => {
    expect(flows([{ step: 0, size: 2 }])).toEqual([[2, 1, NaN]]);
    expect(
      flows([
        { step: 0, size: 2, side: 1 },
        { step: 0, ms: 3 },
      ]),
    ).toEqual([[NaN, NaN, NaN]]);
  });

  it("is what a bar says, its other ticks aside: with the volume of takers", () => {
    const bar = { barVolume: 10, barTrades: 7, barTakerVolume: 6 };
    expect(flows([{ step: 0 }, { step: 0, ms: 3, price: 101 }, { step: 0, ms: 900, ...bar }])).toEqual([[10, 7, 2]]);
  });

  it("has the sign of the bar's move where takers are not known, and the quote volume over the price as volume", () => {
    const bar = (close: number) => [{ step: 0 }, { step: 0, ms: 900, price: close, barQuoteVolume: 500 }];
    expect([125, 80, 100].map((close) => flows(bar(close))[0])).toEqual([
      [4, NaN, 4],
      [6.25, NaN, -6.25],
      [5, NaN, 0],
    ]);
  });

  it("sums several bars of a step, and lacks what one of them lacks", () => {
    const first = { step: 0, price: 100, barVolume: 4, barTakerVolume: 4, barTrades: 2 };
    const second = { step: 0, ms: 500, price: 101, barVolume: 6 };
    expect(flows([first, { ...second, barTakerVolume: 1, barTrades: 3 }])).toEqual([[10, 5, 0]]);
    expect(flows([first, second])).toEqual([[10, NaN, 10]]);
    expect(flows([first, { ...second, barVolume: NaN, barTrades: 3 }])).toEqual([[NaN, 5, NaN]]);
  });

  it("is 0 in a step without a trade once the feed has given it, and unknown before", () => {
    const quiet = [
      { step: 0, ...QUOTE },
      { step: 1, size: 3, side: -1 },
      { step: 2, ...QUOTE },
      { step: 4, ...QUOTE },
    ];
    expect(flows(quiet)).toEqual([
      [NaN, NaN, NaN],
      [3, 1, -3],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("is unknown from the trade on with which the feed stops to give it, until it gives it again", () => {
    const stops = [
      { step: 0, size: 3, side: 1 },
      { step: 1 },
      { step: 2, ...QUOTE },
      { step: 3, size: 1 },
      { step: 4, ...QUOTE },
    ];
    expect(flows(stops)).toEqual([
      [3, 1, 3],
      [NaN, NaN, NaN],
      [NaN, NaN, NaN],
      [1, 1, NaN],
      [0, 0, NaN],
    ]);
  });

  it("is unknown again after a gap", () => {
    const gap = [
      { step: 0, size: 3, side: 1 },
      { step: 500, ...QUOTE },
      { step: 501, ...QUOTE },
    ];
    const after = flows(gap).slice(1);
    expect(after.length).toBeGreaterThan(0);
    expect(after.flat().every(Number.isNaN)).toBe(true);
  });

  it.each([
    ["a bar", { barVolume: 5, barTrades: 3, barTakerVolume: 2 }],
    ["a trade", { size: 5, side: 1 }],
    ["a quote", QUOTE],
  ])("is unknown in a step whose beginning was lost, though %s follows, and known in the next", (_, tick) => {
    const flow = new StepFlow();
    const closed = new ClosedStep();
    const close = () => {
      flow.close(closed, 100);
      return [closed.volume, closed.trades, closed.signedVolume];
    };
    const at = (ms: number) => pack([{ ts: START_MS + ms, price: 100, ...tick }]);
    flow.loseOpenStep();
    flow.update(at(500), 0);
    expect(close()).toEqual([NaN, NaN, NaN]);
    flow.update(pack([{ ts: START_MS + 1000, price: 100, barVolume: 4, barTrades: 2, barTakerVolume: 3 }]), 0);
    expect(close()).toEqual([4, 2, 2]);
  });

  it("does not depend on the order in which trades arrive", () => {
    const trade = fc.record({
      ms: fc.nat(999),
      size: fc.double({ min: 0, max: 1000, noNaN: true }),
      side: fc.constantFrom(1, -1),
    });
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 30 }), (trades) => {
        const inOrder = trades.map((one, id) => ({ ...one, step: 0, id }));
        const sorted = [...inOrder].sort((a, b) => a.ms - b.ms);
        expect(flows([...inOrder].reverse())).toEqual(flows(sorted));
      }),
    );
  });
});
