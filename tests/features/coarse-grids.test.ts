// Every grid that the gateway recommends to a sparse symbol can predict with the label that it takes there.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { STEP_CHOICES_MS } from "../../src/features/observed-share.ts";
import { contentOf, expectSame, expectSameBytes, run } from "./engine-run.ts";

/** A midnight. */
const START_MS = 20_000 * 86_400_000;

const NO_QUOTE = { symbol: "A", bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN };

/** One trade in each of these steps, its price a walk on whole numbers. */
function trades(stepMs: number, steps: Iterable<number>): Float64Array {
  const packed = new PackedTicks();
  let price = 60_000;
  for (const i of steps) {
    price += ((i * 37) % 11) - 5;
    packed.add({ ...NO_QUOTE, tsMs: START_MS + i * stepMs, price, id: i });
  }
  return packed.rows();
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function engineOn(stepMs: number, label: object = {}): FeatureEngine {
  const grid = gridConfig(stepMs);
  return new FeatureEngine({ grid, label: completeLabelSpec(label, grid) });
}

describe("on every grid that a sparse symbol is recommended", () => {
  it.each(STEP_CHOICES_MS.map((stepMs) => [stepMs / 1000, stepMs]))(
    "a step of %d s has its threshold after the least count, and fills its window",
    (_, stepMs) => {
      const engine = engineOn(stepMs);
      const { windowSteps, minCount, horizonSteps } = engine.config.label;
      // The first return is that of the second step; a volatility needs 95 % of the horizon's.
      const first = Math.ceil(0.95 * horizonSteps) + minCount - 1;
      const { steps } = run(engine, trades(stepMs, count(windowSteps + 100)));
      const { tau } = contentOf(steps);
      expect(tau.findIndex((x) => x > 0)).toBe(first);
      expect(tau.slice(first).every((x) => x > 0)).toBe(true);
      expect(engine.thresholdCount(0)).toEqual({ have: windowSteps, need: minCount });
    },
  );

  it("a step of 15 min has its window on a market that is open for 6.5 hours on five days of seven", () => {
    const sessions = count(180).flatMap((day) => (day % 7 < 5 ? count(26).map((i) => day * 96 + 54 + i) : []));
    const engine = engineOn(900_000, { horizonSteps: 1 });
    run(engine, trades(900_000, sessions));
    const { windowSteps } = engine.config.label;
    expect(engine.thresholdCount(0).have).toBe(windowSteps);
  });
});

describe("an engine with thresholds of the time of day", () => {
  const LABEL = { kind: "time-of-day-quantile", horizonSteps: 1, windowSteps: 60, minCount: 2 };
  const STEP_MS = 3_600_000;

  it("stopped, saved and loaded between any two ticks gives the same steps and the same bytes", () => {
    const ahead = fc.array(fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 1, 2, 15, 63, 400), { minLength: 150, maxLength: 250 });
    let found = 0;
    fc.assert(
      fc.property(ahead, fc.nat(250), (list, cut) => {
        let step = 0;
        const steps = list.map((by) => (step += by));
        const rows = trades(STEP_MS, steps);
        const width = rows.length / steps.length;
        const at = Math.min(cut, steps.length) * width;
        const whole = engineOn(STEP_MS, LABEL);
        run(whole, rows.subarray(0, at));
        const restarted = FeatureEngine.load(whole.save());
        expectSameBytes(restarted.save(), whole.save());
        expect(restarted.thresholdCount(0)).toEqual(whole.thresholdCount(0));
        const [a, b] = [run(restarted, rows.subarray(at)), run(whole, rows.subarray(at))];
        expectSame(contentOf(a.steps), contentOf(b.steps));
        found += contentOf(b.steps).tau.filter((tau) => tau > 0).length;
      }),
      { numRuns: 30 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it("added to a symbol has at once the threshold that it would have had from the start", () => {
    const rows = trades(STEP_MS, count(150));
    const [early, late] = [0, 1].map(() => engineOn(STEP_MS, { ...LABEL, kind: "trailing-quantile" }));
    const daily = completeLabelSpec(LABEL, early!.config.grid);
    expect(early!.addLabelSpec(daily)).toBeUndefined();
    run(early!, rows);
    run(late!, rows);
    expect(late!.addLabelSpec(daily)).toBeUndefined();
    expect(late!.lastStep.tau[1]).toBe(early!.lastStep.tau[1]);
    expect(late!.lastStep.tau[1]).toBeGreaterThan(0);
  });

  it("is refused where a day's slots do not fit the grid", () => {
    const engine = new FeatureEngine();
    const daily = completeLabelSpec({ kind: "time-of-day-quantile" }, gridConfig(60_000));
    expect(engine.addLabelSpec({ ...daily, horizonSteps: 60, measure: "rv" })).toBe("label_does_not_fit_grid");
    expect(() => new FeatureEngine({ grid: gridConfig(), label: daily })).toThrow("label.windowSteps: got 20160");
  });
});

describe("flat steps", () => {
  it("are counted where τ would be at most ε, and not while the threshold warms up", () => {
    const engine = engineOn(1000, { horizonSteps: 5, windowSteps: 60, minCount: 30 });
    const packed = new PackedTicks();
    for (let i = 0; i < 200; i++) packed.add({ ...NO_QUOTE, tsMs: START_MS + i * 1000, price: i < 150 ? 7 : i, id: i });
    const out = new ClosedSteps(1);
    engine.process(packed.rows(), out, new Uint8Array(200));
    const { tau } = contentOf(out);
    expect(engine.flatSteps(0)).toBe(tau.filter((x) => Number.isNaN(x)).length - (30 + 5 - 1));
    expect(engine.flatSteps(0)).toBeGreaterThan(100);
    expect(engine.isFlat(0)).toBe(false);
  });
});
