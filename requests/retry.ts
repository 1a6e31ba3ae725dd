// Repeats a request while a retry can help: how long to wait, when to give up, and what to print meanwhile. The caller
// makes the request and decides which answers are worth another attempt.
import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, MOST_OBEYED_MS, retryAfterMs } from "./retry-delay.ts";

/** An attempt that did not succeed. */
export interface FailedAttempt {
  /** HTTP status of the answer, 0 when none came. */
  readonly status: number;
  /** The reason for people, without secrets, e.g. `503 SlowDown` or `connect ECONNREFUSED 127.0.0.1:9`. */
  readonly why: string;
  /** The answer's `Retry-After` as it came. */
  readonly retryAfter?: string | null;
  /** Whether another attempt cannot help. */
  readonly isFinal: boolean;
}

export type Attempt<T, F extends FailedAttempt = FailedAttempt> = { readonly value: T } | F;

/** The last failure, and what was tried before it. */
export interface GaveUp<F extends FailedAttempt> {
  readonly failure: F;
  readonly attempts: number;
  /** Names the request, its last failure and the number of attempts. */
  readonly message: string;
}

export interface Clock {
  nowMs(): number;
  /** Rejects when the signal is aborted. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  wait: (ms, signal) => sleep(ms, undefined, signal && { signal }),
};

export interface RetryPlan<F extends FailedAttempt> {
  /** The request for messages, with its address and without secrets, e.g. `GET https://host/bucket/key`. */
  readonly request: string;
  /** The error to throw when no attempt is left or another one cannot help. */
  readonly errorOf: (gaveUp: GaveUp<F>) => Error;
  /** How often it is sent at most; without a limit by default. */
  readonly attempts?: number | undefined;
  /** Gives up when the next attempt would begin later than this after the first; without a limit by default. */
  readonly giveUpAfterMs?: number | undefined;
  /** The pause after this many failures; a longer `Retry-After` takes precedence. `backoffMs` by default. */
  readonly pauseMs?: ((failures: number) => number) | undefined;
  /** Ends a wait with the signal's reason and prevents further attempts. */
  readonly signal?: AbortSignal | undefined;
  /** Receives a line about each wait; stderr by default. */
  readonly onWait?: ((wait: RetryWait) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** Retry settings that a client exposes to its caller. */
export type RetrySettings = Pick<RetryPlan<FailedAttempt>, "attempts" | "signal" | "onWait" | "clock">;

interface RetryWait {
  readonly why: string;
  readonly waitMs: number;
  /** The whole sentence. */
  readonly line: string;
}

/**
 * Calls `attempt` until it gives a value. Waits `pauseMs` between two attempts, and as long as the answer's
 * `Retry-After` asks for, but never more than a minute.
 *
 * @param attempt receives the ms that are left before `retry` gives up; `Infinity` without a limit. Its exceptions are
 * passed on.
 * @throws what `errorOf` makes of the last failure; the signal's reason once it is aborted.
 */
export async function retry<T, F extends FailedAttempt>(
  attempt: (leftMs: number) => Promise<Attempt<T, F>>,
  plan: RetryPlan<F>,
): Promise<T> {
  const { attempts = Infinity, giveUpAfterMs = Infinity, pauseMs = backoffMs, signal, clock = SYSTEM_CLOCK } = plan;
  const startedMs = clock.nowMs();
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    const result = await attempt(giveUpAfterMs - (clock.nowMs() - startedMs));
    if ("value" in result) return result.value;
    const askedMs = retryAfterMs(result.retryAfter, clock.nowMs());
    const waitMs = Math.max(pauseMs(failures), Math.min(askedMs, MOST_OBEYED_MS));
    const isLast = failures >= attempts || clock.nowMs() - startedMs + waitMs >= giveUpAfterMs;
    if (result.isFinal || isLast) {
      throw plan.errorOf({ failure: result, attempts: failures, message: gaveUpText(plan.request, result, failures) });
    }
    const { why } = result;
    report(plan, {
      why,
      waitMs,
      line: `${plan.request}: ${why}; ${waitText(failures + 1, attempts, waitMs, askedMs)}`,
    });
    await waited(clock, waitMs, signal);
  }
}

function gaveUpText(request: string, { why, isFinal }: FailedAttempt, attempts: number): string {
  if (isFinal && attempts === 1) return `${request}: ${why}`;
  return `${request}: ${why}, after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
}

function waitText(next: number, attempts: number, waitMs: number, askedMs: number): string {
  const of = attempts === Infinity ? "" : ` of ${attempts}`;
  const asked = askedMs > waitMs ? `, though the server asks for ${Math.round(askedMs / 1000)} s` : "";
  return `attempt ${next}${of} in ${(waitMs / 1000).toFixed(1)} s${asked}`;
}

function report({ onWait }: Pick<RetrySettings, "onWait">, wait: RetryWait): void {
  if (onWait === undefined) console.error(wait.line);
  else onWait(wait);
}

/** A timer rejects with an error of its own when it is aborted; the caller expects the signal's reason. */
async function waited(clock: Clock, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.wait(waitMs, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
