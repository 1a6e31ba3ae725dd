// The lifts of many label series, one series on each core at a time: they have nothing to do with each other.
import { Worker } from "node:worker_threads";
import { labelLift, type LiftProblem } from "./label-lift.ts";

interface Waiting {
  readonly label: Uint8Array;
  readonly resolve: (lift: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads start with the first series; `close` ends them. One thread computes in the caller's. */
export class LiftPool {
  private readonly problem: LiftProblem;
  private readonly threads: number;
  private readonly workers = new Map<Worker, Waiting | undefined>();
  private readonly queue: Waiting[] = [];

  constructor(problem: LiftProblem, threads: number) {
    this.problem = problem;
    this.threads = threads;
  }

  /** As `labelLift`. Rejects with what the thread threw. */
  lift(label: Uint8Array): Promise<number> {
    if (this.threads === 1) return Promise.resolve(labelLift(this.problem, label));
    return new Promise((resolve, reject) => {
      this.queue.push({ label, resolve, reject });
      if (this.workers.size < this.threads) this.start();
      this.next();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers.keys()].map((worker) => worker.terminate()));
  }

  private start(): void {
    const url = new URL("./lift-worker.ts", import.meta.url);
    const worker = new Worker(url, { workerData: this.problem, execArgv: [] });
    this.workers.set(worker, undefined);
    worker.on("message", (lift: number) => {
      this.workers.get(worker)?.resolve(lift);
      this.workers.set(worker, undefined);
      this.next();
    });
    worker.on("error", (error) => {
      for (const { reject } of [...this.queue.splice(0), this.workers.get(worker)].filter((one) => one !== undefined)) {
        reject(error);
      }
      this.workers.delete(worker);
    });
  }

  private next(): void {
    for (const [worker, busy] of this.workers) {
      if (busy !== undefined) continue;
      const waiting = this.queue.shift();
      if (waiting === undefined) return;
      this.workers.set(worker, waiting);
      worker.postMessage(waiting.label);
    }
  }
}
