// A program under npm: what a supervisor does to npm must reach it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

const MODULE = join(import.meta.dirname, "..", "..", "command-line", "npm-parent.ts");
const PROGRAM = `
  import { stopWithNpm } from ${JSON.stringify(MODULE)};
  process.on("SIGTERM", () => { console.log("stopped"); process.exit(0); });
  stopWithNpm();
  console.log("pid " + process.pid);
  setTimeout(() => process.exit(0), 20_000);`;
/** Stands for npm: it starts the program and does not pass signals on. */
const NPM = `
  const { spawn } = require("node:child_process");
  spawn(process.execPath, ["--input-type=module", "--eval", ${JSON.stringify(PROGRAM)}], { stdio: "inherit" });`;

/** Starts both, kills the one that stands for npm, and returns what the program wrote within a second. */
async function killNpm(env: NodeJS.ProcessEnv): Promise<string> {
  const npm = spawn(process.execPath, ["-e", NPM], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  npm.stdout.on("data", (chunk) => (output += String(chunk)));
  await expect.poll(() => output, { timeout: 60_000 }).toContain("pid ");
  npm.kill("SIGTERM");
  await once(npm, "exit");
  await sleep(1_000);
  const [, pid] = /pid (\d+)/.exec(output)!;
  if (!output.includes("stopped")) process.kill(Number(pid), "SIGKILL");
  return output;
}

describe("a program whose parent ends", () => {
  it("stops in order when npm was that parent", async () => {
    expect(await killNpm({ ...process.env, npm_lifecycle_event: "start" })).toContain("stopped");
  });

  it("goes on when npm did not start it", async () => {
    expect(await killNpm({ ...process.env, npm_lifecycle_event: undefined })).not.toContain("stopped");
  });
});
