// The Worker's bundle, as `wrangler deploy` makes it.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { atExit } from "../command-line/at-exit.ts";
import { ROOT } from "./wrangler-dev.ts";

/**
 * Bundles the Worker into `outDir` as `wrangler deploy` would, without deploying.
 * @param checkout folder of the gateway's code; its packages must be installed.
 */
export async function bundleWorker(outDir: string, checkout: string = ROOT): Promise<void> {
  const wrangler = join(checkout, "node_modules", "wrangler", "bin", "wrangler.js");
  // A process group of its own, so that its children are killed with it.
  const child = spawn(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", outDir], {
    cwd: checkout,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const forget = atExit(() => killGroup(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((done, failed) => child.once("close", done).once("error", failed));
  forget();
  if (code !== 0) throw new Error(`wrangler deploy --dry-run: exited with code ${code}:\n${output.slice(-5_000)}`);
}

function killGroup({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, "SIGKILL");
}
