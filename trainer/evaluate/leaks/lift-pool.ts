// The lifts of many label series, one series on each core at a time: they have nothing to do with each other.
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { labelLift, type LiftProblem } from "./label-lift.ts";

interface Waiting {
  readonly label: Uint8Array;
  readonly resolve: (lift: number) => void;
  readonly reject: (error: unknown) => void;
}

const WORKER = new URL("./lift-worker.ts", import.meta.url);

/**
 * Threads start with the first series; `close` ends them. One thread computes in the caller's, one series a turn of the
 * event loop, so that progress can be shown between them.
 */
export class LiftPool {
  private readonly problem: LiftProblem;
  private readonly threads: number;
  private readonly workers = new Map<Worker, Waiting | undefined>();
  private readonly queue: Waiting[] = [];
  private readonly worker: URL;
  /** With one thread: the series that was asked for last. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param worker the module that answers series. */
  constructor(problem: LiftProblem, threads: number, worker = WORKER) {
    this.problem = problem;
    this.threads = threads;
    this.worker = worker;
  }

  /**
   * As `labelLift`. Rejects with what the thread threw, as do the series that wait behind it, and with `Error` when the
   * thread ended without an answer.
   */
  lift(label: Uint8Array): Promise<number> {
    if (this.threads === 1) {
      const lift = this.last.then(() => nextTurn()).then(() => labelLift(this.problem, label));
      this.last = lift;
      return lift;
    }
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
    const worker = new Worker(this.worker, { workerData: this.problem, execArgv: [] });
    this.workers.set(worker, undefined);
    worker.on("message", (lift: number) => {
      this.workers.get(worker)?.resolve(lift);
      this.workers.set(worker, undefined);
      this.next();
    });
    worker.on("error", (error) => this.fail(worker, error));
    worker.on("messageerror", (error) => {
      this.fail(worker, error);
      void worker.terminate();
    });
    worker.on("exit", (code) => this.fail(worker, new Error(`a thread ended with code ${code} and without an answer`)));
  }

  /** Rejects what the thread was at, and all that waits; nothing where it is known to have ended. */
  private fail(worker: Worker, error: unknown): void {
    if (!this.workers.has(worker)) return;
    this.workers.get(worker)?.reject(error);
    for (const { reject } of this.queue.splice(0)) reject(error);
    this.workers.delete(worker);
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
