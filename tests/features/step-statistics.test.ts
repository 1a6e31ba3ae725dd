import { describe, expect, it } from "vitest";
import { ClosedStep } from "../../src/features/closed-step.ts";
import { EventGrid, gridConfig, type GridConfig } from "../../src/features/event-grid.ts";
import type { VolatilityMeasure } from "../../src/features/label-spec.ts";
import { DEFAULT_1, PEER_10 } from "../../src/features/schema.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { StepStatistics } from "../../src/features/step-statistics.ts";
import { feed } from "./grid-trace.ts";
import { naiveBase, naiveHorizonVolatility, naivePeer } from "./naive-rows.ts";
import { START_MS, type StreamTick, integerStream } from "./tick-stream.ts";

/** The closed steps of a stream. */
const closedSteps = (grid: GridConfig, ticks: readonly StreamTick[]): ClosedStep[] =>
  feed(new EventGrid(grid), ticks).steps;

/** A step by hand: priced at `price`, one tick, no quote. */
function plainStep(i: number, price: number, more: Partial<ClosedStep> = {}): ClosedStep {
  const tsMs = START_MS + (i + 1) * 1000;
  const facts = { index: tsMs / 1000 - 1, tsMs, ticks: 1, observed: true, ageMs: 0 };
  return Object.assign(new ClosedStep(), facts, { price, lastPrice: price, high: price, low: price }, more);
}

function base(statistics: StepStatistics): number[] {
  const out = new Float64Array(DEFAULT_1.length);
  statistics.writeBase(out, 0);
  return [...out];
}

function peer(statistics: StepStatistics): number[] {
  const out = new Float64Array(PEER_10.length);
  statistics.writePeer(out, 0);
  return [...out];
}

function column(statistics: StepStatistics, name: string): number {
  return base(statistics)[DEFAULT_1.findIndex((c) => c.name === name)]!;
}

function expectClose(actual: readonly number[], expected: readonly number[], names: readonly { name: string }[]): void {
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

const CASES: readonly [string, GridConfig, number, VolatilityMeasure, number][] = [
  ["last trades on the 1 s step", gridConfig(1000, "last"), 3600, "rv", 60],
  ["mids on the 1 s step", gridConfig(1000, "mid"), 3600, "parkinson", 20],
  ["last trades on the 60 s step", gridConfig(60_000, "last"), 9000, "parkinson", 1],
];

describe("StepStatistics", () => {
  it.each(CASES)("equals both rows recomputed from the list of steps, with %s", (_, grid, count, measure, horizon) => {
    const steps = closedSteps(grid, withHoles(integerStream(count, 7)));
    const statistics = new StepStatistics(grid, measure, horizon);
    expect(steps.length).toBeGreaterThan(55);
    steps.forEach((step, i) => {
      statistics.update(step);
      if (i > 400 && i % 5 !== 0) return;
      const soFar = steps.slice(0, i + 1);
      expectClose(base(statistics), naiveBase(soFar, grid.stepMs, grid.maxAgeMs), DEFAULT_1);
      expectClose(peer(statistics), naivePeer(soFar, grid.stepMs), PEER_10);
      const volatility = naiveHorizonVolatility(soFar, measure, horizon);
      expectClose([statistics.horizonVolatility], [volatility], [{ name: "horizon volatility" }]);
      const returns = soFar.slice(-60).filter((s, k, window) => {
        const before = k === 0 ? soFar.at(-61) : window[k - 1];
        return s.observed && before?.observed === true;
      });
      expect(statistics.ready).toBe(returns.length >= 30);
    });
  });

  it("has nothing but NaN before it has steps, except the missing book's age", () => {
    const statistics = new StepStatistics(gridConfig(), "rv", 60);
    expect(base(statistics).filter((x) => !Number.isNaN(x))).toEqual([]);
    expect(peer(statistics).filter((x) => !Number.isNaN(x))).toEqual([]);
    expect([statistics.ready, statistics.rv60, statistics.horizonVolatility]).toEqual([false, NaN, NaN]);
  });

  it("has no volatility after a single step", () => {
    const statistics = new StepStatistics(gridConfig(), "rv", 60);
    statistics.update(plainStep(0, 100));
    expect(column(statistics, "rv_10_over_tau")).toBeNaN();
    expect(column(statistics, "age_of_last_tick")).toBe(0);
  });

  it("puts prices that never move at the floor, not at minus infinity", () => {
    const statistics = new StepStatistics(gridConfig(), "rv", 60);
    for (let i = 0; i < 100; i++) statistics.update(plainStep(i, 100));
    expect(column(statistics, "rv_60_over_tau")).toBeCloseTo(Math.log(0.002e-4 * Math.sqrt(60)), 12);
    expect(column(statistics, "rv_10_over_rv_60")).toBeCloseTo(Math.log(Math.sqrt(10 / 60)), 12);
    expect(column(statistics, "jump_share_60")).toBeNaN();
    expect(column(statistics, "net_return_60_over_rv")).toBe(0);
    expect(statistics.horizonVolatility).toBe(0);
  });

  it("is what it was before a spike once the spike has left every window", () => {
    const spiked = new StepStatistics(gridConfig(), "rv", 60);
    const calm = new StepStatistics(gridConfig(), "rv", 60);
    const priceAt = (i: number): number => 100 + (i % 7) / 100;
    for (let i = 0; i < 2800; i++) {
      calm.update(plainStep(i, priceAt(i)));
      spiked.update(plainStep(i, i === 950 ? 1e7 : priceAt(i)));
    }
    const plain = DEFAULT_1.filter((c) => !c.name.includes("ewma") && !c.name.includes("spread"));
    const pick = (row: number[]): number[] => plain.map((c) => row[DEFAULT_1.indexOf(c)]!);
    expectClose(pick(base(spiked)), pick(base(calm)), plain);
  });

  it("keeps a move across a hole out of every return", () => {
    const statistics = new StepStatistics(gridConfig(), "rv", 60);
    for (let i = 0; i < 60; i++) statistics.update(plainStep(i, 100 + (i % 2)));
    const before = statistics.rv60;
    const hole = { price: NaN, observed: false, ticks: 0, high: NaN, low: NaN };
    statistics.update(plainStep(60, NaN, hole));
    statistics.update(plainStep(61, 500));
    expect(statistics.rv60).toBeCloseTo(before, 12);
  });

  it("counts an observed step without a price of its source as a range of 0, not as a hole", () => {
    const statistics = new StepStatistics(gridConfig(1000, "mid"), "parkinson", 2);
    statistics.update(plainStep(0, 100, { high: 101, low: 99 }));
    statistics.update(plainStep(1, 100, { ticks: 3, high: NaN, low: NaN }));
    const range = Math.log(101 / 99);
    expect(statistics.horizonVolatility).toBeCloseTo(range / Math.sqrt(4 * Math.LN2), 12);
  });

  it("continues after a snapshot bit for bit, and is as new after a reset", () => {
    const steps = closedSteps(gridConfig(), integerStream(2500, 3));
    const whole = new StepStatistics(gridConfig(), "rv", 60);
    const again = new StepStatistics(gridConfig(), "rv", 60);
    for (const step of steps.slice(0, 500)) whole.update(step);
    const to = new StateWriter();
    whole.save(to);
    const copy = new StepStatistics(gridConfig(), "rv", 60);
    copy.load(new StateReader(to.finish(null)));
    for (const step of steps.slice(500)) {
      whole.update(step);
      copy.update(step);
      expect([...base(copy), ...peer(copy)]).toEqual([...base(whole), ...peer(whole)]);
    }
    whole.reset();
    for (const step of steps.slice(0, 300)) {
      whole.update(step);
      again.update(step);
      expect([...base(whole), ...peer(whole)]).toEqual([...base(again), ...peer(again)]);
    }
  });
});
