// Random words that the Python scripts of the golden tables draw too.

/**
 * A linear congruential generator of 32 bits (Numerical Recipes); each call gives a whole number from 0 to 2^32 − 1.
 */
export function linearCongruential(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

/** Uniform in [0, 1), from the same words. */
export function linearUniform(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => next() / 4294967296;
}
