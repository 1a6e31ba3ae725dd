// A real MLflow server for a test: its own port on loopback, its own folder, ended by the id of the process.
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../local-gateway/free-port.ts";
import { ChildProgram } from "../../processes/child-program.ts";

export interface MlflowServer {
  readonly uri: string;
  stop(): Promise<void>;
}

/** No telemetry, and none of the job runners that make its start five times as long. */
const QUIET = { MLFLOW_DISABLE_TELEMETRY: "true", DO_NOT_TRACK: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };
const START_TIMEOUT_MS = 90_000;
/** A test that is stuck must not leave it behind. */
const LIFE_MS = 600_000;

/** Starts `mlflow server` of that Python, with SQLite and artifacts in `folder`. */
export async function startMlflowServer(python: string, folder: string): Promise<MlflowServer> {
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const store = ["--backend-store-uri", `sqlite:///${folder}/mlflow.db`, "--artifacts-destination", folder];
  const listen = ["--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
  // Its own group: the server is a process that starts another.
  const child = new ChildProgram(python, ["-m", "mlflow", "server", ...store, ...listen], {
    cwd: folder,
    detached: true,
    env: QUIET,
    withinMs: LIFE_MS,
  });
  const stop = (): Promise<void> => end(child);
  try {
    await healthy(uri, child);
  } catch (error) {
    await stop();
    throw new Error(`mlflow server: ${String(error)}\n${child.output.slice(-2000)}`, { cause: error });
  }
  return { uri, stop };
}

async function healthy(uri: string, child: ChildProgram): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (!child.runs) throw new Error("ended by itself");
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error(`not healthy after ${START_TIMEOUT_MS} ms`);
}

async function end(child: ChildProgram): Promise<void> {
  // At once: its data are thrown away, and a gentle end waits for connections that fetch keeps open.
  if (child.runs) process.kill(-child.pid, "SIGKILL");
  await child.ended;
}
