// Encodes a probability as one byte: one of 128 bins, none of which spans the alert threshold.
import { exp, ln } from "../features/exact-math.ts";

export const SCORE_BINS = 128;
/** The byte of a step without a probability. */
export const NO_SCORE = 255;

/** Bins per unit of logit: each is 1/8 wide. */
const BINS_PER_LOGIT = 8;
/** The outermost position of the threshold's edge; beyond it the threshold has its own bin. */
const MAX_ANCHOR = 8 - 1 / BINS_PER_LOGIT;

/**
 * Bins between the edges from the model's manifest, which follow the distribution of its scores: bin b holds the
 * probabilities from edge b − 1 on and below edge b. Without edges 128 bins of equal width about logit −8 … 8, the
 * outermost open-ended, with one edge on the threshold: much coarser for a model whose scores lie close together.
 *
 * A probability is compared with the threshold itself, so counts per bin give the exact confusion matrix.
 *
 * Example: edges 0.1 0.3 with threshold 0.3 make three bins; `bin(0.3)` is 2 and alerts. Without edges, with threshold
 * 0.5 bins 63 and 64 meet at it; `bin(0.5)` is 64 and `probability(64)` is sigmoid(1/16) = 0.5156…; with threshold 0
 * every probability alerts, and `firstAlertBin` is 1.
 */
export class ScoreBins {
  readonly threshold: number;
  /** A probability alerts exactly when its bin is at least this; 1 to 127. */
  readonly firstAlertBin: number;
  private readonly anchor: number;
  private readonly edges: readonly number[];

  /**
   * @param edges ascending, at most 127, the threshold among them; none for bins of equal width.
   * Throws `RangeError` for a threshold that is not from 0 to 1, and for other edges.
   */
  constructor(threshold: number, edges: readonly number[] = []) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(`threshold: got ${threshold}, expected a number from 0 to 1`);
    }
    if (edges.length >= SCORE_BINS || edges.some((edge, i) => !(i === 0 || edge > edges[i - 1]!))) {
      throw new RangeError(`edges: got ${edges.length} numbers, expected at most ${SCORE_BINS - 1} that rise`);
    }
    if (edges.length > 0 && !edges.includes(threshold)) {
      throw new RangeError(`edges: got none at the threshold ${threshold}, expected one`);
    }
    this.threshold = threshold;
    this.edges = edges;
    this.anchor = Math.min(Math.max(logit(threshold), -MAX_ANCHOR), MAX_ANCHOR);
    this.firstAlertBin =
      edges.length > 0 ? edges.indexOf(threshold) + 1 : Math.round((this.anchor + 8) * BINS_PER_LOGIT);
  }

  /** 0 to 127, ascending with the probability; `NO_SCORE` for a value outside 0 to 1. */
  bin(probability: number): number {
    if (!(probability >= 0 && probability <= 1)) return NO_SCORE;
    const { firstAlertBin } = this;
    if (this.edges.length > 0) return this.edgesUpTo(probability);
    const bin = Math.floor((logit(probability) - this.anchor) * BINS_PER_LOGIT) + firstAlertBin;
    return probability >= this.threshold
      ? Math.min(Math.max(bin, firstAlertBin), SCORE_BINS - 1)
      : Math.max(Math.min(bin, firstAlertBin - 1), 0);
  }

  /**
   * The probability that stands for a bin: the middle between its edges, 0 and 1 beyond the last, or that of its
   * logits.
   */
  probability(bin: number): number {
    const { edges } = this;
    if (edges.length > 0) return ((edges[bin - 1] ?? 0) + (edges[bin] ?? 1)) / 2;
    return 1 / (1 + exp(-(this.anchor + (bin - this.firstAlertBin + 0.5) / BINS_PER_LOGIT)));
  }

  /** The upper edge of a bin, which is the lower one of the next; 0 for bin −1 and 1 for the last. */
  upperEdge(bin: number): number {
    if (bin < 0) return 0;
    if (this.edges.length > 0) return this.edges[bin] ?? 1;
    if (bin >= SCORE_BINS - 1) return 1;
    return 1 / (1 + exp(-(this.anchor + (bin + 1 - this.firstAlertBin) / BINS_PER_LOGIT)));
  }

  /** Number of edges that are at most this. */
  private edgesUpTo(probability: number): number {
    const { edges } = this;
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (edges[middle]! <= probability) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** −∞ for 0 and ∞ for 1. */
function logit(probability: number): number {
  return ln(probability / (1 - probability));
}
