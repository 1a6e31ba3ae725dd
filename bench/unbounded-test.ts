// The rule before the one that ships, to compare with: bets as if each gain could be 1.
import { ln } from "../src/features/exact-math.ts";

/** The largest stake: with gains in [−1, 1] the capital never falls below half of what it was. */
const MAX_LAMBDA = 0.5;

/** Prior of the estimate of mean and variance: this many pseudo-gains of this mean and standard deviation. */
const PRIOR = { blocks: 20, mean: 0.002, deviation: 0.03 } as const;

/** The e-process Π (1 + λ · d) over gains d in [−1, 1], with λ in [0, ½] chosen from earlier gains only. */
export class UnboundedTest {
  private count = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private log = 0;

  update(gain: number): void {
    this.log += ln(1 + this.lambda * gain);
    this.count += 1;
    this.sum += gain;
    this.sumOfSquares += gain * gain;
  }

  get logE(): number {
    return this.log;
  }

  private get lambda(): number {
    const n = this.count + PRIOR.blocks;
    const mean = (this.sum + PRIOR.blocks * PRIOR.mean) / n;
    if (!(mean > 0)) return 0;
    const prior = PRIOR.blocks * (PRIOR.deviation * PRIOR.deviation + PRIOR.mean * PRIOR.mean);
    // The second moment is the variance plus the mean's square.
    return Math.min(mean / ((this.sumOfSquares + prior) / n), MAX_LAMBDA);
  }
}
