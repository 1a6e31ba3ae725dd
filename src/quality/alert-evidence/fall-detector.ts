// A sequential detector of a change for the worse that may be looked at after every group of steps: an e-detector of
// Shiryaev–Roberts form (Shin, Ramdas and Rinaldo 2022, "E-detectors").

/** Stakes of the mixture, in units of 1 over the spread of a group's sum: one for each size of change. */
const STAKES = [0.06, 0.12, 0.25, 0.5, 1, 2] as const;
/** Groups that the spread is a mean of. */
const SPREAD_GROUPS = 96;
/** Groups whose spread is looked at before the first stake. */
export const FIRST_GROUPS = 4;
/** Parts of a horizon by which rows without a label yet are known. */
const HORIZON_PARTS = 8;
/** Evidence is not counted beyond this. */
const MOST_EVIDENCE = 1e12;

/** A step's gain for the alternative, and how far it can fall below 0, known before the step's label. */
export interface EvidenceRow {
  readonly gain: number;
  readonly bound: number;
}

/** Lengths in steps. */
export interface GroupSize {
  readonly groupSteps: number;
  readonly horizonSteps: number;
}

/**
 * Rows come in the order of their steps. While all is well, the mean of a row's gain x, given all that is known when
 * its step closes, is at most 0. Per group of steps and stake λ
 *
 *     R ← (R + 1) · (1 + λ · Σ x),
 *
 * and the evidence is the mean R over the stakes. Its expected value after n groups is at most n while all is well, so
 * the probability that it reaches n / α within n groups is at most α, however often one looks and whenever it began.
 *
 * Σ x is over the rows taken. A row is taken while Σ x cannot fall below −1/λ even if every row without a label yet has
 * its worst outcome. That is known before the row's own label, so Σ x keeps its mean of at most 0, and the factor is at
 * least 0. Stakes depend on earlier groups alone. The last horizon of a group is left out: its labels come after it.
 *
 * Example: groups of 2 steps with a horizon of 1, gains of 0.1 with a bound of 0.04: Σ x is 0.1, which is also the
 * spread, so that the factor is 1 + stake: after five groups R is 1.06 with the stake 0.06, and 3 with the stake 2.
 */
export class FallDetector {
  private readonly size: GroupSize;
  private readonly partSteps: number;
  /** Most parts of which a row may be without a label. */
  private readonly openParts: number;
  /** Per stake: R, Σ x, and the bounds of rows without a label. */
  private readonly evidence = new Float64Array(STAKES.length);
  private readonly sums = new Float64Array(STAKES.length);
  private readonly exposed = new Float64Array(STAKES.length);
  /** Per stake and open part: the gains and the bounds of its rows, which count in `sums` when they have labels. */
  private readonly gains: Float64Array;
  private readonly bounds: Float64Array;
  /** Number of the open group; of its newest part; its rows; the sum of all their gains; groups closed; mean square. */
  private readonly state = Float64Array.of(-1, 0, 0, 0, 0, 0);

  constructor(size: GroupSize) {
    this.size = size;
    this.partSteps = Math.ceil(size.horizonSteps / HORIZON_PARTS);
    this.openParts = Math.ceil((size.horizonSteps - 1) / this.partSteps) + 1;
    this.gains = new Float64Array(STAKES.length * this.openParts);
    this.bounds = new Float64Array(STAKES.length * this.openParts);
  }

  /** The evidence after the last closed group; 0 before the first. */
  get value(): number {
    return this.evidence.reduce((sum, one) => sum + one, 0) / STAKES.length;
  }

  /** Groups closed since the beginning, with the `FIRST_GROUPS` that nothing was staked on. */
  get groups(): number {
    return this.state[4]!;
  }

  /** Everything that must survive a restart. */
  get arrays(): readonly Float64Array[] {
    return [this.evidence, this.sums, this.exposed, this.gains, this.bounds, this.state];
  }

  /** Adds a labelled step. @returns whether that closed a group, so that `value` is a new one. */
  update(index: number, { gain, bound }: EvidenceRow): boolean {
    const { groupSteps, horizonSteps } = this.size;
    const { state } = this;
    const group = Math.floor(index / groupSteps);
    const closes = group !== state[0] && state[2]! > 0;
    if (closes) this.close();
    if (group !== state[0]) this.open(group);
    const offset = index - group * groupSteps;
    if (offset + horizonSteps >= groupSteps) return closes;
    this.settleUpTo(Math.floor(offset / this.partSteps));
    state[2]! += 1;
    state[3]! += gain;
    if (state[4]! >= FIRST_GROUPS) this.take(gain, bound);
    return closes;
  }

  /** Begins anew with what is known of the spread. */
  restart(): void {
    this.evidence.fill(0);
  }

  /** Loads what `arrays` gave. Throws `RangeError` for others. */
  load(arrays: readonly ArrayLike<number>[]): void {
    this.arrays.forEach((own, i) => {
      const stored = arrays[i];
      if (stored?.length !== own.length) {
        throw new RangeError(`detector: got ${stored?.length} numbers, expected ${own.length}`);
      }
      own.set(stored);
    });
  }

  private take(gain: number, bound: number): void {
    const { sums, exposed, gains, bounds, openParts, state } = this;
    const spread = Math.sqrt(state[5]!);
    const part = state[1]! % openParts;
    for (let k = 0; k < STAKES.length; k++) {
      if (sums[k]! - exposed[k]! - bound < -spread / STAKES[k]!) continue;
      gains[k * openParts + part]! += gain;
      bounds[k * openParts + part]! += bound;
      exposed[k]! += bound;
    }
  }

  /** Moves on to a part of the group: rows of the parts a horizon before it have their labels. */
  private settleUpTo(part: number): void {
    const { openParts, state } = this;
    for (let next = Math.max(state[1]! + 1, part - openParts + 1); next <= part; next++) this.settle(next % openParts);
    state[1] = part;
  }

  private settle(place: number): void {
    const { sums, exposed, gains, bounds, openParts } = this;
    for (let k = 0; k < STAKES.length; k++) {
      sums[k]! += gains[k * openParts + place]!;
      gains[k * openParts + place] = 0;
      bounds[k * openParts + place] = 0;
      let open = 0;
      for (let p = 0; p < openParts; p++) open += bounds[k * openParts + p]!;
      exposed[k] = open;
    }
  }

  private close(): void {
    const { evidence, sums, openParts, state } = this;
    for (let place = 0; place < openParts; place++) this.settle(place);
    const spread = Math.sqrt(state[5]!);
    if (state[4]! >= FIRST_GROUPS) {
      for (let k = 0; k < STAKES.length; k++) {
        const factor = spread > 0 ? Math.max(0, 1 + (STAKES[k]! / spread) * sums[k]!) : 1;
        evidence[k] = Math.min((evidence[k]! + 1) * factor, MOST_EVIDENCE);
      }
    }
    state[4]! += 1;
    state[5]! += (state[3]! * state[3]! - state[5]!) / Math.min(state[4]!, SPREAD_GROUPS);
  }

  private open(group: number): void {
    this.sums.fill(0);
    this.exposed.fill(0);
    this.gains.fill(0);
    this.bounds.fill(0);
    this.state.set([group, 0, 0, 0]);
  }
}
