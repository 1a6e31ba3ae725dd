// Handles the signals that end a program: Ctrl-C, `kill`, or a terminal that is closed.
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let arrived = false;

/**
 * Calls `handle` at each such signal, with the exit code that a shell expects (128 plus the signal's number) and the
 * number of signals so far, from 1 on. Without a handler a signal ends the process at once.
 * @returns a function that removes the handler.
 */
export function onSignal(handle: (exitCode: number, count: number) => void): () => void {
  let count = 0;
  const listener = (signal: NodeJS.Signals): void => {
    arrived = true;
    handle(128 + constants.signals[signal], ++count);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

/** Whether a signal has come while `onSignal` was listening. */
export function signalArrived(): boolean {
  return arrived;
}
