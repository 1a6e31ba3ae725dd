// Evidence that a recalibration gains, or harms: bets on the Brier gain of single labels. It is valid however often one
// looks.

/** Stakes of the mixture, as shares of the one that makes capital grow fastest when the recalibration is the truth. */
const STAKES = [0.03, 0.1, 0.25, 0.5, 1] as const;
/** Most that one label may lose of a stake's capital. */
const MOST_LOSS = 0.5;
/** Capital that is added before each block, so that what changes late is noticed too. */
const INFLOW = 1 / 1000;
/** Rows of a horizon that are bet on, spread over it: labels of neighbouring rows are almost the same. */
const MOST_PHASES = 6;
/** Weight of the last block in the mean variance. */
const NEWEST = 0.2;

/** A resolved row. */
export interface GainRow {
  /** Grid index of the predicted step. */
  readonly index: number;
  /** Squared error of the one minus that of the other. */
  readonly gain: number;
  /** Known before the label: the gain lies in [−bound, bound]. */
  readonly bound: number;
  /** p(1 − p) of the prediction. */
  readonly variance: number;
}

/**
 * An e-process over blocks of steps: capital that is bet on gains. A stake is a share of 1/(4v), v being the mean
 * p(1 − p) of earlier blocks, less where a row could lose more than half: all of it is known before the labels. Rows
 * one horizon apart follow each other, so that each label is known before the next bet; their products are averaged
 * over the phases of a horizon, and over the stakes: none of them has to be chosen. The last horizon of a block is left
 * out, so that nothing is pending at its end.
 *
 * Null hypothesis: each row's gain has a mean of at most 0, given all that was known when it was predicted. Then the
 * capital less what was added is a supermartingale at the ends of blocks. It reaches 20 within the first n blocks with
 * a probability of at most (1 + n/1000)/20: 5 %, and 5 % more for each 1,000 blocks.
 */
export class GainEvidence {
  private readonly horizonSteps: number;
  private readonly blockSteps: number;
  private readonly phases: number;
  private readonly capitals = new Float64Array(STAKES.length).fill(1);
  /** Product of the current block, per phase and stake. */
  private readonly products: Float64Array;
  /** Mean variance of earlier blocks; 0 before the first, which only gives it. */
  private variance = 0;
  private variances = 0;
  private rows = 0;

  constructor(horizonSteps: number, blockSteps: number) {
    this.horizonSteps = horizonSteps;
    this.blockSteps = blockSteps;
    this.phases = Math.min(horizonSteps, MOST_PHASES);
    this.products = new Float64Array(this.phases * STAKES.length).fill(1);
  }

  /** Adds a row of the current block. */
  add({ index, gain, bound, variance }: GainRow): void {
    const { horizonSteps, blockSteps } = this;
    this.rows += 1;
    this.variances += variance;
    const phase = phaseOf(index % horizonSteps, horizonSteps, this.phases);
    if (phase < 0 || !(this.variance > 0 && bound > 0)) return;
    if ((index % blockSteps) + horizonSteps >= blockSteps) return;
    const full = 1 / (4 * this.variance);
    for (let i = 0; i < STAKES.length; i++) {
      const stake = Math.min(STAKES[i]! * full, MOST_LOSS / bound);
      this.products[phase * STAKES.length + i]! *= 1 + stake * gain;
    }
  }

  /** Ends a block: settles its bets. A block without rows changes nothing. */
  endBlock(): void {
    const { rows, phases, products, capitals } = this;
    if (rows === 0) return;
    for (let i = 0; i < STAKES.length; i++) {
      let sum = 0;
      for (let phase = 0; phase < phases; phase++) sum += products[phase * STAKES.length + i]!;
      capitals[i] = (capitals[i]! + INFLOW) * (sum / phases);
    }
    const mean = this.variances / rows;
    this.variance = this.variance > 0 ? this.variance + NEWEST * (mean - this.variance) : mean;
    this.products.fill(1);
    this.variances = 0;
    this.rows = 0;
  }

  /** Begins anew, at a capital of 1. */
  restart(): void {
    this.capitals.fill(1);
    this.products.fill(1);
  }

  /** The evidence; 1 before the first block. */
  get value(): number {
    let sum = 0;
    for (const capital of this.capitals) sum += capital;
    return sum / STAKES.length;
  }

  /** The whole state. */
  save(): Float64Array {
    return Float64Array.from([...this.capitals, ...this.products, this.variance, this.variances, this.rows]);
  }

  /** Takes over what `save` gave. Throws `RangeError` for other numbers. */
  load(numbers: Float64Array): void {
    const [capitals, products] = [STAKES.length, this.products.length];
    if (numbers.length !== capitals + products + 3 || !numbers.every(Number.isFinite)) {
      throw new RangeError(`evidence: got ${numbers.length} numbers, expected ${capitals + products + 3} finite ones`);
    }
    this.capitals.set(numbers.subarray(0, capitals));
    this.products.set(numbers.subarray(capitals, capitals + products));
    const [variance, variances, rows] = numbers.subarray(capitals + products);
    Object.assign(this, { variance, variances, rows });
  }
}

/** Which of the phases begins at this place of a horizon; −1 for none. They are spread as evenly as steps allow. */
function phaseOf(place: number, horizonSteps: number, phases: number): number {
  const phase = Math.ceil((place * phases) / horizonSteps);
  return phase < phases && Math.floor((phase * horizonSteps) / phases) === place ? phase : -1;
}
