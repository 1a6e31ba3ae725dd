// Platt's calibration: a score to a probability through one slope and one intercept.
import { exp, ln } from "../src/features/exact-math.ts";
import type { PlattCalibration } from "../src/model/manifest-calibration.ts";
import { fitLogistic } from "./l2-logistic.ts";
import { sigmoid } from "./sigmoid.ts";

/** Calibration never turns a ranking around, whatever the training rows say: the slope is at least this. */
export const MIN_SLOPE = 0.01;

/**
 * Maximum likelihood with Platt's smoothed targets (J. Platt 1999; Lin, Lin and Weng 2007): (n₊ + 1)/(n₊ + 2) for a
 * spike and 1/(n₋ + 2) for calm, so that separable scores keep a finite slope. Where the best slope is below `MIN_SLOPE`
 * it is held there and the intercept fitted alone: nearly the base rate for every row.
 *
 * @param scores finite, one per label; @param labels 1 spike, 0 calm.
 */
export function fitPlatt(scores: Float64Array, labels: Uint8Array): PlattCalibration {
  const targets = smoothedTargets(labels);
  const fit = fitLogistic({ x: scores, width: 1, targets }, 0);
  const slope = fit.weights[0]!;
  if (slope >= MIN_SLOPE) return { method: "platt", slope, intercept: fit.intercept };
  return { method: "platt", slope: MIN_SLOPE, intercept: interceptAt(MIN_SLOPE, scores, targets) };
}

/** Where a calibration is expected to lie before held-out rows are looked at. */
export interface PlattPrior {
  /** The middle: usually Platt on the rows that the score was fitted on. */
  readonly centre: PlattCalibration;
  /** What one row counts for: 1 / horizon steps, since labels of neighbouring steps share all but one of their steps. */
  readonly rowWeight: number;
}

/** Standard deviation of the slope around the centre's, as a share of it, and of the intercept around the centre's. */
const SLOPE_SPREAD = 0.5;
const INTERCEPT_SPREAD = 1;

/**
 * The same with a prior (maximum a posteriori): slope ~ N(s, (s/2)²), intercept ~ N(i, 1) around the centre (s, i), each
 * row's log-likelihood weighted by `rowWeight`. Thousands of rows outweigh the prior; the held-out rows of a handful of
 * episodes move it as far as a handful of events can. Without it one episode that a model missed flattens its slope to
 * nothing. The slope is at least `MIN_SLOPE`; without rows the centre comes back.
 */
export function fitPlattWithPrior(scores: Float64Array, labels: Uint8Array, prior: PlattPrior): PlattCalibration {
  const { centre, rowWeight } = prior;
  const targets = smoothedTargets(labels);
  const precision = [1 / (SLOPE_SPREAD * centre.slope) ** 2, 1 / INTERCEPT_SPREAD ** 2] as const;
  const objective = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) {
      const z = a * scores[i]! + b;
      sum += Math.max(z, 0) - targets[i]! * z + ln(1 + exp(-Math.abs(z)));
    }
    const [da, db] = [a - centre.slope, b - centre.intercept];
    return rowWeight * sum + 0.5 * (precision[0] * da * da + precision[1] * db * db);
  };
  let { slope: a, intercept: b } = centre;
  let loss = objective(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    let [ga, gb] = [precision[0] * (a - centre.slope), precision[1] * (b - centre.intercept)];
    let [haa, hab, hbb] = [precision[0], 0, precision[1]] as [number, number, number];
    for (let i = 0; i < scores.length; i++) {
      const s = scores[i]!;
      const p = sigmoid(a * s + b);
      const error = rowWeight * (p - targets[i]!);
      const curvature = rowWeight * p * (1 - p);
      ga += error * s;
      gb += error;
      haa += curvature * s * s;
      hab += curvature * s;
      hbb += curvature;
    }
    if (Math.abs(ga) < 1e-9 * haa && Math.abs(gb) < 1e-9 * hbb) break;
    const determinant = haa * hbb - hab * hab;
    const da = (hbb * ga - hab * gb) / determinant;
    const db = (haa * gb - hab * ga) / determinant;
    let step = 1;
    while (step > 1e-9 && !(objective(a - step * da, b - step * db) <= loss)) step /= 2;
    if (step <= 1e-9) break;
    a -= step * da;
    b -= step * db;
    loss = objective(a, b);
  }
  return { method: "platt", slope: Math.max(a, MIN_SLOPE), intercept: b };
}

function smoothedTargets(labels: Uint8Array): Float64Array {
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  return Float64Array.from(labels, (y) => (y === 1 ? high : low));
}

/** The intercept at which the mean probability is the mean target, by bisection: the mean rises with it. */
function interceptAt(slope: number, scores: Float64Array, targets: Float64Array): number {
  const total = targets.reduce((sum, t) => sum + t, 0);
  const reach = 40 + slope * scores.reduce((max, s) => Math.max(max, Math.abs(s)), 0);
  let below = -reach;
  let above = reach;
  for (let i = 0; i < 80; i++) {
    const intercept = (below + above) / 2;
    const sum = scores.reduce((acc, s) => acc + sigmoid(slope * s + intercept), 0);
    if (sum < total) below = intercept;
    else above = intercept;
  }
  return (below + above) / 2;
}
