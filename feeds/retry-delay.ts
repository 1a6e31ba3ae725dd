// How long to wait before a request is sent again.

const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/**
 * Exponential backoff 200, 400, 800 … ms up to 5 s, and never less than the answer's `Retry-After` (seconds or an HTTP
 * date).
 *
 * @param failures how many attempts have failed, at least 1.
 * Example: `retryDelayMs(3, "2", 0) === 2000`, `retryDelayMs(3, null, 0) === 800`.
 */
export function retryDelayMs(failures: number, retryAfter: string | null, nowMs: number): number {
  const backoffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(backoffMs, retryAfterMs(retryAfter, nowMs));
}

function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null || header.trim() === "") return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? 0 : dateMs - nowMs;
}
