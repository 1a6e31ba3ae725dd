// Slope and level of a calibration with the highest posterior, under a normal prior.
import { exp, ln } from "../../src/features/exact-math.ts";
import { MIN_SLOPE, smoothedTargets } from "./platt.ts";
import { type Line, type ScoredRows, weightsOf } from "./scored-rows.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Slope, and level: the log-odds at the score `centre`. Independent normal distributions. */
export interface PlattPrior {
  readonly centre: number;
  readonly slope: number;
  readonly level: number;
  /** 1 / variance. */
  readonly slopePrecision: number;
  readonly levelPrecision: number;
}

/**
 * The line with the highest posterior. Each row's log-likelihood, with Platt's smoothed targets, is weighted by
 * `rowWeight`, and by its symbol where symbols count the same. A slope below `MIN_SLOPE` is set to `MIN_SLOPE`, and
 * only the level is fitted. Without rows: the prior's middle.
 */
export function fitPosteriorLine(prior: PlattPrior, rows: ScoredRows, rowWeight: number): Line {
  const posterior = new Posterior(prior, rows, rowWeight);
  const free = posterior.maximum(false);
  const best = free.slope >= MIN_SLOPE ? free : posterior.maximum(true);
  return { slope: best.slope, intercept: best.level - best.slope * prior.centre };
}

interface SlopeAndLevel {
  readonly slope: number;
  readonly level: number;
}

class Posterior {
  private readonly prior: PlattPrior;
  private readonly scores: Float64Array;
  private readonly targets: Float64Array;
  private readonly weights: Float64Array | undefined;
  private readonly rowWeight: number;

  constructor(prior: PlattPrior, rows: ScoredRows, rowWeight: number) {
    this.prior = prior;
    this.scores = rows.scores.map((s) => s - prior.centre);
    this.targets = smoothedTargets(rows.labels);
    this.weights = weightsOf(rows);
    this.rowWeight = rowWeight;
  }

  /** By Newton's method with step halving, from the prior on; with `held` the slope stays at `MIN_SLOPE`. */
  maximum(held: boolean): SlopeAndLevel {
    let line: SlopeAndLevel = { slope: held ? MIN_SLOPE : this.prior.slope, level: this.prior.level };
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
  private loss({ slope, level }: SlopeAndLevel): number {
    const { prior } = this;
    let sum = 0;
    this.scores.forEach((s, i) => {
      const z = slope * s + level;
      sum += (this.weights?.[i] ?? 1) * (Math.max(z, 0) - this.targets[i]! * z + ln(1 + exp(-Math.abs(z))));
    });
    const [a, b] = [slope - prior.slope, level - prior.level];
    return this.rowWeight * sum + 0.5 * (prior.slopePrecision * a * a + prior.levelPrecision * b * b);
  }

  /** Hessian⁻¹ · gradient. */
  private newtonStep({ slope, level }: SlopeAndLevel, held: boolean): SlopeAndLevel {
    const { prior } = this;
    let ga = prior.slopePrecision * (slope - prior.slope);
    let gb = prior.levelPrecision * (level - prior.level);
    let haa = prior.slopePrecision;
    let hab = 0;
    let hbb = prior.levelPrecision;
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
