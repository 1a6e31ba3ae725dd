import { describe, expect, it } from "vitest";
import { buildDataset, type Dataset } from "../../../trainer/rows/dataset.ts";
import { checkCausality } from "../../../trainer/evaluate/leaks/check-causality.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";

const hole = (s: number): boolean => (s >= 2000 && s < 2040) || (s >= 3000 && s < 3400);
const ticks = [
  ...volatileTicks(6000, { skip: hole }),
  ...volatileTicks(4000, { seed: 2, symbol: "ETH-USD" }).map((tick) => ({ ...tick, tsMs: tick.tsMs + 1_500_000 })),
].sort((a, b) => a.tsMs - b.tsMs);
// In calm times, inside the hole of 40 s, inside the one of 400 s, before the second symbol has rows, after the end.
const cuts = [1200, 2020, 3200, 2400, 3555.3, 4900, 7000].map((s) => FROM_MS + s * 1000);

const built = new Map<number, Dataset>();

/** The dataset of the first ticks, which no test changes for another one. */
function datasetOf(part: typeof ticks): Dataset {
  const data = built.get(part.length) ?? buildDataset(part);
  built.set(part.length, data);
  return { ...data, rows: data.rows.sortedByTime() };
}

/** Runs the check on a way of building datasets. */
function check(build: (upTo: typeof ticks) => Dataset, at: readonly number[] = cuts) {
  return checkCausality(build(ticks), (untilMs) => build(ticks.filter((tick) => tick.tsMs < untilMs)), at);
}

describe("causality check", () => {
  it("passes the trainer's own dataset, cut anywhere, with two symbols", () => {
    const found = check((part) => datasetOf(part));
    expect(found).toMatchObject({ name: "causality", outcome: "passed", figures: { different: 0, missing: 0 } });
    expect(found.figures["rows"]).toBeGreaterThan(10_000);
  });

  it("fails a threshold taken from the whole file", () => {
    const found = check((part) => {
      const data = datasetOf(part);
      const { rows } = data;
      const highest = rows.tau.reduce((max, tau) => Math.max(max, tau), 0);
      rows.tau.fill(highest);
      return data;
    });
    expect(found).toMatchObject({ outcome: "failed", passed: false });
    expect(found.detail).toMatch(/tau differs/);
  });

  it("fails a feature that carries a later price back", () => {
    const found = check((part) => {
      const data = datasetOf(part);
      const x = data.rows.values["default-1"];
      x.copyWithin(0, 33);
      return data;
    });
    expect(found.passed).toBe(false);
    expect(found.detail).toMatch(/default-1\[\d+\] differs/);
  });

  it("fails labels that a later tick changes, a single one among thousands too", () => {
    const found = check((part) => {
      const data = datasetOf(part);
      if (part.length === ticks.length) data.rows.label[400]! ^= 1;
      return data;
    });
    expect(found.detail).toMatch(/label differs/);
    expect(found.figures["different"]).toBeGreaterThan(0);
  });

  it("fails rows that only the later ticks make appear, or disappear", () => {
    const without = (data: Dataset, drop: (k: number) => boolean): Dataset => {
      const { rows } = data;
      const kept = rows.sortedByTime();
      let at = 0;
      for (let k = 0; k < rows.count; k++) {
        if (drop(k)) continue;
        for (const column of ["tsMs", "step", "segment", "symbol", "tau", "ratio", "label"] as const) {
          kept[column][at] = rows[column][k]!;
        }
        for (const [name, width] of [
          ["default-1", 33],
          ["peer-10", 10],
        ] as const) {
          kept.values[name].set(rows.values[name].subarray(k * width, (k + 1) * width), at * width);
        }
        at += 1;
      }
      kept.count = at;
      return { ...data, rows: kept };
    };
    const late = check((part) => {
      const data = datasetOf(part);
      const lastMs = part.at(-1)!.tsMs;
      return without(data, (k) => data.rows.tsMs[k]! > lastMs - 200_000);
    });
    expect(late).toMatchObject({ outcome: "failed", figures: { different: 0 } });
    expect(late.figures["missing"]).toBeGreaterThan(100);
    expect(late.detail).toMatch(/decided rows are missing before/);
    const gone = check((part) => without(datasetOf(part), (k) => part.length === ticks.length && k % 1000 === 500));
    expect(gone.detail).toMatch(/step differs/);
  });

  it("is not possible where no cut leaves a row", () => {
    const found = check((part) => datasetOf(part), [FROM_MS + 100_000]);
    expect(found).toMatchObject({ outcome: "not_possible", passed: false });
    expect(check((part) => datasetOf(part), []).outcome).toBe("not_possible");
  });
});
