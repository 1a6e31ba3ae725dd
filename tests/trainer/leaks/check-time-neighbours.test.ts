import { describe, expect, it } from "vitest";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { checkTimeNeighbours } from "../../../trainer/evaluate/leaks/check-time-neighbours.ts";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { allRows, purgedSplit } from "../../../trainer/folds/split.ts";
import { FROM_MS, seededUniform, volatileTicks } from "../volatile-ticks.ts";

const data = buildDataset(volatileTicks(12_000));
const { tsMs, label } = data.rows;
const uniform = seededUniform(31);

/** Five folds drawn at random with the same share of spikes in each: what the peer did. */
function stratifiedFolds(): { train: Int32Array; test: Int32Array }[] {
  const fold = new Uint8Array(data.rows.count);
  for (const outcome of [0, 1]) {
    const rows = allRows(data).filter((k) => label[k] === outcome);
    rows.forEach((_, i) => {
      const j = i + Math.floor(uniform() * (rows.length - i));
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    });
    rows.forEach((k, i) => (fold[k] = i % 5));
  }
  return Array.from({ length: 5 }, (_, f) => ({
    train: allRows(data).filter((k) => fold[k] !== f),
    test: allRows(data).filter((k) => fold[k] === f),
  }));
}

describe("time neighbours check", () => {
  it("fires on a random stratified split, where time alone predicts almost everything", () => {
    const check = checkTimeNeighbours(tsMs, label, stratifiedFolds());
    expect(check).toMatchObject({ name: "time-neighbours", outcome: "failed", passed: false });
    expect(check.figures["folds"]).toBe(5);
    expect(check.figures["highestAveragePrecision"]).toBeGreaterThan(0.97);
    expect(check.figures["baseRate"]).toBeLessThan(0.3);
  });

  it("finds exactly the base rate in purged forward folds", () => {
    const folds = [4000, 6000, 8000, 10_000].map((s) =>
      purgedSplit(data, allRows(data), FROM_MS + s * 1000, FROM_MS + (s + 2000) * 1000),
    );
    const check = checkTimeNeighbours(tsMs, label, folds);
    expect(check).toMatchObject({ outcome: "passed", passed: true });
    expect(check.figures["lift"]).toBeCloseTo(1, 12);
    expect(check.figures["skill"]).toBeCloseTo(0, 12);
  });

  it("fires at a high base rate too, where a lift cannot be large", () => {
    const mostly = Uint8Array.from({ length: 3000 }, (_, k) => (Math.floor(k / 60) % 10 < 9 ? 1 : 0));
    const times = mostly.map((_, k) => k);
    const rows = Int32Array.from(mostly.keys());
    const folds = [{ train: rows.filter((k) => k % 5 !== 0), test: rows.filter((k) => k % 5 === 0) }];
    const check = checkTimeNeighbours(Float64Array.from(times.keys()), mostly, folds);
    expect(check.figures["lift"]).toBeLessThan(1.12);
    expect(check.outcome).toBe("failed");
  });

  it("is the average precision of a plain search for the five nearest, times in any order and equal ones included", () => {
    const n = 400;
    const times = Float64Array.from({ length: n }, () => Math.floor(uniform() * 300));
    const labels = Uint8Array.from(times, (t) => (uniform() < (t % 100 < 30 ? 0.6 : 0.1) ? 1 : 0));
    const rows = Int32Array.from(labels.keys());
    const [train, test] = [rows.filter((k) => k % 3 !== 0), rows.filter((k) => k % 3 === 0)];
    const shares = Array.from(test, (k) => {
      const near = [...train].sort((a, b) => {
        const far = Math.abs(times[a]! - times[k]!) - Math.abs(times[b]! - times[k]!);
        // Equally far: rows before in time first, the nearest of them being the last; from its own time on the first.
        const sideA = times[a]! < times[k]! ? 0 : 1;
        const sideB = times[b]! < times[k]! ? 0 : 1;
        return far || sideA - sideB || (sideA === 0 ? b - a : a - b);
      });
      return near.slice(0, 5).reduce((sum, j) => sum + labels[j]!, 0) / 5;
    });
    const expected = averagePrecision(
      Uint8Array.from(test, (k) => labels[k]!),
      shares,
    );
    const { figures } = checkTimeNeighbours(times, labels, [{ train, test }]);
    expect(figures["highestAveragePrecision"]).toBeCloseTo(expected, 12);
  });

  it("is not possible without a fold that can be judged, which is not passing", () => {
    const none = { outcome: "not_possible", passed: false, figures: { folds: 0 } };
    const rows = Int32Array.from({ length: 20 }, (_, k) => k);
    expect(checkTimeNeighbours(rows, new Uint8Array(20), [{ train: rows, test: rows }])).toMatchObject(none);
    expect(checkTimeNeighbours([], new Uint8Array(0), [])).toMatchObject(none);
    const both = Uint8Array.from(rows, (k) => k % 2);
    expect(checkTimeNeighbours(rows, both, [{ train: rows.slice(0, 4), test: rows }])).toMatchObject(none);
  });
});
