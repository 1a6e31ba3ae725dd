// Lengths of time as people write them.

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a whole number with a unit: ms, s, m, h or d; `NaN` for anything else.
 *
 * Example: `parseDurationMs("90s") === 90000`.
 */
export function parseDurationMs(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match === null ? NaN : Number(match[1]) * UNIT_MS[match[2]!]!;
}
