import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { COLUMNS, HOUR, MINUTE, START, calibrated, feed, reference } from "./fed-windows.ts";

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

describe("windows in time", () => {
  it("are aligned to the epoch, and keep the rows of each 20th second whatever the first one was", () => {
    const windows = new DriftWindows(1000, COLUMNS);
    windows.setReference(reference({}, 1000), "sha-1");
    const first = Math.floor(Date.UTC(2026, 0, 1, 10, 29, 7) / 1000);
    feed(windows, { from: first, steps: 3600 });
    // 10:29:20 to 10:59:40.
    expect(windows.latest("1h")).toMatchObject({ rows: 92, toMs: Date.UTC(2026, 0, 1, 11), verdict: "ok" });
  });

  it("without rows leave no verdict", () => {
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
  it("keeps the rows and drops the other model's scores", () => {
    const windows = calibrated();
    feed(windows, { steps: 20, shift: { probability: 50 } });
    windows.setReference(reference(), "sha-2");
    feed(windows, { from: START + 20, steps: 41 });
    const { rows, modelSha, features } = windows.latest("1h")!;
    expect([rows, modelSha]).toEqual([60, "sha-2"]);
    expect(features[0]!.missingShare).toBe(0);
    expect(features[2]).toMatchObject({ name: "probability", missingShare: 20 / 60, drifted: false });
  });

  it("differs only when its hash differs", () => {
    const windows = calibrated();
    feed(windows, { steps: 20 });
    windows.setReference(reference(), "sha-1");
    feed(windows, { from: START + 20, steps: 41 });
    expect(windows.latest("1h")!.features[2]!.missingShare).toBe(0);
  });
});
