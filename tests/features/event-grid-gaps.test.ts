import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventGrid, gridConfig, VERDICT } from "../../src/features/event-grid.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { at, feed, quoted } from "./grid-trace.ts";
import { START_MS, STREAM } from "./tick-stream.ts";

const { accepted, duplicate, held, outlier } = VERDICT;

describe("EventGrid gaps", () => {
  const GAP = 301_000;

  it("spans exactly 300 steps without a new segment", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(0), at(300_000)]);
    expect([trace.verdicts, trace.steps.length, trace.segments]).toEqual([[accepted, accepted], 300, []]);
  });

  it("holds a tick further ahead, and starts a segment with it when the next tick agrees", () => {
    const grid = new EventGrid(gridConfig());
    const trace = feed(grid, [at(0, 100), at(GAP, 200)]);
    expect([trace.verdicts, grid.holding, trace.steps.length]).toEqual([[accepted, held], true, 0]);
    feed(grid, [at(GAP + 1000, 201), at(GAP + 2000, 202)], trace);
    expect(grid.holding).toBe(false);
    expect(trace.segments).toEqual([1]);
    expect(trace.steps.map((s) => [s.tsMs - START_MS, s.price, s.stale])).toEqual([
      [1000, 100, true],
      [GAP + 1000, 200, false],
      [GAP + 2000, 201, false],
    ]);
    expect(grid.totals.accepted).toBe(4);
    expect(trace.gaps).toEqual([300_000, 1000, 1000]);
  });

  it("rewrites the verdict of a held tick that is decided in the same call", () => {
    expect(feed(new EventGrid(gridConfig()), [at(0), at(GAP), at(GAP), at(GAP + 1)]).verdicts).toEqual([
      accepted,
      accepted,
      duplicate,
      accepted,
    ]);
    expect(feed(new EventGrid(gridConfig()), [at(0), at(GAP), at(900)]).verdicts).toEqual([
      accepted,
      outlier,
      accepted,
    ]);
  });

  it("rejects a held tick as an outlier when the next one disagrees, and goes on as if it had never been", () => {
    const grid = new EventGrid(gridConfig());
    const trace = feed(grid, [at(0, 100), at(40_000_000, 5), at(1000, 101), at(2000, 102)]);
    const without = feed(new EventGrid(gridConfig()), [at(0, 100), at(1000, 101), at(2000, 102)]);
    expect(trace.steps).toEqual(without.steps);
    expect(grid.totals).toEqual({ accepted: 3, duplicate: 0, late: 0, outlier: 1 });
  });

  it("holds again when a tick far from the held one is itself far ahead", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(0), at(40_000_000), at(GAP), at(GAP + 5)]);
    expect(trace.verdicts).toEqual([accepted, outlier, accepted, accepted]);
  });

  it("carries no quote over a gap even when the gap is shorter than A", () => {
    const short = { ...gridConfig(1000, "mid"), gapSteps: 3 };
    const sized = quoted(0, 99, 101, { bidSize: 3, askSize: 1 });
    const { steps, segments } = feed(new EventGrid(short), [sized, at(5000, 7), at(6000, 8)]);
    expect(segments).toEqual([1]);
    expect(steps[1]).toMatchObject({ observed: false, price: NaN, midPrice: NaN, spread: NaN, imbalance: NaN });
  });

  it("carries neither price nor quote nor sizes over a gap", () => {
    const sized = quoted(0, 99, 101, { bidSize: 3, askSize: 1 });
    const { steps } = feed(new EventGrid(gridConfig(1000, "mid")), [sized, at(GAP, 7), at(GAP + 1000, 8)]);
    expect(steps[1]).toMatchObject({ price: NaN, midPrice: NaN, spread: NaN, imbalance: NaN, lastPrice: 7 });
  });
});

describe("EventGrid state", () => {
  it("continues after a snapshot taken between any two ticks as if it had never stopped", () => {
    fc.assert(
      fc.property(STREAM, fc.nat(260), (ticks, cut) => {
        const whole = new EventGrid(gridConfig());
        const expected = feed(whole, ticks.slice(0, cut));
        const to = new StateWriter();
        whole.save(to);
        const copy = new EventGrid(gridConfig());
        copy.load(new StateReader(to.finish(null)));
        const before = expected.steps.length;
        feed(whole, ticks.slice(cut), expected);
        const actual = feed(copy, ticks.slice(cut));
        expect(actual.steps).toEqual(expected.steps.slice(before));
        expect(actual.verdicts).toEqual(expected.verdicts.slice(cut));
        expect([copy.totals, copy.watermarkMs, copy.openStep]).toEqual([
          whole.totals,
          whole.watermarkMs,
          whole.openStep,
        ]);
      }),
    );
  });

  it("refuses rows that are not whole ticks, or fewer verdicts than ticks", () => {
    const grid = new EventGrid(gridConfig());
    const listener = { closeStep: () => undefined, startSegment: () => undefined, observeGap: () => undefined };
    expect(() => grid.process(new Float64Array(9), listener, new Uint8Array(2))).toThrow(RangeError);
    expect(() => grid.process(new Float64Array(16), listener, new Uint8Array(1))).toThrow(RangeError);
  });
});
