// How often a spike followed each score lately, and the precision of alerting from each score on: sums that are
// forgotten exponentially.
import { exp } from "../../features/exact-math.ts";
import { averagePrecisionOfBins } from "../bin-curves.ts";
import { SCORE_BINS } from "../score-bins.ts";

const LN_2 = 0.6931471805599453;
/** Bins on each side that a bin's share of spikes is taken with. */
const NEIGHBOURS = 3;
/** Steps that a row's own probability counts as, beside those seen. */
const PRIOR_STEPS = 20;

export class ScoreCurve {
  /** Per score bin (score-bins.ts). */
  private readonly calm = new Float64Array(SCORE_BINS);
  private readonly spike = new Float64Array(SCORE_BINS);
  /** Of the last `advance`: precision from a bin on, and sums over a bin with its neighbours. */
  private readonly precisions = new Float64Array(SCORE_BINS);
  private readonly near = new Float64Array(SCORE_BINS);
  private readonly nearSpikes = new Float64Array(SCORE_BINS);
  private readonly kept: number;

  /** @param halfLife of what was seen, in calls of `advance`. */
  constructor(halfLife: number) {
    this.kept = exp(-LN_2 / halfLife);
  }

  /** Everything that must survive a restart. */
  get arrays(): readonly Float64Array[] {
    return [this.calm, this.spike, this.precisions, this.near, this.nearSpikes];
  }

  /** PR-AUC of what was seen; `NaN` before a spike. */
  get prAuc(): number {
    return averagePrecisionOfBins(this.calm, this.spike);
  }

  add(bin: number, label: number): void {
    const counts = label === 1 ? this.spike : this.calm;
    counts[bin]! += 1;
  }

  /** Makes what was added known to `precision` and `rate`, and forgets a part of it. */
  advance(): void {
    const { calm, spike, precisions, near, nearSpikes, kept } = this;
    let [spikes, rows] = [0, 0];
    for (let bin = SCORE_BINS - 1; bin >= 0; bin--) {
      spikes += spike[bin]!;
      rows += calm[bin]! + spike[bin]!;
      precisions[bin] = rows > 0 ? spikes / rows : 0;
      near[bin] = 0;
      nearSpikes[bin] = 0;
      for (let b = Math.max(0, bin - NEIGHBOURS); b <= Math.min(SCORE_BINS - 1, bin + NEIGHBOURS); b++) {
        near[bin]! += calm[b]! + spike[b]!;
        nearSpikes[bin]! += spike[b]!;
      }
    }
    for (let bin = 0; bin < SCORE_BINS; bin++) {
      calm[bin]! *= kept;
      spike[bin]! *= kept;
    }
  }

  /** Share of spikes among the steps that scored at least as high. */
  precision(bin: number): number {
    return this.precisions[bin]!;
  }

  /** Share of spikes among the steps that scored about as high. @param probability what the model says of it. */
  rate(bin: number, probability: number): number {
    return (this.nearSpikes[bin]! + PRIOR_STEPS * probability) / (this.near[bin]! + PRIOR_STEPS);
  }

  /** Loads what `arrays` gave. Throws `RangeError` for others. */
  load(arrays: readonly ArrayLike<number>[]): void {
    this.arrays.forEach((own, i) => {
      const stored = arrays[i];
      if (stored?.length !== own.length) {
        throw new RangeError(`score curve: got ${stored?.length} numbers, expected ${own.length}`);
      }
      own.set(stored);
    });
  }
}
