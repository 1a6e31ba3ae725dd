import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { driftFeature, type DriftReference } from "../../src/drift/drift-reference.ts";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { numbers, sample, uniform } from "./samples.ts";

const MINUTE = 60_000;
const HOUR = 60;
const COLUMNS = ["a", "unused", "b", "probability"];
/** Of minute bars: an hour that begins one. */
const START = 24 * HOUR * 20_000;

function bell(seed: number): () => number {
  const next = uniform(seed);
  return () => next() + next() + next() + next() - 2;
}

/** A reference of two features and the score, trained on a bell of deviation 0.577. */
function reference(change: Partial<DriftReference["windows"][number]> = {}, stepMs = MINUTE): DriftReference {
  const next = bell(1);
  return {
    features: ["a", "b", "probability"].map((name) => driftFeature(name, sample(5000, next))),
    windows: driftWindowPlan(stepMs).map(({ name, steps, every, minRows }) => ({
      ...{ name, steps, every, minRows, nullWindows: 200, alpha: 0.05 },
      ...{ thresholds: [0.4, 0.4, 0.4], datasetShare: 1 / 3, datasetRatio: null },
      ...change,
    })),
  };
}

interface Feed {
  readonly from?: number;
  readonly steps: number;
  readonly shift?: { readonly a?: number; readonly b?: number; readonly probability?: number };
  readonly seed?: number;
  readonly counts?: boolean;
}

function feed(windows: DriftWindows, { from = START, steps, shift = {}, seed = 2, counts = true }: Feed) {
  const next = bell(seed);
  return Array.from({ length: steps }, (_, i) => {
    const row = Float32Array.of(
      next() + (shift.a ?? 0),
      NaN,
      next() + (shift.b ?? 0),
      next() + (shift.probability ?? 0),
    );
    return windows.update(from + i, row, counts);
  }).flat();
}

function calibrated(change?: Partial<DriftReference["windows"][number]>): DriftWindows {
  const windows = new DriftWindows(MINUTE, COLUMNS);
  windows.setReference(reference(change), "sha-1");
  return windows;
}

describe("the plan of windows", () => {
  it("keeps about 180 rows of an hour and 720 of a day, or all when there are fewer", () => {
    const plan = (stepMs: number) =>
      driftWindowPlan(stepMs).map(({ steps, every, minRows }) => [steps, every, minRows]);
    expect(plan(1000)).toEqual([
      [3600, 20, 90],
      [86_400, 120, 360],
    ]);
    expect(plan(MINUTE)).toEqual([
      [60, 1, 30],
      [1440, 2, 360],
    ]);
    expect(plan(7_200_000)).toEqual([
      [1, 1, 1],
      [12, 1, 6],
    ]);
  });

  it("refuses a step that is no positive whole number", () => {
    for (const stepMs of [0, -1, 1.5, NaN]) expect(() => driftWindowPlan(stepMs)).toThrow(/^stepMs: got/);
    expect(() => new DriftWindows(1000, ["probability", "a"])).toThrow(/expected "probability" as the last/);
  });
});

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

  it("tells a missing feature and does not count it", () => {
    const windows = calibrated();
    const next = bell(4);
    for (let i = 0; i < HOUR; i++) {
      windows.update(START + i, Float32Array.of(NaN, NaN, i < 20 ? next() + 9 : NaN, next() + 9), true);
    }
    const [verdict] = feed(windows, { from: START + HOUR, steps: 1 });
    const [a, b, probability] = verdict!.features;
    expect(a).toMatchObject({ wasserstein: null, drifted: null, missingShare: 1, referenceMissingShare: 0 });
    expect(b).toMatchObject({ wasserstein: expect.any(Number), drifted: null, missingShare: 40 / 60 });
    expect(probability).toMatchObject({ drifted: true, missingShare: 0 });
    expect(verdict).toMatchObject({ verdict: "drift", driftedShare: 1 });
  });

  it("tells a feature without training values, and one that the row does not have", () => {
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
    expect(b).toMatchObject({ wasserstein: null, drifted: null, missingShare: 0, referenceMissingShare: 1 });
    expect(probability).toMatchObject({ drifted: false });
  });

  it("shows distances without a yes or no where nothing was calibrated", () => {
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

describe("windows in time", () => {
  it("are aligned to the epoch, and keep the rows of each 20th second whatever the first one was", () => {
    const windows = new DriftWindows(1000, COLUMNS);
    windows.setReference(reference({}, 1000), "sha-1");
    const first = Math.floor(Date.UTC(2026, 0, 1, 10, 29, 7) / 1000);
    feed(windows, { from: first, steps: 3600 });
    // 10:29:20 to 10:59:40.
    expect(windows.latest("1h")).toMatchObject({ rows: 92, toMs: Date.UTC(2026, 0, 1, 11), verdict: "ok" });
  });

  it("that nobody saw leave no verdict", () => {
    const windows = calibrated();
    feed(windows, { steps: 45 });
    feed(windows, { from: START + 100 * HOUR + 5, steps: 40 });
    expect(windows.history.map(({ window, toMs }) => [window, toMs / MINUTE - START])).toEqual([
      ["1h", HOUR],
      ["24h", 24 * HOUR],
    ]);
    expect(windows.latest("24h")).toMatchObject({ verdict: "too_few_rows", rows: 23 });
  });

  it("ignore a step that came before", () => {
    const windows = calibrated();
    feed(windows, { steps: 40 });
    expect(feed(windows, { from: START - 500, steps: 540 })).toEqual([]);
    feed(windows, { from: START + HOUR, steps: 1 });
    expect(windows.latest("1h")).toMatchObject({ rows: 40 });
  });

  it("keep a week of history: 168 hours and 7 days", () => {
    const windows = calibrated({ datasetRatio: 2 });
    feed(windows, { steps: 8 * 24 * HOUR + 1 });
    expect(windows.history).toHaveLength(175);
    expect(windows.history.filter(({ window }) => window === "24h")).toHaveLength(7);
    const { toMs, driftedShare, datasetThreshold, largestRatio, datasetRatioThreshold, verdict } =
      windows.latest("24h")!;
    const limits = { threshold: datasetThreshold, ratioThreshold: datasetRatioThreshold };
    expect(windows.history.at(-1)).toEqual({ window: "24h", toMs, driftedShare, largestRatio, ...limits, verdict });
  });
});

describe("another champion", () => {
  it("keeps the rows and forgets the other model's scores", () => {
    const windows = calibrated();
    feed(windows, { steps: 20, shift: { probability: 50 } });
    windows.setReference(reference(), "sha-2");
    feed(windows, { from: START + 20, steps: 41 });
    const { rows, modelSha, features } = windows.latest("1h")!;
    expect([rows, modelSha]).toEqual([60, "sha-2"]);
    expect(features[0]!.missingShare).toBe(0);
    expect(features[2]).toMatchObject({ name: "probability", missingShare: 20 / 60, drifted: false });
  });

  it("is only another one when its hash is", () => {
    const windows = calibrated();
    feed(windows, { steps: 20 });
    windows.setReference(reference(), "sha-1");
    feed(windows, { from: START + 20, steps: 41 });
    expect(windows.latest("1h")!.features[2]!.missingShare).toBe(0);
  });
});

/** Pages as a store keeps them. */
function stored(windows: DriftWindows, into = new Map<string, ArrayBuffer>()): Map<string, ArrayBuffer> {
  for (const { id, bytes } of windows.dirtyPages()) into.set(id, bytes);
  return into;
}

function everything(windows: DriftWindows): unknown {
  return [windows.latest("1h"), windows.latest("24h"), windows.history];
}

describe("after a restart", () => {
  it("goes on as if it had never stopped, wherever it was saved and stopped", () => {
    const steps = 30 * HOUR;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: steps }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: steps }),
        fc.integer({ min: 1, max: 1000 }),
        (saves, swapAt, seed) => {
          const next = bell(seed);
          const rows = Array.from({ length: steps }, () => Float32Array.of(next(), NaN, next() + 0.2, next()));
          const run = (restarts: ReadonlySet<number>): unknown => {
            let windows = calibrated();
            const pages = new Map<string, ArrayBuffer>();
            for (const [i, row] of rows.entries()) {
              if (restarts.has(i)) {
                windows = DriftWindows.load(MINUTE, COLUMNS, stored(windows, pages));
                windows.setReference(reference(), i > swapAt ? "sha-2" : "sha-1");
              }
              if (i === swapAt) windows.setReference(reference(), "sha-2");
              windows.update(START + i, row, i % 11 !== 0);
            }
            expect(windows.damagedPages).toBe(0);
            return everything(windows);
          };
          expect(run(new Set(saves))).toEqual(run(new Set()));
        },
      ),
      { numRuns: 12, seed: 4 },
    );
  });

  it("writes little, and nothing when nothing came", () => {
    const windows = new DriftWindows(
      1000,
      Array.from({ length: 41 }, (_, k) => (k === 40 ? "probability" : `f${k}`)),
    );
    const row = new Float32Array(41);
    const from = 3600 * 500_000;
    for (let i = 0; i < 3600; i++) windows.update(from + i, row, true);
    stored(windows);
    expect(windows.dirtyPages()).toEqual([]);
    for (let i = 3600; i < 4200; i++) windows.update(from + i, row, true);
    const pages = windows.dirtyPages();
    expect(pages.map(({ id }) => id).sort()).toEqual(["history", "rows-1h-0", "rows-24h-9", "verdict-1h", "windows"]);
    expect(pages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)).toBeLessThan(25_000);
  });

  it("writes the history of a week only when a window has closed: 10 kB, and the page of the windows stays below 300 B", () => {
    const windows = calibrated({ datasetRatio: 2 });
    feed(windows, { steps: 8 * 24 * HOUR + 1 });
    const closing = new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes.byteLength]));
    expect(closing.get("history")).toBeGreaterThan(175 * 56);
    expect(closing.get("history")).toBeLessThan(10_000);
    feed(windows, { from: START + 8 * 24 * HOUR + 1, steps: 20 });
    const open = windows.dirtyPages();
    expect(open.map(({ id }) => id).sort()).toEqual(["rows-1h-0", "rows-1h-1", "rows-24h-0", "windows"]);
    expect(open.find(({ id }) => id === "windows")!.bytes.byteLength).toBeLessThan(300);
  });

  it("uses the same ids again, so that the store does not grow", () => {
    const windows = calibrated();
    const ids = new Set<string>();
    for (let day = 0; day < 4; day++) {
      for (let hour = 0; hour < 24; hour++) {
        feed(windows, { from: START + (24 * day + hour) * HOUR, steps: HOUR });
        for (const { id } of windows.dirtyPages()) ids.add(id);
      }
    }
    expect(ids.size).toBe(4 + 24 + 2 + 1 + 1);
  });

  it("loses only the rows of a damaged or missing page, and counts the damaged", () => {
    const windows = calibrated();
    feed(windows, { steps: 50 });
    const pages = stored(windows);
    new Uint8Array(pages.get("rows-1h-1")!)[200]! ^= 1;
    pages.delete("rows-1h-2");
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect(loaded.damagedPages).toBe(1);
    feed(loaded, { from: START + 50, steps: 11 });
    expect(loaded.latest("1h")!.rows).toBe(60 - 15 - 15);
  });

  it("loses only the history when its page is damaged", () => {
    const windows = calibrated();
    feed(windows, { steps: 3 * HOUR + 10 });
    const pages = stored(windows);
    new Uint8Array(pages.get("history")!)[60]! ^= 1;
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect([loaded.damagedPages, loaded.history]).toEqual([1, []]);
    expect(loaded.latest("1h")).toEqual(windows.latest("1h"));
    feed(loaded, { from: START + 3 * HOUR + 10, steps: 51 });
    expect(loaded.history.map(({ toMs }) => toMs)).toEqual([(START + 4 * HOUR) * MINUTE]);
  });

  it("keeps the rows when only the page about the windows is damaged, but no scores of an unknown model", () => {
    const windows = calibrated();
    feed(windows, { steps: 2 * HOUR + 30 });
    const pages = stored(windows);
    pages.set("windows", new ArrayBuffer(40));
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect(loaded.damagedPages).toBe(1);
    expect(loaded.latest("1h")).toEqual(windows.latest("1h"));
    feed(loaded, { from: START + 2 * HOUR + 30, steps: 31 });
    expect(loaded.latest("1h")).toMatchObject({ rows: 60, toMs: (START + 3 * HOUR) * MINUTE });
    expect(loaded.latest("1h")!.features[2]!.missingShare).toBe(0.5);
  });

  it("never throws, whatever a page holds", () => {
    const windows = calibrated();
    feed(windows, { steps: 26 * HOUR });
    const pages = stored(windows);
    fc.assert(
      fc.property(fc.constantFrom(...pages.keys()), fc.uint8Array({ maxLength: 64 }), fc.nat(), (id, noise, at) => {
        const broken = new Map(pages);
        const bytes = new Uint8Array(pages.get(id)!.slice(0));
        bytes.set(noise.subarray(0, bytes.length), at % Math.max(1, bytes.length - noise.length));
        broken.set(id, at % 5 === 0 ? noise.slice().buffer : bytes.buffer);
        const loaded = DriftWindows.load(MINUTE, COLUMNS, broken);
        expect(loaded.damagedPages).toBeLessThanOrEqual(1);
        loaded.setReference(reference(), "sha-1");
        feed(loaded, { from: START + 26 * HOUR, steps: HOUR });
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it("does not take the rows of other columns or of another step", () => {
    const windows = calibrated();
    feed(windows, { steps: HOUR + 50 });
    const pages = stored(windows);
    for (const loaded of [
      DriftWindows.load(MINUTE, ["a", "b", "unused", "probability"], pages),
      DriftWindows.load(30_000, COLUMNS, pages),
    ]) {
      expect(loaded.damagedPages).toBe(0);
      expect(feed(loaded, { from: START + 2 * HOUR, steps: 1 })).toEqual([]);
      expect([loaded.history, loaded.latest("1h")]).toEqual([[], null]);
    }
  });
});
