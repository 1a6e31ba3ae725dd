// How much lower one calibration's log loss is than another's on the same rows, and how sure that is.
import { exp, ln } from "../../src/features/exact-math.ts";
import { type FoldScores, type Line, weightsOf } from "./scored-rows.ts";

/** Sums over rows: the gain in nats, and its variance from sums over blocks of time. */
export interface PairedGain {
  readonly gain: number;
  readonly variance: number;
}

/**
 * Σ (loss under `before` − loss under `after`) over a fold's held-out rows, weighed by their symbols where these count
 * the same. With B blocks that have the gains g, its variance is B / (B − 1) · Σ (g − mean)²; `Infinity` with fewer
 * than two blocks.
 */
export function pairedGain(before: Line, after: Line, { heldOut, blocks }: FoldScores): PairedGain {
  const sums = new Map<number, number>();
  const weights = weightsOf(heldOut);
  heldOut.scores.forEach((s, i) => {
    const y = heldOut.labels[i]!;
    const gain = (weights?.[i] ?? 1) * (loss(before, s, y) - loss(after, s, y));
    sums.set(blocks[i]!, (sums.get(blocks[i]!) ?? 0) + gain);
  });
  const gains = [...sums.values()];
  const gain = gains.reduce((sum, g) => sum + g, 0);
  if (gains.length < 2) return { gain, variance: Infinity };
  const mean = gain / gains.length;
  const squares = gains.reduce((sum, g) => sum + (g - mean) ** 2, 0);
  return { gain, variance: (gains.length / (gains.length - 1)) * squares };
}

function loss({ slope, intercept }: Line, score: number, label: number): number {
  const z = slope * score + intercept;
  return Math.max(z, 0) - label * z + ln(1 + exp(-Math.abs(z)));
}
