// Undoes what class weights or resampling did to a score's level.
import { ln } from "../../src/features/exact-math.ts";

/**
 * A score (log-odds) learned at one share of positives, moved to another: score + logit(trueRate) − logit(trainedRate)
 * (C. Elkan 2001, theorem 2, in log-odds). The ranking is untouched. Weighting positives by w is training at the odds
 * w times the true ones.
 *
 * Example: even odds learned at a share of ½ are odds of 1 : 9 at a share of 0.1: `correctPrior(0, 0.5, 0.1)` = −ln 9.
 *
 * @throws RangeError when a rate is not between 0 and 1, both excluded.
 */
export function correctPrior(score: number, trainedRate: number, trueRate: number): number {
  return score + logOdds(trueRate, "trueRate") - logOdds(trainedRate, "trainedRate");
}

function logOdds(rate: number, name: string): number {
  if (!(rate > 0 && rate < 1)) throw new RangeError(`${name}: got ${rate}, expected a share between 0 and 1`);
  return ln(rate / (1 - rate));
}
