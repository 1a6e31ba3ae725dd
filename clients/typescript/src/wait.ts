// Waiting that an abort ends.
import { MOST_OBEYED_MS } from "../../../requests/retry-delay.ts";
import type { Connection } from "./connection.ts";

/** Resolves after `ms`. Rejects with the signal's reason once it is aborted. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * The pause after this many failures in a row: half of the doubled one and a random part of the other half, so that
 * clients that were dropped together do not come back together. What the server asks for goes before, a minute at most.
 */
export function pauseMs({ firstMs, longestMs }: Connection["backoff"], failures: number, askedMs = 0): number {
  const most = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(most * (0.5 + Math.random() / 2), Math.min(askedMs, MOST_OBEYED_MS));
}
