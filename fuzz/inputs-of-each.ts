// How many of a run's inputs each target gets.
import type { FuzzTarget } from "./fuzz-target.ts";

/** By weight, at least one each; together at least `inputs`. */
export function inputsOfEach(targets: readonly Pick<FuzzTarget, "weight">[], inputs: number): readonly number[] {
  const all = targets.reduce((sum, { weight }) => sum + weight, 0);
  return targets.map(({ weight }) => Math.ceil((inputs * weight) / all));
}
