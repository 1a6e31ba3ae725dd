// How long to wait before a request is sent again.

const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** A server's `Retry-After` is obeyed for at most this long, so that a run does not wait for hours. */
export const MOST_OBEYED_MS = 60_000;

/** Exponential backoff: 200, 400, 800 … ms up to 5 s. `failures` is how many attempts have failed, at least 1. */
export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}

/**
 * What a `Retry-After` asks for: seconds or an HTTP date. 0 without one, for one in the past and for one that is
 * neither.
 *
 * Example: `retryAfterMs("2", 0) === 2000`, `retryAfterMs("Thu, 01 Jan 1970 00:00:07 GMT", 1000) === 6000`.
 */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number {
  if (header === null || header === undefined || header.trim() === "") return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - nowMs);
}
