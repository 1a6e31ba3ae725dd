import { describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { DEFAULT_1, PEER_10 } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const HORIZON = DEFAULT_ENGINE_CONFIG.label.horizonSteps;

/** All closed steps of one symbol at once. */
function closedSteps(ticks: readonly Tick[]): ClosedSteps {
  const packed = new PackedTicks();
  ticks.forEach((tick) => packed.add(tick));
  const steps = new ClosedSteps(1);
  new FeatureEngine().process(packed.rows(), steps, new Uint8Array(ticks.length));
  return steps;
}

/** The definition, without a waiting room: step k's outcome is read H entries on, unless a segment starts between. */
function expectedRows(steps: ClosedSteps): { k: number; label: number }[] {
  const rows: { k: number; label: number }[] = [];
  for (let k = 0; k + HORIZON < steps.count; k++) {
    let whole = true;
    for (let j = k + 1; j <= k + HORIZON; j++) whole &&= (steps.flags[j]! & FLAG.segmentStart) === 0;
    const later = steps.horizonVolatility[k + HORIZON]!;
    if (!whole || !steps.ready(k, 0) || !steps.isEligible(k) || Number.isNaN(later)) continue;
    rows.push({ k, label: later > steps.tau[k]! ? 1 : 0 });
  }
  return rows;
}

describe("dataset", () => {
  // A hole of 40 s (void horizons), and one of 400 s (a new segment).
  const hole = (s: number): boolean => (s >= 2000 && s < 2040) || (s >= 4000 && s < 4400);
  const ticks = volatileTicks(7000, { skip: hole });
  const steps = closedSteps(ticks);
  const expected = expectedRows(steps);
  const data = buildDataset(ticks);

  it("joins each label to the row of the step a horizon before, within one segment", () => {
    expect(expected.length).toBeGreaterThan(3000);
    expect(data.rows.count).toBe(expected.length);
    expect([...data.rows.label.subarray(0, data.rows.count)]).toEqual(expected.map(({ label }) => label));
    expect([...data.rows.step.subarray(0, data.rows.count)]).toEqual(expected.map(({ k }) => steps.index[k]));
  });

  it("holds the engine's rows, thresholds and time stamps bit for bit", () => {
    const names = [
      ["default-1", DEFAULT_1.length],
      ["peer-10", PEER_10.length],
    ] as const;
    for (const [name, width] of names) {
      const own = new Float32Array(expected.length * width);
      const columns = Array.from({ length: width }, (_, j) => j);
      expected.forEach(({ k }, i) => steps.row(name, k, 0, columns, own, i * width));
      const equal = own.every((x, i) => Object.is(x, data.rows.values[name][i]));
      expect(equal).toBe(true);
    }
    expect([...data.rows.tau]).toEqual(expected.map(({ k }) => steps.tau[k]));
    expect([...data.rows.tsMs]).toEqual(expected.map(({ k }) => (steps.index[k]! + 1) * 1000));
  });

  it("numbers the segments and counts what it does not use", () => {
    const { tally, rows } = data;
    expect(tally.segments).toBe(2);
    expect(new Set(rows.segment)).toEqual(new Set([0, 1]));
    expect(tally.void).toBeGreaterThan(0);
    expect(tally.undecided).toBeGreaterThan(HORIZON);
    expect(tally.spike + tally.calm).toBe(rows.count);
    let eligible = 0;
    for (let k = 0; k < steps.count; k++) eligible += steps.ready(k, 0) && steps.isEligible(k) ? 1 : 0;
    expect(tally.eligible).toBe(eligible);
  });

  it("runs one engine per symbol and keeps one order of time", () => {
    const eth = volatileTicks(5000, { seed: 2, symbol: "ETH-USD" });
    const both = buildDataset([...ticks, ...eth].sort((a, b) => a.tsMs - b.tsMs));
    expect(both.symbols).toEqual(["BTC-USD", "ETH-USD"]);
    const { symbol, tsMs, tau } = both.rows;
    expect(tsMs.every((t, i) => i === 0 || t >= tsMs[i - 1]!)).toBe(true);
    const tied = tsMs.findIndex((t, i) => t === tsMs[i + 1]);
    expect([symbol[tied], symbol[tied + 1]]).toEqual([0, 1]);
    expect([...tau.filter((_, i) => symbol[i] === 0)]).toEqual([...data.rows.tau]);
    expect([...tau.filter((_, i) => symbol[i] === 1)]).toEqual([...buildDataset(eth).rows.tau]);
  });

  it("is empty for ticks too few for a threshold", () => {
    const short = buildDataset(volatileTicks(300));
    expect(short.rows.count).toBe(0);
    expect(short.tally.eligible).toBe(0);
  });
});
