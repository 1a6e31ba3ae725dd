// What must not outlive a benchmark, its child processes and temporary folders, goes when the benchmark ends: by itself, by
// an error, or by a signal that can be caught.
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const cleanups = new Set<() => void>();

/**
 * Runs `cleanup`, which must be synchronous, when the process exits; the latest first. While there is anything to clean
 * up, a signal ends the process with 128 and its number.
 *
 * @returns takes it back.
 */
export function atEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on("exit", runCleanups);
    for (const signal of SIGNALS) process.on(signal, exitBySignal);
  }
  cleanups.add(cleanup);
  return () => {
    if (!cleanups.delete(cleanup) || cleanups.size > 0) return;
    process.off("exit", runCleanups);
    for (const signal of SIGNALS) process.off(signal, exitBySignal);
  };
}

/** A new folder that is removed when the process exits. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // A process that was killed a moment ago may still be writing its last file.
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  return folder;
}

function runCleanups(): void {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch (error) {
      console.error(error);
    }
  }
}

function exitBySignal(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}
