// A worker of the thread pool: waits for jobs without an event loop, and takes parts of them until it is stopped.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { runTask } from "./tasks.ts";
import { COUNT, FAILED, GENERATION, JOB, PLANS, STOPPED, takeParts, type WorkerStart } from "./thread-pool.ts";
import { type FitPlan, Workspace } from "./workspace.ts";

/** About as long as the main thread needs between two jobs: sleeping and waking would cost more. */
const SPINS = 4000;

const { control, port } = workerData as WorkerStart;
let plans = 0;
let workspace: Workspace | undefined;
let generation = 0;
while (Atomics.load(control, STOPPED) === 0) {
  generation = nextGeneration(generation);
  if (Atomics.load(control, STOPPED) === 1) break;
  const current = currentWorkspace();
  const job = Atomics.load(control, JOB);
  takeParts(control, generation, Atomics.load(control, COUNT), (part) => {
    try {
      runTask(current!, job, part);
    } catch (error) {
      port.postMessage(String(error));
      Atomics.store(control, FAILED, 1);
    }
  });
}
port.close();

function nextGeneration(last: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const now = Atomics.load(control, GENERATION);
    if (now !== last) return now;
  }
  Atomics.wait(control, GENERATION, last);
  return Atomics.load(control, GENERATION);
}

/** The workspace of the last plan sent; the ones before it are skipped. */
function currentWorkspace(): Workspace | undefined {
  let plan: FitPlan | undefined;
  while (plans < Atomics.load(control, PLANS)) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) break;
    plan = received.message as FitPlan;
    plans++;
  }
  if (plan !== undefined) workspace = new Workspace(plan);
  return workspace;
}
