// Decides after an attempt: delivered, retry, or give up.
import { fnv1aOfText } from "../../features/fnv1a.ts";
import type { Attempt } from "./webhook-send.ts";

/** A message is given up after this many attempts, or at this age. */
const MAX_ATTEMPTS = 8;
export const MAX_AGE_MS = 24 * 3_600_000;
/** Longest pause that a webhook can ask for: a larger `Retry-After` is probably a unit mistake. */
const MAX_HOLD_MS = 3_600_000;
const GROWTH = 4;
const MAX_BACKOFF_MS = 6 * 3_600_000;

export type Verdict =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly atMs: number }
  | { readonly kind: "dead"; readonly reason: string };

export interface RetryOptions {
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  /** When the message was queued. */
  readonly createdMs: number;
  readonly nowMs: number;
  /** Wait after the first failure, ms. */
  readonly backoffMs: number;
  /** Seed of the jitter: retries of one message are reproducible, retries of different messages are spread out. */
  readonly seed: string;
}

/**
 * 2xx is delivered. No answer, 408, 429, 5xx, and 403 with a `Retry-After` are tried again after `backoffMs ·
 * 4^(attempts − 1)`, at most 6 h, times a jitter in [½, 1), and not before a `Retry-After` of up to `MAX_HOLD_MS`.
 * Every other answer is final: the same request would get the same answer.
 *
 * With the default of 5 s the eight attempts are spread over 4 to 8 hours: 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 5.7
 * h.
 */
export function judgeAttempt(attempt: Attempt, options: RetryOptions): Verdict {
  const { status, detail } = attempt;
  const { attempts, createdMs, nowMs, backoffMs, seed } = options;
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  const what = status === null ? detail : `answered ${status}${detail === "" ? "" : `: ${detail}`}`;
  if (!isPassing(attempt)) return { kind: "dead", reason: what };
  if (attempts >= MAX_ATTEMPTS) return { kind: "dead", reason: `${attempts} attempts; the last: ${what}` };
  const backoff = Math.min(backoffMs * GROWTH ** (attempts - 1), MAX_BACKOFF_MS);
  const waitMs = Math.max(backoff * (0.5 + 0.5 * jitter(`${seed} ${attempts}`)), askedMs(attempt));
  const atMs = Math.round(nowMs + waitMs);
  if (atMs > createdMs + MAX_AGE_MS) return { kind: "dead", reason: `too old for another attempt; the last: ${what}` };
  return { kind: "retry", atMs };
}

/**
 * How long to send nothing to the webhook, ms; at most `MAX_HOLD_MS`. 0 unless the answer is a rate limit: 429, or 403
 * with a `Retry-After`, which is GitHub's secondary rate limit.
 */
export function holdMs(attempt: Attempt): number {
  return attempt.status === 429 || attempt.status === 403 ? askedMs(attempt) : 0;
}

function askedMs({ retryAfterMs }: Attempt): number {
  return Math.min(retryAfterMs ?? 0, MAX_HOLD_MS);
}

/** Whether the same request may succeed later. */
function isPassing({ status, retryAfterMs }: Attempt): boolean {
  if (status === 403) return retryAfterMs !== null;
  return status === null || status === 408 || status === 429 || status >= 500;
}

/** FNV-1a of the text as a share in [0, 1). */
function jitter(text: string): number {
  let hash = fnv1aOfText(text);
  // Only the last characters differ between attempts: mix them into all bits.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
