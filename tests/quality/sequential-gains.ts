// Block gains for tests: autocorrelated, skewed and heavy-tailed, from a seed.

/** mulberry32: numbers in [0, 1). */
export function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface GainOptions {
  readonly seed: number;
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  /** Of neighbouring blocks. */
  readonly correlation: number;
}

/** AR(1) with innovations that are mostly small and positive and rarely large and negative, clipped to [−1, 1]. */
export function randomGains({ seed, count, mean, deviation, correlation }: GainOptions): Float64Array {
  const next = uniforms(seed);
  // −3 with probability 0.1 and 1/3 otherwise, times a spread of mean square 1: mean 0, variance 1.
  const innovation = (): number => (next() < 0.1 ? -3 : 1 / 3) * Math.sqrt(0.25 + 1.5 * next());
  const scale = Math.sqrt(1 - correlation * correlation);
  let state = 0;
  return Float64Array.from({ length: count }, () => {
    state = correlation * state + scale * innovation();
    return Math.max(-1, Math.min(1, mean + deviation * state));
  });
}
