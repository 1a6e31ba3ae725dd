// Cuts ticks in time order into batches, as fast as they are taken or at a multiple of the speed at which they
// happened.
import { setTimeout as sleep } from "node:timers/promises";
import type { Tick } from "../src/features/tick.ts";

/** Paced batches go out at most this often, so that a slow replay sends few small requests. */
const PACED_EVERY_MS = 250;

export interface PaceOptions {
  /** Ticks in a batch at most. */
  readonly batch: number;
  /** Event time per wall time: 1 as it happened, 60 a minute a second; `Infinity` does not wait at all. */
  readonly speed: number;
  /** Ends the stream, also in the middle of a wait. */
  readonly signal?: AbortSignal;
}

/** Every tick once, in order. It waits through holes in a recording at the same speed. */
export async function* pacedBatches(ticks: readonly Tick[], options: PaceOptions): AsyncGenerator<readonly Tick[]> {
  const { batch, speed, signal } = options;
  const startedMs = performance.now();
  const firstTsMs = ticks[0]?.tsMs ?? 0;
  const dueMs = (tick: Tick): number => startedMs + (tick.tsMs - firstTsMs) / speed;
  let sentMs = -Infinity;
  for (let from = 0; from < ticks.length && !signal?.aborted;) {
    const paced = speed < Infinity;
    if (paced) await waitUntil(Math.max(dueMs(ticks[from]!), sentMs + PACED_EVERY_MS), signal);
    if (signal?.aborted) return;
    const nowMs = performance.now();
    let to = Math.min(from + batch, ticks.length);
    while (paced && to > from + 1 && dueMs(ticks[to - 1]!) > nowMs) to -= 1;
    const full = to === from + batch;
    yield ticks.slice(from, to);
    sentMs = full ? -Infinity : nowMs;
    from = to;
  }
}

/**
 * A timer may fire up to a millisecond early, and takes no more than 24 days, so it is set again until the time comes.
 */
async function waitUntil(atMs: number, signal: AbortSignal | undefined): Promise<void> {
  while (!signal?.aborted) {
    const waitMs = atMs - performance.now();
    if (!(waitMs > 0)) return;
    await sleep(Math.min(Math.ceil(waitMs), 2 ** 31 - 1), undefined, signal && { signal }).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
  }
}
