import { describe, expect, it } from "vitest";
import type { ClosedStep } from "../../src/features/closed-step.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { DEFAULT_2, HISTORY_COLUMNS, HORIZON_COLUMNS } from "../../src/features/default-2.ts";
import { EventGrid, gridConfig, type GridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type VolatilityMeasure } from "../../src/features/label-spec.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { ALL_COLUMNS } from "../../src/features/schema.ts";
import { SpikeHistory } from "../../src/features/spike-history.ts";
import { StepStatistics } from "../../src/features/step-statistics.ts";
import { feed } from "./grid-trace.ts";
import { linearCongruential } from "./linear-congruential.ts";
import { naiveHistory, naiveHorizon } from "./naive-horizon.ts";
import { flowStream, pack, START_MS, type StreamTick } from "./tick-stream.ts";

function row(statistics: StepStatistics): number[] {
  const out = new Float64Array(HORIZON_COLUMNS);
  statistics.writeHorizon(out, 0);
  return [...out];
}

function expectClose(actual: readonly number[], expected: readonly number[], names: readonly { name: string }[]): void {
  expect(actual.length).toBe(names.length);
  expect(expected.length).toBe(names.length);
  names.forEach(({ name }, k) => {
    const [a, b] = [actual[k]!, expected[k]!];
    const equal = Number.isNaN(b) ? Number.isNaN(a) : Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b));
    if (!equal) expect.fail(`${name}: got ${a}, expected ${b}`);
  });
}

/** Holes of price and book cut into an otherwise dense stream, so that windows are part empty. */
function withHoles(ticks: readonly StreamTick[]): StreamTick[] {
  return ticks.filter((t) => Math.floor((t.ts - START_MS) / 17_000) % 7 !== 3);
}

const SHARED = DEFAULT_2.slice(0, HORIZON_COLUMNS);
const CASES: readonly [string, GridConfig, number, VolatilityMeasure, number][] = [
  ["a horizon of one step of 10 s", gridConfig(10_000, "last"), 6000, "parkinson", 1],
  ["a horizon of 60 steps of 1 s", gridConfig(1000, "last"), 4000, "rv", 60],
  ["a horizon of 4 steps of mids", gridConfig(1000, "mid"), 2500, "parkinson", 4],
];

describe("the columns of default-2 that all label specs share", () => {
  it.each(CASES)("equal those recomputed from the list of steps, with %s", (_, grid, count, measure, horizon) => {
    const steps: readonly ClosedStep[] = feed(new EventGrid(grid), withHoles(flowStream(count, 7))).steps;
    const statistics = new StepStatistics(grid, measure, horizon);
    const finite = new Set<number>();
    steps.forEach((step, i) => {
      statistics.update(step);
      if (i > 40 && i % 11 !== 0) return;
      const actual = row(statistics);
      expectClose(actual, naiveHorizon(steps.slice(0, i + 1), grid.stepMs, grid.maxAgeMs, horizon), SHARED);
      actual.forEach((x, k) => Number.isFinite(x) && finite.add(k));
    });
    // Every column that exists at this horizon was compared, most of the others do not.
    const missing = SHARED.filter((_column, k) => !finite.has(k)).map(({ name }) => name);
    expect(missing.filter((name) => !/h1_/.test(name))).toEqual([]);
    expect(missing.length).toBe(horizon === 1 ? 7 : horizon === 4 ? 3 : 0);
  });

  it("need one value where the window is one step", () => {
    const statistics = new StepStatistics(gridConfig(), "rv", 1);
    const { steps } = feed(new EventGrid(gridConfig()), flowStream(12, 3));
    for (const step of steps.slice(0, 2)) statistics.update(step);
    const at = SHARED.findIndex(({ name }) => name === "rv_h1_over_tau");
    expect(row(statistics)[at]).toBeLessThan(0);
  });

  it("count the minutes to the next funding from 480 at a funding down to 1", () => {
    const grid = gridConfig(60_000);
    const midnight = Date.UTC(2025, 0, 1);
    const ticks = Array.from({ length: 482 }, (_, i) => ({ ts: midnight + i * 60_000 - 1, price: 100 + (i % 3) }));
    const engine = new FeatureEngine({ grid, label: { ...DEFAULT_LABEL_SPEC, horizonSteps: 1 } });
    const steps = new ClosedSteps(1);
    engine.process(pack(ticks), steps, new Uint8Array(ticks.length));
    const columns = ["minute_of_hour", "minute_modulo_5", "minute_modulo_15", "minutes_to_funding"];
    const at = columns.map((name) => SHARED.findIndex((column) => column.name === name));
    const clock = (k: number): number[] => at.map((c) => steps.horizonBase[k * HORIZON_COLUMNS + c]!);
    expect([0, 1, 479, 480].map(clock)).toEqual([
      [0, 0, 0, 480],
      [1, 1, 1, 479],
      [59, 4, 14, 1],
      [0, 0, 0, 480],
    ]);
  });
});

describe("the columns of default-2 that each label spec has of its own", () => {
  it.each([1, 3, 60])("equal those recomputed from the list of labels, at a horizon of %d", (horizon) => {
    const history = new SpikeHistory(horizon);
    const next = linearCongruential(5);
    const kinds = [LABEL.none, LABEL.void, LABEL.calm, LABEL.calm, LABEL.calm, LABEL.spike];
    const labels: number[] = [];
    const out = new Float64Array(HISTORY_COLUMNS);
    for (let i = 0; i < 1200; i++) {
      // No spike in the first 100 steps, and none in the last 800.
      const kind = kinds[(next() >>> 8) % (i < 100 || i > 400 ? 5 : 6)]!;
      labels.push(kind);
      history.update(kind);
      history.write(out, 0);
      if (i % 7 === 0) expectClose([...out], naiveHistory(labels, horizon), DEFAULT_2.slice(HORIZON_COLUMNS));
    }
    expect(out[6]).toBeGreaterThan(0);
  });

  it("stop at 1,440 horizons without a spike", () => {
    const history = new SpikeHistory(1);
    const out = new Float64Array(HISTORY_COLUMNS);
    history.update(LABEL.spike);
    for (let i = 0; i < 3000; i++) history.update(LABEL.calm);
    history.write(out, 0);
    expect(out[6]).toBeCloseTo(Math.log(1441), 12);
  });
});

describe("a row of default-2", () => {
  const label = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 40, minCount: 6 };
  const other = { ...label, kind: "ratio" as const, ratio: 1.1 };
  const engine = new FeatureEngine({ grid: gridConfig(), label });
  engine.addLabelSpec(other);
  const ticks = flowStream(3000, 4);
  const steps = new ClosedSteps(2);
  engine.process(pack(ticks), steps, new Uint8Array(ticks.length));

  it("applies the threshold and takes the history of the label spec asked for", () => {
    const k = steps.count - 1;
    const rows = [0, 1].map((spec) => {
      const out = new Float32Array(DEFAULT_2.length);
      steps.row("default-2", k, spec, ALL_COLUMNS["default-2"], out, 0);
      return out;
    });
    expect(steps.tau[2 * k]).not.toBe(steps.tau[2 * k + 1]);
    for (const spec of [0, 1]) {
      const [tau, lnTau] = [steps.tau[2 * k + spec]!, steps.lnTau[2 * k + spec]!];
      DEFAULT_2.forEach(({ name, relation }, c) => {
        const own = c - HORIZON_COLUMNS;
        const stored =
          own < 0
            ? steps.horizonBase[k * HORIZON_COLUMNS + c]!
            : steps.history[(2 * k + spec) * HISTORY_COLUMNS + own]!;
        const expected = relation === "over" ? stored / tau : relation === "minus-ln" ? stored - lnTau : stored;
        expect(rows[spec]![c], name).toBe(Math.fround(expected));
      });
    }
    const history = (spec: number): number[] => [...rows[spec]!.slice(HORIZON_COLUMNS)];
    expect(history(0)).not.toEqual(history(1));
  });

  it("is refused where it was not kept, and what is kept is the same without it", () => {
    const some = new ClosedSteps(2, 64, ["default-1"]);
    const again = new FeatureEngine({ grid: gridConfig(), label });
    again.addLabelSpec(other);
    again.process(pack(ticks), some, new Uint8Array(ticks.length));
    expect(some.horizonBase.length).toBe(0);
    expect(() => some.row("default-2", 0, 0, [0], new Float32Array(1), 0)).toThrow(
      "row: got default-2, expected one of default-1",
    );
    expect(some.base.subarray(0, 33 * steps.count)).toEqual(steps.base.subarray(0, 33 * steps.count));
    const last = (steps.count - 1) * HORIZON_COLUMNS;
    expect(again.lastStep.horizonBase).toEqual(steps.horizonBase.slice(last, last + HORIZON_COLUMNS));
  });
});
