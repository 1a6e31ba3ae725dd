import { describe, expect, it } from "vitest";
import { driftVerdicts } from "../../../bench/drift-verdicts.ts";
import { simulateTicks } from "../../../simulator/simulator.ts";
import { driftFeature } from "../../../src/drift/drift-reference.ts";
import { normedWasserstein } from "../../../src/drift/normed-wasserstein.ts";
import { driftWindowPlan } from "../../../src/drift/drift-window-plan.ts";
import { DEFAULT_1 } from "../../../src/features/schema.ts";
import { buildDataset, type Dataset } from "../../../trainer/rows/dataset.ts";
import { nullDistances, nullWindows } from "../../../trainer/drift/null-windows.ts";

const FROM_MS = Date.UTC(2026, 0, 5) + 1_200_000;
const HOURS = 7;
const hour = driftWindowPlan(1000)[0]!;

function simulated(): Dataset {
  const toMs = FROM_MS + HOURS * 3_600_000;
  const symbols = ["BTC-USD", "ETH-USD"];
  const ticks = symbols.flatMap((symbol) => [...simulateTicks({ seed: 5, symbol, fromMs: FROM_MS, toMs })]);
  return buildDataset(ticks.sort((a, b) => a.tsMs - b.tsMs));
}

const column = (data: Dataset, name: string): Float64Array => {
  const at = DEFAULT_1.findIndex((c) => c.name === name);
  return Float64Array.from(
    { length: data.rows.count },
    (_, k) => data.rows.values["default-1"][k * DEFAULT_1.length + at]!,
  );
};

describe("nullWindows", () => {
  const data = simulated();
  const windows = nullWindows(data, hour);

  it("cuts each symbol by the hour, keeps every 20th step and leaves out windows with fewer than 90 rows", () => {
    expect(windows.kept.length).toBeGreaterThan(2 * (HOURS - 2));
    // Two symbols of one hour are one stretch of time.
    expect(windows.times).toBe(
      new Set(Array.from(windows.kept, (kept) => Math.floor(data.rows.step[kept[0]!]! / 3600))).size,
    );
    expect(windows.times).toBeLessThan(windows.kept.length);
    for (const [w, kept] of windows.kept.entries()) {
      expect(kept.length).toBeGreaterThanOrEqual(90);
      expect(kept.length).toBeLessThanOrEqual(180);
      expect(new Set(Array.from(kept, (k) => data.rows.symbol[k]!)).size).toBe(1);
      expect(new Set(Array.from(kept, (k) => Math.floor(data.rows.step[k]! / 3600))).size).toBe(1);
      expect(Array.from(kept).every((k) => data.rows.step[k]! % 20 === 0 && windows.windowOf[k] === w)).toBe(true);
    }
    // The market begins at twenty past: the first hour has rows from the threshold's 900 values on, 72 kept ones.
    const first = Array.from(windows.windowOf, (w, k) => ({ w, step: data.rows.step[k]! })).filter(
      ({ step }) => Math.floor(step / 3600) === Math.floor(data.rows.step[0]! / 3600),
    );
    expect(first.length).toBeGreaterThan(2000);
    expect(first.every(({ w }) => w === -1)).toBe(true);
  });

  it("measures the distances that the gateway's windows measure, before the window's own share is taken out", () => {
    const symbol = data.symbols.indexOf("ETH-USD");
    const reference = driftFeature("rv_60_over_tau", column(data, "rv_60_over_tau"));
    const own = nullDistances(windows, reference, column(data, "rv_60_over_tau"));
    const others = nullDistances(
      { ...windows, windowOf: windows.windowOf.map(() => -1) },
      reference,
      column(data, "rv_60_over_tau"),
    );
    const one = onlySymbol(data, symbol);
    const model = { row: "default-1", probability: () => 0.5 } as const;
    const verdicts = driftVerdicts(one, model, { features: [reference], windows: [] });
    const live = verdicts.flatMap(({ window, verdict, features }) =>
      window === "1h" && verdict !== "too_few_rows" ? [features[0]!.wasserstein] : [],
    );
    const ofSymbol = windows.kept.flatMap((kept, w) => (data.rows.symbol[kept[0]!] === symbol ? [w] : []));
    // The last window is still open live.
    expect(live.length).toBeGreaterThan(3);
    expect(ofSymbol.slice(0, live.length).map((w) => others[w])).toEqual(live);
    for (const w of ofSymbol) expect(own[w]).toBeGreaterThan(others[w]!);
  });

  it("gives the distance from the other windows alone, up to the frozen quantiles", () => {
    const values = column(data, "rv_300_over_tau");
    const used = Array.from(windows.windowOf, (w) => w >= 0);
    // Only kept rows stand in the reference here, so that each window is a part of it exactly as it is measured.
    const kept = new Set(windows.kept.flatMap((rows) => Array.from(rows)));
    const thinned = values.map((x, k) => (used[k]! && kept.has(k) ? x : NaN));
    const reference = driftFeature("rv_300_over_tau", thinned);
    const distances = nullDistances(windows, reference, thinned);
    const alone = { ...windows, windowOf: windows.windowOf.map(() => -1) };
    const withItself = nullDistances(alone, reference, thinned);
    let error = 0;
    let uncorrected = 0;
    for (const [w, rows] of windows.kept.entries()) {
      const own = Float64Array.from(rows, (k) => values[k]!);
      const rest = thinned.filter((x, k) => Number.isFinite(x) && windows.windowOf[k] !== w);
      const exact = (normedWasserstein(rest, own) * deviation(rest)) / reference.deviation;
      expect(Math.abs(distances[w]! - exact)).toBeLessThan(0.02);
      error += Math.abs(distances[w]! - exact);
      uncorrected += Math.abs(withItself[w]! - exact);
    }
    expect(error).toBeLessThan(0.4 * uncorrected);
  });

  it("has no distance where a window has too few values of the column", () => {
    const values = column(data, "rv_60_over_tau");
    const reference = driftFeature("rv_60_over_tau", values);
    const missing = values.map((x, k) => (windows.windowOf[k] === 0 ? NaN : x));
    const distances = nullDistances(windows, reference, missing);
    expect(distances[0]).toBeNaN();
    expect(distances.slice(1).every(Number.isFinite)).toBe(true);
  });
});

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

/** The rows of one symbol, in place. */
function onlySymbol(data: Dataset, symbol: number): Dataset {
  const rows = buildDataset([]).rows;
  const keep = Array.from({ length: data.rows.count }, (_, k) => k).filter((k) => data.rows.symbol[k] === symbol);
  rows.count = keep.length;
  rows.step = Float64Array.from(keep, (k) => data.rows.step[k]!);
  const width = DEFAULT_1.length;
  rows.values["default-1"] = new Float32Array(keep.length * width);
  keep.forEach((k, i) =>
    rows.values["default-1"].set(data.rows.values["default-1"].subarray(k * width, (k + 1) * width), i * width),
  );
  return { ...data, rows };
}
