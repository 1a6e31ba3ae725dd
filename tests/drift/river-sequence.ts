// The sequences of make-golden-river.py, number for number.

export interface RiverSequence {
  readonly n: number;
  readonly seed: number;
  /** Of a third of the length each. */
  readonly means: readonly number[];
  readonly slope: number;
  readonly noise: number;
}

export function riverSequence({ n, seed, means, slope, noise }: RiverSequence): number[] {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  return Array.from({ length: n }, (_, i) => {
    const centred = uniform() + uniform() + uniform() + uniform() - 2;
    return means[Math.floor((3 * i) / n)]! + slope * i + noise * centred;
  });
}

/** Positions at which a detector fires. */
export function firing(
  detector: { update(x: number): void; readonly drifted: boolean },
  values: readonly number[],
): number[] {
  return values.flatMap((x, i) => {
    detector.update(x);
    return detector.drifted ? [i] : [];
  });
}
