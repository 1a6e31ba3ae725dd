// Removes a program's child processes and temporary folders when the program ends: by itself, by an error, or by a
// signal that can be caught.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onSignal } from "./on-signal.ts";

const cleanups = new Set<() => void>();
let stopListening = (): void => undefined;

/**
 * Runs `cleanup`, which must be synchronous, when the process exits; the latest first. While there is anything to clean
 * up, a signal ends the process.
 *
 * @returns a function that cancels `cleanup`.
 */
export function atExit(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on("exit", runCleanups);
    stopListening = onSignal((exitCode) => process.exit(exitCode));
  }
  cleanups.add(cleanup);
  return () => {
    if (!cleanups.delete(cleanup) || cleanups.size > 0) return;
    process.off("exit", runCleanups);
    stopListening();
  };
}

/** A new folder that is removed when the process exits. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // A process that was just killed may still be writing its last file.
  atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
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
