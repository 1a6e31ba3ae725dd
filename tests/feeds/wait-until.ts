// Waits for a condition in tests: they end by it, and by a limit that is far away.
import { setTimeout as sleep } from "node:timers/promises";

/** Throws when the condition has not come in `limitMs`. @param what the condition in words. */
export async function waitUntil(what: string, condition: () => boolean, limitMs = 120_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`not in ${limitMs / 1_000} s: ${what}`);
    await sleep(10);
  }
}
