// Converts a feed's tick id to one number, so that ticks can be sent and stored as rows of float64.

/**
 * A whole number from 0 to 2^53 − 1, given as a number or as decimal digits, is kept; any other string or number
 * becomes a 53-bit hash of its text (negative, so that it never equals a numeric id); a missing id is `NaN`. The id
 * only distinguishes ticks that agree in time, price, quote and sizes, so hash collisions do not matter in practice.
 *
 * @returns `undefined` when the value is neither a string, a finite number nor missing.
 */
export function tickIdNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return NaN;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    return Number.isSafeInteger(value) && value >= 0 ? value + 0 : -1 - hash53(String(value));
  }
  if (typeof value !== "string") return undefined;
  if (/^(0|[1-9]\d{0,15})$/.test(value)) {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
  }
  return -1 - hash53(value);
}

/** Whether no digit of an id can have been lost: a number beyond ±2^53 has been rounded by whoever read it. */
export function isExactId(value: unknown): boolean {
  return typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** cyrb53 (public domain, bryc): two 32-bit multiply-xor lanes over UTF-16 units; integer arithmetic only. */
function hash53(text: string): number {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ unit, 2654435761);
    h2 = Math.imul(h2 ^ unit, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}
