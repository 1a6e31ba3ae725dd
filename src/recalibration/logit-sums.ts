// Labels by the log-odds of their prediction, in bins: all that a line is fitted on.

/** Bins of width ½ from −8 to 8; what lies outside is in the first or the last. */
export const LOGIT_BINS = 32;
const LEAST = -8;
const PER_LOGIT = 2;

/** Place of log-odds among the bins. */
function logitBin(z: number): number {
  return Math.min(Math.max(Math.floor((z - LEAST) * PER_LOGIT), 0), LOGIT_BINS - 1);
}

/** Weighted sums per bin; all that is kept of the labels. */
export class LogitSums {
  readonly numbers: Float64Array;
  readonly weight: Float64Array;
  readonly logits: Float64Array;
  readonly spikes: Float64Array;

  /** @param numbers weight, log-odds and spikes of each bin, [3, 32]; the array is taken, not copied. */
  constructor(numbers: Float64Array = new Float64Array(3 * LOGIT_BINS)) {
    if (numbers.length !== 3 * LOGIT_BINS) {
      throw new RangeError(`numbers: got ${numbers.length}, expected ${3 * LOGIT_BINS}`);
    }
    this.numbers = numbers;
    this.weight = numbers.subarray(0, LOGIT_BINS);
    this.logits = numbers.subarray(LOGIT_BINS, 2 * LOGIT_BINS);
    this.spikes = numbers.subarray(2 * LOGIT_BINS);
  }

  /** Counts a label. */
  add(z: number, label: 0 | 1): void {
    const bin = logitBin(z);
    this.weight[bin]! += 1;
    this.logits[bin]! += z;
    this.spikes[bin]! += label;
  }

  /** Sum of the weights. */
  get total(): number {
    return sumOf(this.weight);
  }

  /** Mean log-odds; `NaN` without weight. */
  get meanLogit(): number {
    return sumOf(this.logits) / this.total;
  }

  /** Forgets by a factor, and takes in others by theirs. */
  decayAndAdd(factor: number, others: LogitSums, scale: number): void {
    const { numbers } = this;
    for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i]! * factor + others.numbers[i]! * scale;
  }

  clear(): void {
    this.numbers.fill(0);
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
