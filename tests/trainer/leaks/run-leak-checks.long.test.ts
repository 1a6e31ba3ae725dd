import { describe, expect, it } from "vitest";
import { har } from "../../../trainer/candidates/har.ts";
import { persistence } from "../../../trainer/candidates/persistence.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { type LeakPlan, runLeakChecks } from "../../../trainer/evaluate/leaks/run-leak-checks.ts";
import { walkForward } from "../../../trainer/folds/walk-forward.ts";
import { volatileTicks } from "../volatile-ticks.ts";

const ticks = volatileTicks(22_000);
const data = buildDataset(ticks);
const plan = (changed: Partial<LeakPlan> = {}): LeakPlan => ({
  context: { data, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } },
  families: {
    candidates: [persistence, har],
    blend: false,
    policy: { calibration: "platt", goal: { kind: "f1" } },
    minEpisodes: 1,
  },
  splits: walkForward(data, { testAt: { share: 0.4 }, folds: { count: 2 } }),
  rebuild: (untilMs) => Promise.resolve(buildDataset(ticks.filter(({ tsMs }) => tsMs < untilMs))),
  shifts: 20,
  ...changed,
});
const outcomes = async (changed: Partial<LeakPlan> = {}) =>
  Object.fromEntries((await runLeakChecks(plan(changed))).map(({ name, outcome }) => [name, outcome]));

describe("the leak checks of a run", () => {
  it("pass where nothing leaks", async () => {
    const found = await outcomes();
    expect(found).toEqual({
      structure: "passed",
      causality: "passed",
      "time-neighbours": "passed",
      "label-shift": "passed",
    });
  });
});
