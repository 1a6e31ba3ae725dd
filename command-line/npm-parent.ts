// Stops a program that npm started when npm is gone. A supervisor sends SIGTERM to npm, which ends without passing it
// on to what its shell started.

const LOOK_EVERY_MS = 250;

/** Sends this process SIGTERM, once, when its parent has ended. Does nothing in a program that npm did not start. */
export function stopWithNpm(env: NodeJS.ProcessEnv = process.env): void {
  if (env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MS);
  timer.unref();
}
