import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { driftFeature } from "../../src/drift/drift-reference.ts";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";
import { numbers, sample } from "./samples.ts";
import { COLUMNS, HOUR, MINUTE, START, bell, calibrated, feed, reference } from "./fed-windows.ts";

describe("a window that closes", () => {
  it("is ok while the rows are those of the training, and drift when more features moved than usual", () => {
    const windows = calibrated();
    expect(feed(windows, { steps: HOUR })).toEqual([]);
    const [calm] = feed(windows, { from: START + HOUR, steps: HOUR, shift: { a: 2, b: -2 }, seed: 3 });
    expect(calm).toMatchObject({
      window: "1h",
      rows: 60,
      verdict: "ok",
      driftedShare: 0,
      datasetThreshold: 1 / 3,
      reason: null,
    });
    expect(calm).toMatchObject({
      fromMs: START * MINUTE,
      toMs: (START + HOUR) * MINUTE,
      modelSha: "sha-1",
      nullWindows: 200,
    });
    const [moved] = feed(windows, { from: START + 2 * HOUR, steps: 1 });
    expect(moved).toMatchObject({ verdict: "drift", driftedShare: 2 / 3, evidentlyShare: expect.any(Number) });
    expect(moved!.features.map(({ drifted }) => drifted)).toEqual([true, true, false]);
    expect(windows.latest("1h")).toEqual(moved);
    expect(windows.latest("24h")).toBeNull();
  });

  it("is no drift while only as many features moved as chance moves together", () => {
    const windows = calibrated();
    feed(windows, { steps: HOUR, shift: { a: 3 } });
    const [verdict] = feed(windows, { from: START + HOUR, steps: 1 });
    expect(verdict).toMatchObject({ verdict: "ok", driftedShare: 1 / 3 });
    expect(verdict!.features[0]).toMatchObject({ name: "a", drifted: true, driftedAtTenth: true, threshold: 0.4 });
  });

  it("is drift when one feature alone lies further beyond its threshold than usual, and says which", () => {
    const windows = calibrated({ datasetRatio: 6, thresholds: [0.4, 0.3, 0.4] });
    feed(windows, { steps: HOUR, shift: { a: 2 } });
    const [near] = feed(windows, { from: START + HOUR, steps: HOUR, shift: { a: 2, b: -2 } });
    expect(near).toMatchObject({ verdict: "drift", driftedShare: 1 / 3, largestRatioFeature: "a" });
    const { wasserstein, threshold } = near!.features[0]!;
    expect(near!.largestRatio).toBe(wasserstein! / threshold!);
    expect([near!.largestRatio! > 6, near!.datasetRatioThreshold, near!.alarmedBy]).toEqual([true, 6, ["ratio"]]);
    const [both] = feed(windows, { from: START + 2 * HOUR, steps: 1 });
    expect(both).toMatchObject({ driftedShare: 2 / 3, largestRatioFeature: "b" });
    expect(both!.alarmedBy).toEqual(["share", "ratio"]);
  });

  it("is decided by the share alone where the reference has no ratio: every verdict as before there was one", () => {
    const [without, far] = [calibrated(), calibrated({ datasetRatio: 1000 })];
    for (const windows of [without, far]) {
      feed(windows, { steps: HOUR, shift: { a: 50 } });
      feed(windows, { from: START + HOUR, steps: HOUR, shift: { a: 50, b: 50 } });
      feed(windows, { from: START + 2 * HOUR, steps: 1 });
    }
    expect(without.history.map(({ verdict }) => verdict)).toEqual(["ok", "drift"]);
    expect(far.history.map((line) => ({ ...line, ratioThreshold: null }))).toEqual(without.history);
    expect(without.latest("1h")).toMatchObject({ datasetRatioThreshold: null, largestRatio: expect.any(Number) });
  });

  it("counts no feature as the farthest that is not counted or never moved in training", () => {
    const windows = calibrated({ datasetRatio: 3, thresholds: [null, 0, 0.4] });
    feed(windows, { steps: HOUR, shift: { a: 90, b: 90 } });
    const [verdict] = feed(windows, { from: START + HOUR, steps: 1 });
    expect(verdict).toMatchObject({ largestRatioFeature: "probability", driftedShare: 0.5 });
    expect(verdict!.largestRatio).toBeLessThan(1);
  });

  it("has the distances of the kept rows from the training values", () => {
    const windows = calibrated();
    const values: number[] = [];
    const next = bell(8);
    for (let i = 0; i < 24 * HOUR; i++) {
      const x = Math.fround(next() + 0.3);
      if ((START + i) % 2 === 0) values.push(x);
      windows.update(START + i, Float32Array.of(x, 0, 0, 0), true);
    }
    feed(windows, { from: START + 24 * HOUR, steps: 1 });
    const trainedOn = sample(5000, bell(1));
    const { rows, features } = windows.latest("24h")!;
    expect(rows).toBe(720);
    expect(Math.abs(features[0]!.wasserstein! - normedWasserstein(trainedOn, numbers(...values)))).toBeLessThan(0.01);
  });

  it("is not judged on fewer rows than half of a full one: stale rows only move the time on", () => {
    const windows = calibrated();
    feed(windows, { steps: 29 });
    feed(windows, { from: START + 29, steps: 31, counts: false });
    const [verdict] = feed(windows, { from: START + HOUR, steps: 1 });
    expect(verdict).toMatchObject({
      verdict: "too_few_rows",
      rows: 29,
      reason: "29 rows, at least 30 needed",
      driftedShare: null,
      largestRatio: null,
      largestRatioFeature: null,
    });
    expect(verdict!.features[0]).toMatchObject({ wasserstein: null, drifted: null, driftedAtTenth: false });
  });

  it("names a feature with too few values and does not count it, while as many were missing in training", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    const { features, windows: usual } = reference({ missing: { least: [0, 0, 0], most: [1, 0.7, 0] } });
    windows.setReference({ features: features.with(0, { ...features[0]!, missingShare: 0.1 }), windows: usual }, "x");
    const next = bell(4);
    for (let i = 0; i < HOUR; i++) {
      windows.update(START + i, Float32Array.of(NaN, NaN, i < 20 ? next() + 9 : NaN, next() + 9), true);
    }
    const [verdict] = feed(windows, { from: START + HOUR, steps: 1 });
    const [a, b, probability] = verdict!.features;
    expect(a).toMatchObject({ wasserstein: null, drifted: null, missingShare: 1, referenceMissingShare: 0.1 });
    expect(b).toMatchObject({ wasserstein: expect.any(Number), drifted: null, missingShare: 40 / 60 });
    expect(probability).toMatchObject({ drifted: true, missingShare: 0 });
    expect(verdict).toMatchObject({ verdict: "drift", driftedShare: 1 });
  });

  it("names a feature without training values, and one that the row does not have", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    const { features, windows: usual } = reference();
    const empty = driftFeature("b", numbers(NaN));
    windows.setReference(
      { features: [{ ...features[0]!, name: "elsewhere" }, empty, features[2]!], windows: usual },
      "x",
    );
    feed(windows, { steps: HOUR + 1 });
    const [elsewhere, b, probability] = windows.latest("1h")!.features;
    expect(elsewhere).toMatchObject({ wasserstein: null, drifted: null, missingShare: 1 });
    expect(b).toMatchObject({ wasserstein: null, presence: "appeared", missingShare: 0, referenceMissingShare: 1 });
    expect(probability).toMatchObject({ drifted: false });
  });

  it("has distances without a verdict where nothing was calibrated", () => {
    const reason = "12 training windows, at least 100 needed";
    const windows = calibrated({ thresholds: null, datasetShare: null, nullWindows: 12, reason });
    feed(windows, { steps: HOUR + 1, shift: { a: 9, b: 9 } });
    expect(windows.latest("1h")).toMatchObject({
      verdict: "uncalibrated",
      reason,
      driftedShare: null,
      nullWindows: 12,
    });
    expect(windows.latest("1h")!.features[0]).toMatchObject({ threshold: null, drifted: null, driftedAtTenth: true });
    expect(windows.latest("1h")!.evidentlyShare).toBeGreaterThanOrEqual(2 / 3);
  });

  it("does not use thresholds of another thinning", () => {
    const windows = calibrated({ every: 7 });
    feed(windows, { steps: HOUR + 1 });
    expect(windows.latest("1h")).toMatchObject({ verdict: "uncalibrated", reason: expect.stringMatching(/every 7th/) });
  });

  it("says so when the model has no reference", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    windows.setReference(null, "baseline");
    feed(windows, { steps: HOUR + 1 });
    expect(windows.latest("1h")).toMatchObject({ verdict: "no_reference", features: [], nullWindows: 0, alpha: null });
  });
});
