// The header `Retry-After`, as servers send it that the gateway asks.

/** Parses `Retry-After` by RFC 9110: seconds or a date. `null` for anything else. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  // Only HTTP's date format: `Date.parse` accepts almost any text.
  const date = /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
