// Converts plain values to an answer's JSON: the same tree with snake_case names.

type SnakeCase<S extends string> = S extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Rest>}`
  : S;

/** The type of a value whose keys are in snake_case. */
export type SnakeKeys<T> = T extends readonly (infer Item)[]
  ? readonly SnakeKeys<Item>[]
  : T extends object
    ? { readonly [K in keyof T as K extends string ? SnakeCase<K> : K]: SnakeKeys<T[K]> }
    : T;

/**
 * A copy with every key of every object in snake_case; texts, numbers and the order of lists are unchanged.
 *
 * Example: { meanGain: [{ eValue: 1 }], tauBps: null } becomes { mean_gain: [{ e_value: 1 }], tau_bps: null }. Keys
 * without capitals, such as `threshold-only`, are unchanged.
 */
export function snakeKeys<T>(value: T): SnakeKeys<T> {
  // The compiler cannot infer the renaming of keys; the type above matches the code below.
  return renamed(value) as SnakeKeys<T>;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), renamed(inner)]));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);
}
