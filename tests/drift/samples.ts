// Samples for the tests of drift, the same in every run and runtime.
import { linearUniform as uniform } from "../features/linear-congruential.ts";

export { uniform };

export function sample(n: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => value(i));
}

export const numbers = (...values: number[]): Float64Array => Float64Array.from(values);

/** Kinds of columns that real rows have; `shift` moves each a little. */
export function kindsOfColumns(n: number, seed: number, shift = 0): Record<string, Float64Array> {
  const next = uniform(seed);
  const bell = (): number => next() + next() + next() + next() - 2 + shift;
  return {
    bell: sample(n, bell),
    skewed: sample(n, () => 1 / (0.02 + next()) + 5 * shift),
    "heavy tail": sample(n, (i) => bell() + (i % 97 === 0 ? 40 * next() : 0)),
    "many zeros": sample(n, () => Math.max(0, bell())),
    ties: sample(n, () => Math.round(8 * bell()) / 8),
    "two values": sample(n, () => (next() < 0.3 + shift ? 1 : 0)),
  };
}
