import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { binRows } from "../../../trainer/trees/binning.ts";
import { CHILD, GRADIENTS, NODES, SAMPLED } from "../../../trainer/trees/tasks.ts";
import { takeParts, CONTROL_WORDS, NEXT, DONE, PART_BITS, ThreadPool } from "../../../trainer/trees/thread-pool.ts";
import { fitPlan, Workspace } from "../../../trainer/trees/workspace.ts";
import { randomProblem } from "./tree-problems.ts";
import { runSuccessfully } from "../../processes/child-program.ts";

const rules = { l2: 0, minChildRows: 1, minChildWeight: 0, minGain: 0 };

describe("a thread pool", () => {
  it("does every part of every job once, also for jobs in quick succession", () => {
    const binned = binRows(randomProblem(40_000, 2), 16);
    const workspace = new Workspace(
      fitPlan(binned, { slots: 1, leaves: 1, loss: "squared", rules, monotone: undefined }),
    );
    workspace.weights.fill(1);
    workspace.rows.set(workspace.rows.map((_, i) => i));
    workspace.job.set([0, 1, 1, 40]);
    workspace.job[SAMPLED] = 40_000;
    const pool = new ThreadPool(3);
    pool.use(workspace);
    for (let job = 1; job <= 300; job++) {
      workspace.scores.fill(job);
      pool.run(GRADIENTS, 3);
      expect([0, 16_383, 16_384, 39_999].map((i) => workspace.pairs[4 * i])).toEqual([job, job, job, job]);
    }
    pool.close();
  });

  it("throws the error of a part to the caller", () => {
    const binned = binRows(randomProblem(10, 2), 16);
    const workspace = new Workspace(
      fitPlan(binned, { slots: 1, leaves: 1, loss: "squared", rules, monotone: undefined }),
    );
    const pool = new ThreadPool(1);
    expect(() => pool.run(NODES, 1)).toThrow("run: no workspace is set; call use first");
    pool.use({ ...workspace, columnsInUse: undefined as unknown as Uint8Array });
    expect(() => pool.run(NODES, 1)).toThrow(TypeError);
    pool.close();
  });

  it("throws the error of a worker to the caller", () => {
    const binned = binRows(randomProblem(5000, 40), 255);
    const workspace = new Workspace(
      fitPlan(binned, { slots: 1, leaves: 1, loss: "squared", rules, monotone: undefined }),
    );
    workspace.columnsInUse.fill(1);
    workspace.job.set([0, 1, 1, 40, 0, 5000, -1]);
    workspace.job.set([0, 1, 0, 1, 5000, -Infinity, Infinity], CHILD);
    const { plan } = workspace;
    let asked = 0;
    const broken = { ...plan, binCounts: null };
    const workersDiffer = Object.create(workspace, {
      plan: { get: () => (asked++ === 0 ? broken : plan) },
    }) as Workspace;
    const pool = new ThreadPool(2);
    pool.use(workersDiffer);
    const untilMs = performance.now() + 30_000;
    expect(() => {
      while (performance.now() < untilMs) pool.run(NODES, 10);
    }).toThrow(/^a worker thread failed: TypeError: /);
    pool.close();
  });

  it.each([0, 1.5, 65, NaN])("refuses %d threads", (threads) => {
    expect(() => new ThreadPool(threads)).toThrow(/^threads: got .*, expected a whole number 1 … 64$/);
  });

  it("hands out the parts of the generation asked for only", () => {
    const control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
    const taken: number[] = [];
    control[NEXT] = 7 << PART_BITS;
    takeParts(control, 6, 3, (part) => taken.push(part));
    expect(taken).toEqual([]);
    takeParts(control, 7, 3, (part) => taken.push(part));
    expect([taken, control[DONE]]).toEqual([[0, 1, 2], 3]);
  });

  it("lets the process end by itself, closed or not", async () => {
    const file = resolve(import.meta.dirname, "../../../trainer/trees/thread-pool.ts");
    const program = `import { ThreadPool } from ${JSON.stringify(file)}; new ThreadPool(2); new ThreadPool(2).close();`;
    await runSuccessfully(process.execPath, ["--input-type=module", "--eval", program], { withinMs: 20_000 });
  });
});
