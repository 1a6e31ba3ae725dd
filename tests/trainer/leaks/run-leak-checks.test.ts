import { describe, expect, it } from "vitest";
import { har } from "../../../trainer/candidates/har.ts";
import { persistence } from "../../../trainer/candidates/persistence.ts";
import { buildDataset, type Dataset } from "../../../trainer/rows/dataset.ts";
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
  it("fail on a dataset whose rows change with what comes later", async () => {
    const peeking = (untilMs: number): Dataset => {
      const part = buildDataset(ticks.filter(({ tsMs }) => tsMs < untilMs));
      part.rows.tau[5]! *= 1.0000001;
      return part;
    };
    const found = await outcomes({ rebuild: (untilMs) => Promise.resolve(peeking(untilMs)), shifts: 0 });
    expect(found).toMatchObject({ causality: "failed", structure: "passed", "label-shift": "left_out" });
  });

  it("fail on a split of rows drawn at random", async () => {
    const order = [...Array(data.rows.count).keys()];
    const test = Int32Array.from(order.filter((k) => (k * 7919) % 5 === 0));
    const train = Int32Array.from(order.filter((k) => (k * 7919) % 5 !== 0));
    const found = await outcomes({ splits: [{ train, test, purged: 0, testFromMs: 0 }], shifts: 0 });
    expect(found).toMatchObject({ structure: "failed", "time-neighbours": "failed" });
  });

  it("do not claim a lift where the test rows hold too few episodes", async () => {
    const little = volatileTicks(9000);
    const few = buildDataset(little);
    const found = await outcomes({
      context: { data: few, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } },
      splits: walkForward(few, { testAt: { share: 0.4 }, folds: { count: 1 } }),
      rebuild: (untilMs) => Promise.resolve(buildDataset(little.filter(({ tsMs }) => tsMs < untilMs))),
    });
    expect(found["label-shift"]).toBe("not_possible");
  });
});
