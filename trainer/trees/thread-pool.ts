// Several cores for one synchronous caller: the main thread and its workers take the parts of a job from a shared
// counter, and the caller goes on when the last part is done.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { runTask } from "./tasks.ts";
import type { FitPlan, Workspace } from "./workspace.ts";

/** Words of the shared control block. */
export const GENERATION = 0;
/** Generation · 4096 + next part: a thread that is late for a job cannot take a part of the next one. */
export const NEXT = 1;
export const DONE = 2;
export const COUNT = 3;
export const JOB = 4;
export const PLANS = 5;
export const STOPPED = 6;
export const FAILED = 7;
export const CONTROL_WORDS = 8;
export const PART_BITS = 12;
const CLOSED = (1 << PART_BITS) - 1;
const GENERATIONS = 1 << (31 - PART_BITS);
const SPINS = 4000;
const STALL_MS = 120_000;

/** What a worker is started with. */
export interface WorkerStart {
  readonly control: Int32Array;
  readonly port: MessagePort;
}

/**
 * `threads` − 1 workers beside the calling thread; 1 starts none. Workers take part as soon as they run; the caller
 * does not wait for them to start. `close` ends them; until then they do not keep the process alive.
 */
export class ThreadPool {
  private readonly control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  private readonly ports: MessagePort[] = [];
  private workspace: Workspace | undefined;

  /** @throws RangeError unless `threads` is a whole number from 1 to 64. */
  constructor(threads: number) {
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
      throw new RangeError(`threads: got ${threads}, expected a whole number 1 … 64`);
    }
    for (let k = 1; k < threads; k++) {
      const { port1, port2 } = new MessageChannel();
      const workerData: WorkerStart = { control: this.control, port: port2 };
      const worker = new Worker(new URL("./tree-worker.ts", import.meta.url), {
        workerData,
        transferList: [port2],
        execArgv: [],
      });
      worker.unref();
      port1.unref();
      this.ports.push(port1);
    }
  }

  /** The jobs that follow work on this workspace. */
  use(workspace: Workspace): void {
    this.workspace = workspace;
    const plan: FitPlan = workspace.plan;
    for (const port of this.ports) port.postMessage(plan);
    Atomics.add(this.control, PLANS, 1);
  }

  /**
   * Does parts 0 … `count` − 1 of a job and returns when all are done. What the job reads must be written before the
   * call. Throws what a part throws; a worker's error is rethrown with its message.
   */
  run(job: number, count: number): void {
    const { control, workspace } = this;
    if (workspace === undefined) throw new Error("run: no workspace is set; call use first");
    if (this.ports.length === 0 || count === 1) {
      for (let part = 0; part < count; part++) runTask(workspace, job, part);
      return;
    }
    if (count > CLOSED) throw new RangeError(`count: got ${count}, expected at most ${CLOSED}`);
    const generation = (control[GENERATION]! + 1) % GENERATIONS;
    // Closed before the rest is written: a late worker must not compare the last job's counter with this job's count.
    Atomics.store(control, NEXT, (generation << PART_BITS) | CLOSED);
    Atomics.store(control, JOB, job);
    Atomics.store(control, COUNT, count);
    Atomics.store(control, DONE, 0);
    Atomics.store(control, NEXT, generation << PART_BITS);
    Atomics.store(control, GENERATION, generation);
    Atomics.notify(control, GENERATION);
    takeParts(control, generation, count, (part) => runTask(workspace, job, part));
    this.finish(count);
  }

  /** Ends the workers. */
  close(): void {
    Atomics.store(this.control, STOPPED, 1);
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
    for (const port of this.ports) port.close();
  }

  private finish(count: number): void {
    const { control } = this;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, DONE) === count) break;
    for (;;) {
      const done = Atomics.load(control, DONE);
      if (done === count) break;
      if (Atomics.wait(control, DONE, done, STALL_MS) === "timed-out") throw new Error("a worker thread has stopped");
    }
    if (Atomics.load(control, FAILED) === 0) return;
    const messages = this.ports.map((port) => receiveMessageOnPort(port)?.message as unknown);
    throw new Error(`a worker thread failed: ${messages.filter((message) => message !== undefined).join("; ")}`);
  }
}

/** Takes parts of the job of a generation until none is left. */
export function takeParts(control: Int32Array, generation: number, count: number, work: (part: number) => void): void {
  for (;;) {
    const next = Atomics.load(control, NEXT);
    const part = next & CLOSED;
    if (next >> PART_BITS !== generation || part >= count) return;
    if (Atomics.compareExchange(control, NEXT, next, next + 1) !== next) continue;
    work(part);
    if (Atomics.add(control, DONE, 1) === count - 1) Atomics.notify(control, DONE);
  }
}
