// The sequences of make-golden-river.py, number for number.
import { linearUniform } from "../features/linear-congruential.ts";

export interface RiverSequence {
  readonly n: number;
  readonly seed: number;
  /** Of a third of the length each. */
  readonly means: readonly number[];
  readonly slope: number;
  readonly noise: number;
}

export function riverSequence({ n, seed, means, slope, noise }: RiverSequence): number[] {
  const uniform = linearUniform(seed);
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
