// Runs a command and ends it when the program that started it is gone, however that ended. Called as
// `node guard.ts PROGRAM ARGS…`, as the leader of a process group, with a pipe as standard input: the system closes the
// pipe when its other end dies.
import { spawn } from "node:child_process";

const [program, ...args] = process.argv.slice(2);
const child = spawn(program!, args, { stdio: ["ignore", "inherit", "inherit"] });
child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once("exit", (code, signal) => {
  if (code !== null) process.exit(code);
  // Ends as the command did.
  process.removeAllListeners(signal!);
  process.kill(process.pid, signal!);
});
// The group gets the signal as a whole: wait for the command, and end with it.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.once("close", () => process.kill(-process.pid, "SIGKILL"));
