// Labels whose truth is known: a model that is wrong by a line in log-odds.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { type Line, probabilityOf } from "../../src/recalibration/line.ts";

/** A prediction in float32 and its label, of a model that `truth` would put right. */
export interface LabelledScore {
  readonly p: number;
  readonly z: number;
  readonly label: 0 | 1;
}

export function* labelledScores(truth: Line, seed: number): Generator<LabelledScore, never> {
  const random = new SeededRandom(seed);
  for (;;) {
    const z = -2.2 + 2.5 * (random.uniform() + random.uniform() - 1);
    const label = random.uniform() < probabilityOf(truth.slope * z + truth.level) ? 1 : 0;
    yield { p: Math.fround(probabilityOf(z)), z, label };
  }
}
