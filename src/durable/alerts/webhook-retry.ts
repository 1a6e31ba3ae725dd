// Decides after an attempt: delivered, retry, or give up.
import { fnv1aOfText } from "../../features/fnv1a.ts";
import type { Attempt } from "./webhook-send.ts";

/** A message is given up at this age. */
export const MAX_AGE_MS = 24 * 3_600_000;
/** Longest pause that a webhook can ask for: a larger `Retry-After` is probably a unit mistake. */
const MAX_HOLD_MS = 3_600_000;
const GROWTH = 4;

/** How often and how seldom a message is tried again. */
export interface Patience {
  readonly maxAttempts: number;
  readonly maxBackoffMs: number;
}

/** An alert is a state that somebody must learn of: it is tried again until it is too old. */
export const ALERT_PATIENCE: Patience = { maxAttempts: Infinity, maxBackoffMs: 15 * 60_000 };
/** A spike is news: what a receiver does not take for hours is old. */
export const SPIKE_PATIENCE: Patience = { maxAttempts: 8, maxBackoffMs: 6 * 3_600_000 };

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
  readonly patience: Patience;
  /** Seed of the jitter: retries of one message are reproducible, retries of different messages are spread out. */
  readonly seed: string;
}

/**
 * 2xx is delivered. No answer, 408, 429, 5xx, and 403 with a `Retry-After` are tried again after `backoffMs ·
 * 4^(attempts − 1)`, at most `maxBackoffMs`, times a jitter in [½, 1), and not before a `Retry-After` of up to
 * `MAX_HOLD_MS`. Every other answer is final: the same request would get the same answer.
 *
 * With the default of 5 s an alert is tried after 5 s, 20 s, 80 s, 5 min and then every 15 min; the eight attempts of a
 * spike are spread over 4 to 8 hours: 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 5.7 h.
 */
export function judgeAttempt(attempt: Attempt, options: RetryOptions): Verdict {
  const { status, detail } = attempt;
  const { attempts, createdMs, nowMs, backoffMs, patience, seed } = options;
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  const what = status === null ? detail : `answered ${status}${detail === "" ? "" : `: ${detail}`}`;
  if (!isPassing(attempt)) return { kind: "dead", reason: what };
  if (attempts >= patience.maxAttempts) return { kind: "dead", reason: `${attempts} attempts; the last: ${what}` };
  const backoff = Math.min(backoffMs * GROWTH ** (attempts - 1), patience.maxBackoffMs);
  const waitMs = Math.max(backoff * (0.5 + 0.5 * jitter(`${seed} ${attempts}`)), askedMs(attempt));
  const atMs = Math.round(nowMs + waitMs);
  if (atMs > createdMs + MAX_AGE_MS) return { kind: "dead", reason: `too old for another attempt; the last: ${what}` };
  return { kind: "retry", atMs };
}

/**
 * Whether the receiver has said that it did not take the message: a refusal, or that it takes nothing now (429, 503).
 * After any other failure, a gateway's 502 or 504 among them, it may have taken it.
 */
export function hasRefused(attempt: Attempt): boolean {
  const { status } = attempt;
  return (
    status !== null && (status === 429 || status === 503 || (status >= 300 && !isPassing(attempt)) || status === 403)
  );
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
