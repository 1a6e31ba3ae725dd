// Streams of labelled steps for `bench:alerts`: scores of real or simulated models, with labels as they came, or made
// anew from calibrated probabilities so that nothing is wrong.
import { RandomDeviates } from "../simulator/random-deviates.ts";

export interface LabelledRow {
  readonly step: number;
  readonly label: number;
  readonly champion: number;
  readonly reference: number;
}

/** Scores of two models in order of time; labels as they came. */
export interface ScorePaths {
  readonly stepMs: number;
  readonly horizonSteps: number;
  readonly champion: Float64Array;
  readonly reference: Float64Array;
  readonly label: Float64Array;
}

/** Labels of calibrated probabilities. */
export interface LabelProcess {
  /** Of the latent normals of neighbouring steps, beyond that of overlapping horizons. */
  readonly correlation: number;
}

/**
 * Labels 1{z < Φ⁻¹(p)}, z standard normal: a label is 1 with probability p. z is a moving average over the horizon, as
 * labels of overlapping horizons share their ticks, of an AR(1).
 */
export class LabelMaker {
  private readonly random: RandomDeviates;
  private readonly correlation: number;
  private readonly ring: Float64Array;
  private readonly scale: number;
  private state = 0;
  private sum = 0;
  private at = 0;

  constructor(horizonSteps: number, { correlation }: LabelProcess, seed: string) {
    this.random = new RandomDeviates(seed);
    this.correlation = correlation;
    this.ring = new Float64Array(horizonSteps);
    // Variance of a sum of h values of an AR(1): h + 2 Σ (h − k) φᵏ.
    let variance = horizonSteps;
    for (let k = 1; k < horizonSteps; k++) variance += 2 * (horizonSteps - k) * correlation ** k;
    this.scale = 1 / Math.sqrt(variance);
    for (let i = 0; i < 50 * horizonSteps; i++) this.next(0.5);
  }

  next(probability: number): 0 | 1 {
    const { ring, correlation } = this;
    this.state = correlation * this.state + Math.sqrt(1 - correlation * correlation) * this.random.normal();
    const place = this.at++ % ring.length;
    this.sum += this.state - ring[place]!;
    ring[place] = this.state;
    if (place === 0) this.sum = ring.reduce((a, b) => a + b, 0);
    return normalShare(this.sum * this.scale) < probability ? 1 : 0;
  }
}

/** Where rows of a long stream come from: whole stretches of the path, each from a random place. */
export function* stretchedRows(length: number, stretch: number, seed: string): Generator<number> {
  const random = new RandomDeviates(seed);
  while (true) {
    const from = Math.floor(random.uniform() * Math.max(1, length - stretch));
    for (let i = from; i < Math.min(from + stretch, length); i++) yield i;
  }
}

/** Φ(x), to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function normalShare(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-z * z)) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** Moves a probability's logit. */
export function shifted(probability: number, by: number): number {
  return 1 / (1 + Math.exp(-by) * (1 / probability - 1));
}
