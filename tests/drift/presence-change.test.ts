import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { decodePage, encodePage } from "../../src/features/page-buffer.ts";
import { type DriftReference, driftFeature } from "../../src/drift/drift-reference.ts";
import { presenceChange } from "../../src/drift/presence-change.ts";
import { verdictWords, featureWords } from "../../src/words/drift-words.ts";
import { numbers } from "./samples.ts";
import { COLUMNS, HOUR, MINUTE, START, bell, calibrated, feed, reference } from "./fed-windows.ts";

const ALWAYS = { missingShare: 0.01 };

describe("a change of presence", () => {
  const of = (present: number, missing?: { least: number; most: number }, inTraining = ALWAYS) =>
    presenceChange({ rows: 60, present, minRows: 30 }, inTraining, missing);

  it("is one where more is missing than the limit says, and too little is left for a distance", () => {
    expect(of(0, { least: 0, most: 0.1 })).toBe("vanished");
    expect(of(20, { least: 0, most: 0.1 })).toBe("vanished");
    expect(of(40, { least: 0, most: 0.1 })).toBeNull();
    expect(of(20, { least: 0, most: 0.7 })).toBeNull();
    expect(of(0, { least: 0, most: 1 })).toBeNull();
  });

  it("is one where values come that training windows did not have", () => {
    expect(of(60, { least: 1, most: 1 }, { missingShare: 1 })).toBe("appeared");
    expect(of(60, { least: 0.9, most: 1 })).toBe("appeared");
    expect(of(60, { least: 0.4, most: 1 })).toBeNull();
    expect(of(20, { least: 0.9, most: 1 })).toBeNull();
  });

  it("needs nothing at all, on either side, where the manifest has no shares of windows", () => {
    expect(of(0)).toBe("vanished");
    expect(of(1)).toBeNull();
    expect(of(0, undefined, { missingShare: 0.6 })).toBeNull();
    expect(of(60, undefined, { missingShare: 1 })).toBe("appeared");
    expect(of(60, undefined, { missingShare: 0.99 })).toBeNull();
  });

  it("is not judged in a window with too few rows", () => {
    expect(presenceChange({ rows: 29, present: 0, minRows: 30 }, ALWAYS, undefined)).toBeNull();
    expect(presenceChange({ rows: 0, present: 0, minRows: 0 }, ALWAYS, undefined)).toBeNull();
  });
});

function hourWithout(windows: DriftWindows, columns: readonly number[]) {
  const next = bell(4);
  for (let i = 0; i < HOUR; i++) {
    const row = Float32Array.of(next(), NaN, next(), next());
    for (const column of columns) row[column] = NaN;
    windows.update(START + i, row, true);
  }
  return windows.update(START + HOUR, Float32Array.of(0, 0, 0, 0), true)[0]!;
}

/** Windows of a reference whose first feature was missing in a share of the training rows. */
function missingInTraining(missingShare: number, most: number, symbols?: DriftReference["symbols"]): DriftWindows {
  const windows = new DriftWindows(MINUTE, COLUMNS);
  const { features, windows: usual } = reference({ missing: { least: [0, 0, 0], most: [most, 0, 0] } });
  const first = { ...features[0]!, missingShare };
  windows.setReference({ features: [first, ...features.slice(1)], windows: usual, symbols }, "sha-1", "A");
  return windows;
}

describe("the first steps of a segment", () => {
  it("do not say that a column is gone, until enough other rows do", () => {
    const presence = (settlingRows: number): string | null => {
      const windows = calibrated();
      windows.startSegment(START + settlingRows - 120);
      return hourWithout(windows, [0]).features[0]!.presence;
    };
    expect([0, 30, 31, 60].map(presence)).toEqual(["vanished", "vanished", null, null]);
  });

  it("are known after a restart, and not to pages of before", () => {
    const windows = calibrated();
    windows.startSegment(START);
    feed(windows, { steps: 40 });
    const pages = new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    const state = decodePage("drift-windows 1", pages.get("windows")!);
    const { settledFrom, ...numbers } = state.numbers;
    expect(settledFrom).toBe(START + 120);
    const older = new Map(pages).set(
      "windows",
      encodePage("drift-windows 1", { numbers, arrays: state.arrays.slice(0, 1) }),
    );
    const presences = [pages, older].map((all) => {
      const again = DriftWindows.load(MINUTE, COLUMNS, all);
      again.setReference(reference(), "sha-1");
      // A step that comes again does not begin another segment.
      again.startSegment(START + 39);
      for (let i = 40; i < HOUR; i++) again.update(START + i, Float32Array.of(0, NaN, 0, 0), true);
      for (let i = 0; i < HOUR; i++) again.update(START + HOUR + i, Float32Array.of(NaN, NaN, 0, 0), true);
      return again.update(START + 2 * HOUR, Float32Array.of(0, 0, 0, 0), true)[0]!.features[0]!.presence;
    });
    expect(presences).toEqual([null, "vanished"]);
  });

  it("are all rows of a window that was open in pages of before, whose rows may have had no threshold", () => {
    const windows = calibrated();
    for (let i = 0; i < 20; i++) windows.update(START + i, Float32Array.of(NaN, 0, 0, 0), true);
    const pages = new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    const { numbers, arrays } = decodePage("drift-windows 1", pages.get("windows")!);
    const older = new Map(pages).set("windows", encodePage("drift-windows 1", { numbers, arrays: arrays.slice(0, 1) }));
    const presences = [pages, older].map((all) => {
      const again = DriftWindows.load(MINUTE, COLUMNS, all);
      again.setReference(reference(), "sha-1");
      for (let i = 20; i < HOUR; i++) again.update(START + i, Float32Array.of(NaN, 0, 0, 0), true);
      return again.update(START + HOUR, Float32Array.of(0, 0, 0, 0), true)[0]!.features[0]!.presence;
    });
    expect(presences).toEqual(["vanished", null]);
  });
});

describe("a window in which a column is gone", () => {
  it("is drift that names it, though nothing else moved", () => {
    const verdict = hourWithout(calibrated({ datasetShare: 1 }), [0]);
    expect(verdict).toMatchObject({ verdict: "drift", alarmedBy: ["presence"], reason: null });
    expect(verdict.features[0]).toMatchObject({ presence: "vanished", drifted: true, wasserstein: null });
    expect(verdict.features[1]).toMatchObject({ presence: null, drifted: false });
    expect(verdict.driftedShare).toBeCloseTo(1 / 3, 12);
    expect(verdictWords(verdict)).toBe("Drift: 1 feature vanished (a).");
    expect(featureWords(verdict.features[0]!, 0.05)).toContain("vanished");
  });

  it("is drift where every column is gone, and without thresholds too", () => {
    const all = hourWithout(calibrated(), [0, 2, 3]);
    expect(all).toMatchObject({ verdict: "drift", driftedShare: 1 });
    // Scores that are missing are those of a new model, or failures, which have an alert of their own.
    expect(all.features.map(({ presence }) => presence)).toEqual(["vanished", "vanished", null]);
    const uncalibrated = calibrated({ thresholds: null, datasetShare: null, reason: "too few" });
    expect(hourWithout(uncalibrated, [2]).alarmedBy).toEqual(["presence"]);
  });

  it("stays as it was where it was gone in training windows too", () => {
    const verdict = hourWithout(missingInTraining(0.025, 1), [0]);
    expect(verdict).toMatchObject({ verdict: "ok", driftedShare: 0 });
    expect(verdict.features[0]).toMatchObject({ presence: null, drifted: null });
  });

  it("is drift where it was hardly ever gone in training, though a window of it was: manifests have the extreme", () => {
    expect(hourWithout(missingInTraining(0.0249, 1), [0]).features[0]!.presence).toBe("vanished");
    // The share is that of all symbols: one of many may never have had the column.
    const symbols = ["A", "B"].map((name) => ({ name, shifts: [], scales: [], windows: [] }));
    expect(hourWithout(missingInTraining(0.0249, 1, symbols), [0]).features[0]!.presence).toBeNull();
  });

  it("is drift where a column has values that training did not have", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    const { features, windows: usual } = reference();
    windows.setReference(
      { features: [features[0]!, driftFeature("b", numbers(NaN)), features[2]!], windows: usual },
      "x",
    );
    const verdict = hourWithout(windows, []);
    expect(verdict.features[1]).toMatchObject({ name: "b", presence: "appeared", drifted: true });
    expect(verdictWords(verdict)).toBe("Drift: 1 feature appeared (b).");
  });
});
