// How much each part of a blend counts: by log loss on held-out rows, near equal where these are few.
import { exp, ln } from "../../src/features/exact-math.ts";
import { type ScoredRows, weightsOf } from "./scored-rows.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Standard deviation of a weight around 1 / parts, before any row. */
const WEIGHT_SPREAD = 0.25;
/** Weights below this are left out: such a part costs its size and time, and changes nothing. */
const LEAST_WEIGHT = 0.01;
/** Rounds end when no exchange moves more than this. */
const TOLERANCE = 1e-4;
const MAX_ROUNDS = 50;

/**
 * Weights from 0 that sum to 1 and minimise rowWeight · Σ log loss of Σ w_i · logOdds_i, plus
 * Σ (w_i − 1/m)² / (2 · 0.25²): the mode of a posterior that begins at equal weights. The problem is convex. It is
 * solved by exchanging weight between two parts at a time, by Newton's method.
 *
 * Example: without rows all weights are 1 / m; with many rows a part that says nothing gets 0.
 *
 * @param parts held-out log-odds of each part, at least one part, on the same rows.
 * @param rows those rows; where symbols count the same, each row's loss is weighed by its symbol.
 * @param rowWeight 1 / horizon steps.
 */
export function blendWeights(
  parts: readonly Float64Array[],
  rows: Pick<ScoredRows, "labels" | "symbols">,
  rowWeight: number,
): number[] {
  const { labels } = rows;
  const count = parts.length;
  const weights = new Array<number>(count).fill(1 / count);
  const mixed = new Float64Array(labels.length);
  const judged = { labels, weights: weightsOf(rows), rowWeight };
  for (const part of parts) part.forEach((z, k) => (mixed[k]! += z / count));
  for (let round = 0, moved = Infinity; round < MAX_ROUNDS && moved > TOLERANCE; round++) {
    moved = 0;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) {
        const difference = parts[i]!.map((z, k) => z - parts[j]![k]!);
        const step = new Exchange(mixed, difference, judged).best(weights[i]!, weights[j]!);
        weights[i]! += step;
        weights[j]! -= step;
        for (let k = 0; k < mixed.length; k++) mixed[k]! += step * difference[k]!;
        moved = Math.max(moved, Math.abs(step));
      }
    }
  }
  return withoutTraces(weights);
}

/** What a mixture is judged by. */
interface JudgedRows {
  readonly labels: Uint8Array;
  readonly weights: Float64Array | undefined;
  readonly rowWeight: number;
}

/** Moves weight from the second of two parts to the first. */
class Exchange {
  private readonly mixed: Float64Array;
  private readonly difference: Float64Array;
  private readonly rows: JudgedRows;

  constructor(mixed: Float64Array, difference: Float64Array, rows: JudgedRows) {
    this.mixed = mixed;
    this.difference = difference;
    this.rows = rows;
  }

  /** How much to move so that neither weight falls below 0. The prior's means of both parts are equal and cancel. */
  best(first: number, second: number): number {
    const limit = (step: number): number => Math.min(Math.max(step, -first), second);
    let at = 0;
    let loss = this.loss(at, first - second);
    for (let iteration = 0; iteration < 20; iteration++) {
      let step = this.newtonStep(at, first - second);
      let next = limit(at + step);
      let nextLoss = this.loss(next, first - second);
      for (; !(nextLoss < loss) && Math.abs(step) > TOLERANCE / 10; step /= 2) {
        next = limit(at + step / 2);
        nextLoss = this.loss(next, first - second);
      }
      if (!(nextLoss < loss)) break;
      const moved = Math.abs(next - at);
      at = next;
      loss = nextLoss;
      if (moved < TOLERANCE / 10) break;
    }
    return at;
  }

  private loss(step: number, lead: number): number {
    const { mixed, difference } = this;
    const { labels, weights, rowWeight } = this.rows;
    let sum = 0;
    for (let k = 0; k < labels.length; k++) {
      const z = mixed[k]! + step * difference[k]!;
      sum += (weights?.[k] ?? 1) * (Math.max(z, 0) - labels[k]! * z + ln(1 + exp(-Math.abs(z))));
    }
    return rowWeight * sum + (step * step + step * lead) / WEIGHT_SPREAD ** 2;
  }

  private newtonStep(step: number, lead: number): number {
    const { mixed, difference } = this;
    const { labels, weights, rowWeight } = this.rows;
    let gradient = (2 * step + lead) / WEIGHT_SPREAD ** 2;
    let curvature = 2 / WEIGHT_SPREAD ** 2;
    for (let k = 0; k < labels.length; k++) {
      const d = difference[k]!;
      const p = sigmoid(mixed[k]! + step * d);
      const weight = rowWeight * (weights?.[k] ?? 1);
      gradient += weight * (p - labels[k]!) * d;
      curvature += weight * p * (1 - p) * d * d;
    }
    return -gradient / curvature;
  }
}

function withoutTraces(weights: readonly number[]): number[] {
  const kept = weights.map((w) => (w < LEAST_WEIGHT ? 0 : w));
  const total = kept.reduce((sum, w) => sum + w, 0);
  return kept.map((w) => w / total);
}
