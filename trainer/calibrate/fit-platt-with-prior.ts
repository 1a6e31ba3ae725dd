// Platt's calibration for few held-out rows: the calibration of the training rows is its prior.
import { exp, ln } from "../../src/features/exact-math.ts";
import type { PlattCalibration } from "../../src/model/manifest-calibration.ts";
import { fitPlatt, MIN_SLOPE, smoothedTargets } from "./platt.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Standard deviation of the slope around the prior's, as a share of it, and of the level around the prior's. */
const SLOPE_SPREAD = 0.5;
const LEVEL_SPREAD = 1;

/** Scores and labels (1 spike, 0 calm) of the same rows, and how much each counts; absent: 1 each. */
interface Scored {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly weights?: Float64Array | undefined;
}

/** A slope, and the level: the log-odds at the training rows' mean score. */
interface Line {
  readonly slope: number;
  readonly level: number;
}

/**
 * Slope and level with the highest posterior: around Platt of the training rows (slope s, level l) they are N(s,
 * (s/2)²) and N(l, 1), and each held-out row's log-likelihood, with Platt's smoothed targets, is weighted by
 * `rowWeight`. Thousands of rows outweigh the prior; the rows of a few episodes move it only a little. Without the
 * prior, one episode that a model missed flattens the slope to almost 0.
 *
 * The prior is on the level and not on the intercept, so that it does not matter where the scores' zero lies. A slope
 * below `MIN_SLOPE` is set to `MIN_SLOPE`, and only the level is fitted.
 *
 * @param rowWeight 1 / horizon steps: labels of neighbouring steps share all but one of their steps.
 * @returns Platt of the training rows without held-out rows.
 */
export function fitPlattWithPrior(onTrain: Scored, heldOut: Scored, rowWeight: number): PlattCalibration {
  const { slope, intercept } = fitPlatt(onTrain.scores, onTrain.labels, onTrain.weights);
  const mean = onTrain.scores.reduce((sum, s) => sum + s, 0) / onTrain.scores.length;
  const posterior = new Posterior({ slope, level: slope * mean + intercept }, mean, heldOut, rowWeight);
  const free = posterior.maximum(false);
  const best = free.slope >= MIN_SLOPE ? free : posterior.maximum(true);
  return { method: "platt", slope: best.slope, intercept: best.level - best.slope * mean };
}

class Posterior {
  private readonly prior: Line;
  private readonly scores: Float64Array;
  private readonly targets: Float64Array;
  private readonly weights: Float64Array | undefined;
  private readonly rowWeight: number;
  private readonly precision: Line;

  constructor(prior: Line, mean: number, { scores, labels, weights }: Scored, rowWeight: number) {
    this.prior = prior;
    this.scores = scores.map((s) => s - mean);
    this.targets = smoothedTargets(labels);
    this.weights = weights;
    this.rowWeight = rowWeight;
    this.precision = { slope: 1 / (SLOPE_SPREAD * prior.slope) ** 2, level: 1 / LEVEL_SPREAD ** 2 };
  }

  /** By Newton's method with step halving, from the prior on; with `held` the slope stays at `MIN_SLOPE`. */
  maximum(held: boolean): Line {
    let line = held ? { slope: MIN_SLOPE, level: this.prior.level } : this.prior;
    let loss = this.loss(line);
    for (let iteration = 0; iteration < 200; iteration++) {
      const direction = this.newtonStep(line, held);
      let step = 1;
      let next = line;
      let nextLoss = Infinity;
      for (; step > 1e-12 && !(nextLoss < loss); step /= 2) {
        next = { slope: line.slope - step * direction.slope, level: line.level - step * direction.level };
        nextLoss = this.loss(next);
      }
      if (!(nextLoss < loss)) break;
      line = next;
      loss = nextLoss;
    }
    return line;
  }

  /** The negative log-posterior, without constants. */
  private loss({ slope, level }: Line): number {
    let sum = 0;
    this.scores.forEach((s, i) => {
      const z = slope * s + level;
      sum += (this.weights?.[i] ?? 1) * (Math.max(z, 0) - this.targets[i]! * z + ln(1 + exp(-Math.abs(z))));
    });
    const [a, b] = [slope - this.prior.slope, level - this.prior.level];
    return this.rowWeight * sum + 0.5 * (this.precision.slope * a * a + this.precision.level * b * b);
  }

  /** Hessian⁻¹ · gradient. */
  private newtonStep({ slope, level }: Line, held: boolean): Line {
    const { precision, prior } = this;
    let ga = precision.slope * (slope - prior.slope);
    let gb = precision.level * (level - prior.level);
    let haa = precision.slope;
    let hab = 0;
    let hbb = precision.level;
    this.scores.forEach((s, i) => {
      const p = sigmoid(slope * s + level);
      const rowWeight = this.rowWeight * (this.weights?.[i] ?? 1);
      const error = rowWeight * (p - this.targets[i]!);
      const curvature = rowWeight * p * (1 - p);
      ga += error * s;
      gb += error;
      haa += curvature * s * s;
      hab += curvature * s;
      hbb += curvature;
    });
    if (held) return { slope: 0, level: gb / hbb };
    const determinant = haa * hbb - hab * hab;
    return { slope: (hbb * ga - hab * gb) / determinant, level: (haa * gb - hab * ga) / determinant };
  }
}
