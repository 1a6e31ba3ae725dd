// Steps of a made-up model whose scores lose their calibration half-way, with holes, voids and rows that do not count.
import { LABEL } from "../../src/features/label-window.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { AnsweredStep, StatedThreshold } from "../../src/threshold/model-threshold.ts";

export const EDGES: readonly number[] = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

export function stated(goal = "recall at least 0.8", horizonSteps = 2): StatedThreshold {
  return { sha256: "a".repeat(64), threshold: 0.3, goal, edges: EDGES, horizonSteps };
}

/**
 * Spikes come in bursts, one in sixty blocks of 60 steps. @param shift subtracted from the scores' log-odds after half
 * of the steps.
 */
export function answeredSteps(count: number, { seed = 1, shift = 1, horizonSteps = 2 } = {}): AnsweredStep[] {
  const random = new SeededRandom(seed);
  const truths: number[] = [];
  const steps: AnsweredStep[] = [];
  let index = 1000;
  let isWild = false;
  for (let k = 0; k < count; k++) {
    const isHole = random.uniform() < 0.0005;
    index += isHole ? 50 : 1;
    if (k % 30 === 0) isWild = random.uniform() < 0.3;
    const logit = (isWild ? 0.5 : -2.5) + 2 * (random.uniform() - 0.5);
    truths.push(random.uniform() < 1 / (1 + Math.exp(-logit)) ? LABEL.spike : LABEL.calm);
    const answered = logit - (k < count / 2 ? 0 : shift);
    const arrived = truths.at(-1 - horizonSteps) ?? LABEL.none;
    steps.push({
      index,
      segmentStart: isHole && random.uniform() < 0.5,
      counts: random.uniform() > 0.02,
      label: random.uniform() < 0.01 ? LABEL.void : arrived,
      probability: random.uniform() < 0.01 ? NaN : Math.fround(1 / (1 + Math.exp(-answered))),
      stated: 0.3,
      isFollowed: false,
    });
  }
  return steps;
}
