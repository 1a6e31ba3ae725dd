// The line that explains some labels best, held near a prior where they say little.
import { ln } from "../features/exact-math.ts";
import { type Line, probabilityOf } from "./line.ts";
import { LOGIT_BINS, type LogitSums } from "./logit-sums.ts";

/** Standard deviations of the prior: of the slope, and of the level where the predictions lie. */
export interface PriorDeviations {
  readonly slope: number;
  readonly level: number;
}

const LEAST_SLOPE = 0.01;
const MOST_STEPS = 25;
/** A step this short ends the search. */
const CLOSE = 1e-4;

/**
 * The line of the greatest posterior: log-likelihood of the sums' labels, and a normal prior of the slope and of the
 * level at the mean log-odds, around `prior`. Damped Newton: a step that does not gain is halved, and the slope is kept
 * at 0.01 at least. Sums without weight give the prior.
 * @param from where the search begins, e.g. the line of before.
 */
export function fitLine(sums: LogitSums, prior: Line, deviations: PriorDeviations, from: Line): Line {
  const centre = sums.meanLogit;
  if (Number.isNaN(centre)) return prior;
  const posterior = new CentredPosterior(sums, centre, toCentred(prior, centre), deviations);
  let at = toCentred(from, centre);
  let value = posterior.value(at);
  for (let n = 0; n < MOST_STEPS; n++) {
    const step = posterior.newtonStep(at);
    const next = halvedUntilBetter(posterior, at, value, step);
    if (next === undefined) break;
    const moved = Math.abs(next.at.slope - at.slope) + Math.abs(next.at.level - at.level);
    ({ at, value } = next);
    if (moved < CLOSE) break;
  }
  return fromCentred(at, centre);
}

/** `level` is that at the centre: `z' = centre + level + slope · (z − centre)`. */
function toCentred({ slope, level }: Line, centre: number): Line {
  return { slope, level: level + (slope - 1) * centre };
}

function fromCentred({ slope, level }: Line, centre: number): Line {
  return { slope, level: level - (slope - 1) * centre };
}

const MOST_HALVINGS = 20;

function halvedUntilBetter(
  posterior: CentredPosterior,
  at: Line,
  value: number,
  step: Line,
): { readonly at: Line; readonly value: number } | undefined {
  let share = 1;
  for (let n = 0; n < MOST_HALVINGS; n++, share /= 2) {
    const slope = Math.max(at.slope + share * step.slope, LEAST_SLOPE);
    const next = { slope, level: at.level + share * step.level };
    const better = posterior.value(next);
    if (better > value) return { at: next, value: better };
  }
  return undefined;
}

/** Log-posterior of a line and its derivatives. */
class CentredPosterior {
  private readonly count: number;
  /** Of the bins with weight: mean log-odds from the centre, weight, spikes. */
  private readonly x = new Float64Array(LOGIT_BINS);
  private readonly weight = new Float64Array(LOGIT_BINS);
  private readonly spikes = new Float64Array(LOGIT_BINS);
  private readonly centre: number;
  private readonly prior: Line;
  private readonly precision: Line;

  constructor({ weight, logits, spikes }: LogitSums, centre: number, prior: Line, deviations: PriorDeviations) {
    this.centre = centre;
    this.prior = prior;
    let count = 0;
    for (let i = 0; i < LOGIT_BINS; i++) {
      if (!(weight[i]! > 0)) continue;
      this.x[count] = logits[i]! / weight[i]! - centre;
      this.weight[count] = weight[i]!;
      this.spikes[count] = spikes[i]!;
      count += 1;
    }
    this.count = count;
    const { slope, level } = deviations;
    this.precision = { slope: 1 / (slope * slope), level: 1 / (level * level) };
  }

  value({ slope, level }: Line): number {
    const { x, weight, spikes, prior, precision } = this;
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      const z = this.centre + level + slope * x[i]!;
      sum += spikes[i]! * z - weight[i]! * softplus(z);
    }
    const [a, b] = [slope - prior.slope, level - prior.level];
    return sum - (precision.slope * a * a + precision.level * b * b) / 2;
  }

  newtonStep({ slope, level }: Line): Line {
    const { x, weight, spikes, prior, precision } = this;
    let [gs, gl] = [-precision.slope * (slope - prior.slope), -precision.level * (level - prior.level)];
    let [hss, hsl, hll] = [precision.slope, 0, precision.level];
    for (let i = 0; i < this.count; i++) {
      const q = probabilityOf(this.centre + level + slope * x[i]!);
      const residual = spikes[i]! - weight[i]! * q;
      const curvature = weight[i]! * q * (1 - q);
      gs += residual * x[i]!;
      gl += residual;
      hss += curvature * x[i]! * x[i]!;
      hsl += curvature * x[i]!;
      hll += curvature;
    }
    const determinant = hss * hll - hsl * hsl;
    return { slope: (hll * gs - hsl * gl) / determinant, level: (hss * gl - hsl * gs) / determinant };
  }
}

/** ln(1 + eᶻ). */
function softplus(z: number): number {
  return z > 0 ? z - ln(probabilityOf(z)) : -ln(probabilityOf(-z));
}
