import { afterAll, describe, expect, it } from "vitest";
import { labelLift, type LiftProblem } from "../../../trainer/evaluate/leaks/label-lift.ts";
import { LiftPool } from "../../../trainer/evaluate/leaks/lift-pool.ts";
import { allRows, purgedSplit } from "../../../trainer/folds/split.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { volatileTicks } from "../volatile-ticks.ts";

const whole = buildDataset(volatileTicks(6000));
const data = { ...whole, rows: whole.rows.from(500) };
const rows = allRows(data);
const problem: LiftProblem = {
  data,
  row: "default-1",
  seed: 1,
  imbalance: { spikeWeight: 1, calmShare: 1 },
  families: ["persistence", "logistic"],
  policy: { calibration: "auto", goal: { kind: "f1" } },
  minEpisodes: 1,
  split: purgedSplit(data, rows, data.rows.tsMs[rows[Math.floor(rows.length / 2)]!]!),
};
const shifted = (by: number): Uint8Array => data.rows.label.map((_, k, all) => all[(k + by) % all.length]!);

describe("lifts on several threads", () => {
  const pool = new LiftPool(problem, 2);
  afterAll(() => pool.close());

  it("are those of one thread, bit for bit, each with its own labels", async () => {
    const series = [0, 700, 1900].map(shifted);
    const lifts = await Promise.all(series.map((label) => pool.lift(label)));
    expect(lifts).toEqual(series.map((label) => labelLift(problem, label)));
    expect(new Set(lifts).size).toBe(3);
  });

  it("are NaN where a side lacks an outcome", async () => {
    expect(await pool.lift(new Uint8Array(data.rows.count))).toBeNaN();
  });

  it("reject with what a thread threw, and so do those that waited for it", async () => {
    const broken = new LiftPool({ ...problem, families: [] }, 2);
    const asked = [0, 1, 2].map((by) => broken.lift(shifted(by)));
    for (const { status } of await Promise.allSettled(asked)) expect(status).toBe("rejected");
    await broken.close();
  });

  it("reject when a thread ends without an answer, by itself or because the pool is closed", async () => {
    const workerThat = (action: string) =>
      new URL(
        `data:text/javascript,import { parentPort } from "node:worker_threads";parentPort.on("message", ${action})`,
      );
    const ending = new LiftPool(problem, 2, workerThat("() => process.exit(3)"));
    for (const outcome of await Promise.allSettled([0, 1, 2].map((by) => ending.lift(shifted(by))))) {
      const reason = new Error("a thread ended with code 3 and without an answer");
      expect(outcome).toEqual({ status: "rejected", reason });
    }
    const silent = new LiftPool(problem, 2, workerThat("() => undefined"));
    const asked = Promise.allSettled([0, 1, 2].map((by) => silent.lift(shifted(by))));
    await silent.close();
    for (const { status } of await asked) expect(status).toBe("rejected");
  });
});

describe("lifts on one thread", () => {
  it("are computed one a turn of the event loop, so that progress is shown between them", async () => {
    const pool = new LiftPool(problem, 1);
    let turn = 0;
    let next = setImmediate(function count() {
      turn += 1;
      next = setImmediate(count);
    });
    const series = [0, 700, 1900].map(shifted);
    const answers = await Promise.all(series.map(async (label) => [await pool.lift(label), turn] as const));
    clearImmediate(next);
    expect(answers.map(([lift]) => lift)).toEqual(series.map((label) => labelLift(problem, label)));
    const turns = answers.map(([, at]) => at);
    expect(turns).toEqual([...new Set(turns)].sort((a, b) => a - b));
  });

  it("reject with what the pipeline threw, and so do those behind it", async () => {
    const broken = new LiftPool({ ...problem, families: [] }, 1);
    const asked = [0, 1].map((by) => broken.lift(shifted(by)));
    for (const { status } of await Promise.allSettled(asked)) expect(status).toBe("rejected");
    await broken.close();
  });
});

describe("rows from a place on", () => {
  it("are the same rows", () => {
    expect(data.rows.count).toBe(whole.rows.count - 500);
    for (const column of ["tsMs", "step", "segment", "symbol", "tau", "ratio", "label"] as const) {
      expect(data.rows[column]).toEqual(whole.rows[column].slice(500, whole.rows.count));
    }
    for (const name of data.rows.names) {
      const width = data.rows.values[name].length / data.rows.count;
      expect(data.rows.values[name]).toEqual(whole.rows.values[name].slice(500 * width));
    }
  });
});
