// Forecasts of the horizon's variance that need no model, learnt as the labels come: what a model's are compared with.
// They see the horizon's own realised variance alone.
import { decayOfHalfLife, exp, ln } from "../features/exact-math.ts";
import { NormalEquations } from "./normal-equations.ts";

/** Half-lives of the averages in horizons: those of 15, 60, 300 and 900 steps at a horizon of 60, about. */
const HALF_LIVES = [0.25, 1, 4, 15] as const;
const AVERAGES = HALF_LIVES.length;
/** Of the regression: 1, ln of the last horizon's variance, ln of each average. */
const TERMS = 2 + AVERAGES;
/** Half-life of the regression's rows and of the scales, in horizons. */
const REGRESSION_HALF_LIFE = 2000;
const SCALE_HALF_LIFE = 500;
/**
 * Labels before the first forecast, in horizons, and at least so many: with fewer a baseline is so bad that every model
 * looks good beside it.
 */
const FIRST_HORIZONS = 40;
const LEAST_FIRST = 200;
/** Steps between two solutions of the regression, at least. */
const SOLVE_EVERY = 15;
/** The regression's forecast lies within a factor of e of what it is made of. */
const MARGIN = 1;
/** Values of a step that waits for its label: variance, averages, scaled EWMA, HAR before its scale, scaled HAR. */
const WIDTH = 1 + AVERAGES + 3;
const EWMA = 1 + AVERAGES;
const HAR_UNSCALED = EWMA + 1;
const HAR = EWMA + 2;

/**
 * EWMA: the average of four half-lives with the lowest QLIKE lately, times a factor that makes the mean of realised
 * over forecast variance 1, as the trainer scales its own. HAR: the logarithm regressed on the last horizon's and the
 * averages' (the exponential form of Corsi's model: Bollerslev, Hood, Huss and Pedersen 2018), by recursive least
 * squares with forgetting, scaled likewise. Both are `NaN` before 40 horizons of labels, and 200 labels.
 */
export class LiveBaselines {
  readonly horizonSteps: number;
  private readonly decays: Float64Array;
  private readonly scaleDecay: number;
  private readonly averages = new Float64Array(AVERAGES).fill(NaN);
  /** Discounted sums per average: realised over average, ln of average; then of HAR; then the weight of all. */
  private readonly scales = new Float64Array(2 * AVERAGES + 3);
  private readonly regression: NormalEquations;
  private readonly coefficients = new Float64Array(TERMS);
  private readonly terms = new Float64Array(TERMS);
  private readonly pending: Float32Array;
  private labels = 0;

  constructor(horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.decays = Float64Array.from(HALF_LIVES, (horizons) => decayOfHalfLife(horizons * horizonSteps));
    this.scaleDecay = decayOfHalfLife(SCALE_HALF_LIFE * horizonSteps);
    this.regression = new NormalEquations(TERMS, decayOfHalfLife(REGRESSION_HALF_LIFE * horizonSteps));
    this.pending = new Float32Array(horizonSteps * WIDTH).fill(NaN);
  }

  /** Forgets the steps that wait, and the averages: a segment ended. What was learnt stays. */
  reset(): void {
    this.pending.fill(NaN);
    this.averages.fill(NaN);
  }

  /** The forecast variances of the step one horizon before `index`; call it before `update(index, …)`. */
  ewmaOf(index: number): number {
    return this.pending[this.placeOf(index) + EWMA]!;
  }

  harOf(index: number): number {
    return this.pending[this.placeOf(index) + HAR]!;
  }

  /** Adds a step. @param variance of the horizon that ends with it, at least ε²; `NaN` where it does not exist. */
  update(index: number, variance: number): void {
    const place = this.placeOf(index);
    const exists = variance === variance;
    if (exists && this.pending[place] === this.pending[place]) this.learn(place, variance, index);
    if (exists) {
      for (let j = 0; j < AVERAGES; j++) {
        const average = this.averages[j]!;
        this.averages[j] = average === average ? variance + (average - variance) * this.decays[j]! : variance;
      }
    }
    this.park(place, variance);
  }

  get sizeBytes(): number {
    return this.arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** What is stored of it. */
  get arrays(): readonly (Float64Array | Float32Array)[] {
    const { averages, scales, coefficients, pending, regression } = this;
    return [Float64Array.of(this.labels), averages, scales, coefficients, regression.sums, pending];
  }

  /** Restores `arrays`. Throws `RangeError` for others. */
  load([labels, averages, scales, coefficients, sums, pending]: readonly ArrayLike<number>[]): void {
    const own = [this.averages, this.scales, this.coefficients, this.regression.sums, this.pending];
    const stored = [averages, scales, coefficients, sums, pending];
    own.forEach((array, i) => {
      const found = stored[i];
      if (found?.length !== array.length) {
        throw new RangeError(`baselines: got ${found?.length ?? 0} numbers, expected ${array.length}`);
      }
      array.set(found);
    });
    this.labels = labels?.[0] ?? 0;
  }

  private placeOf(index: number): number {
    return (index % this.horizonSteps) * WIDTH;
  }

  private learn(place: number, variance: number, index: number): void {
    const { pending, scales, scaleDecay } = this;
    for (let j = 0; j < AVERAGES; j++) {
      const average = pending[place + 1 + j]!;
      scales[2 * j] = scales[2 * j]! * scaleDecay + variance / average;
      scales[2 * j + 1] = scales[2 * j + 1]! * scaleDecay + ln(average);
    }
    const own = 2 * AVERAGES;
    scales[own + 2] = scales[own + 2]! * scaleDecay + 1;
    const unscaled = pending[place + HAR_UNSCALED]!;
    if (unscaled === unscaled) {
      scales[own] = scales[own]! * scaleDecay + variance / unscaled;
      scales[own + 1] = scales[own + 1]! * scaleDecay + 1;
    }
    this.writeTerms(place);
    this.regression.add(this.terms, ln(variance));
    this.labels += 1;
    // Often enough: its rows count for thousands of horizons.
    if (index % Math.max(SOLVE_EVERY, this.horizonSteps >> 2) === 0) this.regression.solve(this.coefficients);
  }

  private park(place: number, variance: number): void {
    const { pending, averages, scales } = this;
    if (variance !== variance) {
      pending.fill(NaN, place, place + WIDTH);
      return;
    }
    pending[place] = variance;
    pending.set(averages, place + 1);
    const ready = this.labels >= Math.max(LEAST_FIRST, FIRST_HORIZONS * this.horizonSteps);
    pending[place + EWMA] = ready ? this.ewma() : NaN;
    const unscaled = ready ? this.har(place) : NaN;
    pending[place + HAR_UNSCALED] = unscaled;
    const own = 2 * AVERAGES;
    pending[place + HAR] = scales[own + 1]! > 0 ? (unscaled * scales[own]!) / scales[own + 1]! : NaN;
  }

  private ewma(): number {
    const { scales, averages } = this;
    const weight = scales[2 * AVERAGES + 2]!;
    let best = NaN;
    let least = Infinity;
    for (let j = 0; j < AVERAGES; j++) {
      const scale = scales[2 * j]! / weight;
      // Mean QLIKE of the scaled forecast, but for what all have in common.
      const loss = scales[2 * j + 1]! / weight + ln(scale);
      if (!(loss < least)) continue;
      least = loss;
      best = averages[j]! * scale;
    }
    return best;
  }

  private har(place: number): number {
    this.writeTerms(place);
    const { terms, coefficients } = this;
    let forecast = coefficients[0]!;
    let [low, high] = [Infinity, -Infinity];
    for (let j = 1; j < TERMS; j++) {
      forecast += coefficients[j]! * terms[j]!;
      low = Math.min(low, terms[j]!);
      high = Math.max(high, terms[j]!);
    }
    return exp(Math.min(Math.max(forecast, low - MARGIN), high + MARGIN));
  }

  /** As the step's values are stored, so that a forecast and what is learnt of it have the same terms. */
  private writeTerms(place: number): void {
    this.terms[0] = 1;
    for (let j = 1; j < TERMS; j++) this.terms[j] = ln(this.pending[place + j - 1]!);
  }
}
