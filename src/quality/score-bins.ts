// A probability as one byte: bins of equal width on the logit axis, laid so that no bin spans the alert threshold.
import { exp, ln } from "../features/exact-math.ts";

export const SCORE_BINS = 128;
/** The byte of a step without a probability. */
export const NO_SCORE = 255;

/** Bins per unit of logit: each is 1/8 wide. */
const BINS_PER_LOGIT = 8;
/** The outermost places of the threshold's edge; beyond them the threshold keeps one bin to itself. */
const MAX_ANCHOR = 8 - 1 / BINS_PER_LOGIT;

/**
 * 128 bins about logit −8 … 8, the outermost open-ended. One edge lies on the threshold itself, and which side of it a
 * probability is on is decided by comparing the two numbers: counts per bin give the confusion matrix exactly.
 *
 * Example: with threshold 0.5 bins 63 and 64 meet at it; `bin(0.5)` is 64 and `probability(64)` is
 * sigmoid(1/16) = 0.5156…; with threshold 0 every probability alerts, and `firstAlertBin` is 1.
 */
export class ScoreBins {
  readonly threshold: number;
  /** A probability alerts exactly when its bin is at least this; 1 to 127. */
  readonly firstAlertBin: number;
  private readonly anchor: number;

  /** Throws `RangeError` for a threshold that is not from 0 to 1. */
  constructor(threshold: number) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(`threshold: got ${threshold}, expected a number from 0 to 1`);
    }
    this.threshold = threshold;
    this.anchor = Math.min(Math.max(logit(threshold), -MAX_ANCHOR), MAX_ANCHOR);
    this.firstAlertBin = Math.round((this.anchor + 8) * BINS_PER_LOGIT);
  }

  /** 0 to 127, rising with the probability; `NO_SCORE` for what is not from 0 to 1. */
  bin(probability: number): number {
    if (!(probability >= 0 && probability <= 1)) return NO_SCORE;
    const { firstAlertBin } = this;
    const bin = Math.floor((logit(probability) - this.anchor) * BINS_PER_LOGIT) + firstAlertBin;
    return probability >= this.threshold
      ? Math.min(Math.max(bin, firstAlertBin), SCORE_BINS - 1)
      : Math.max(Math.min(bin, firstAlertBin - 1), 0);
  }

  /** The probability at the middle of a bin's logits. */
  probability(bin: number): number {
    return 1 / (1 + exp(-(this.anchor + (bin - this.firstAlertBin + 0.5) / BINS_PER_LOGIT)));
  }
}

/** −∞ for 0 and ∞ for 1. */
function logit(probability: number): number {
  return ln(probability / (1 - probability));
}
