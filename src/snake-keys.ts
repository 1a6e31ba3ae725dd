// Plain values as the JSON of an answer: the same tree with snake_case names.

/**
 * A copy with every key of every object in snake_case; texts, numbers and the order of lists stay.
 *
 * Example: { meanGain: [{ eValue: 1 }], tauBps: null } becomes { mean_gain: [{ e_value: 1 }], tau_bps: null }.
 * Keys without capitals, as `threshold-only`, stay as they are.
 */
export function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), snakeKeys(inner)]));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);
}
