// One model's resolved steps of one block as a row of sums; figures are computed from sums of such rows.
import { ln } from "../features/exact-math.ts";
import type { BlockCounts } from "./block-groups.ts";
import { RELIABILITY_BINS, reliabilityBin } from "./reliability-bin.ts";
import { SCORE_BINS } from "./score-bins.ts";

/**
 * Columns: calm steps per score bin, spikes per score bin, then sums over all steps, then three per reliability bin.
 */
export const CALM = 0;
export const SPIKE = SCORE_BINS;
/** Squared errors, log losses, and p(1 − p): the squared error that a calibrated probability expects. */
export const SQUARES = 2 * SCORE_BINS;
export const LOGS = SQUARES + 1;
export const VARIANCES = SQUARES + 2;
export const EXACT_SUMS = 3;
/** Per reliability bin: steps, spikes, and probabilities in units of `PROBABILITY_UNIT`. */
export const RELIABILITY = SQUARES + EXACT_SUMS;
export const ROW_WIDTH = RELIABILITY + 3 * RELIABILITY_BINS;

/**
 * Sums of probabilities are whole multiples of 2⁻²²: 900 of them fit into 32 bits, and integer sums do not depend on
 * the order. A probability is off by 1.2e-7 at most.
 */
export const PROBABILITY_UNIT = 1 / 4_194_304;

/** −ln of the probability given to what happened, clipped to [2⁻⁵², 1 − 2⁻⁵²] as in the trainer. */
export function logLossOf(probability: number, label: number): number {
  const p = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
  return -ln(label === 1 ? p : 1 - p);
}

/** A probability as a whole number of units. */
export function probabilityUnits(probability: number): number {
  return Math.round(probability / PROBABILITY_UNIT);
}

/** Adds one resolved step to the row that begins at `at`. */
export function addToRow(row: Float64Array, at: number, bin: number, probability: number, label: number): void {
  const error = probability - label;
  row[at + (label === 1 ? SPIKE : CALM) + bin]! += 1;
  row[at + SQUARES]! += error * error;
  row[at + LOGS]! += logLossOf(probability, label);
  row[at + VARIANCES]! += probability * (1 - probability);
  const reliability = at + RELIABILITY + 3 * reliabilityBin(probability);
  row[reliability]! += 1;
  row[reliability + 1]! += label;
  row[reliability + 2]! += probabilityUnits(probability);
}

/** Steps and spikes of the row that begins at `at`. */
export function countsOfRow(row: Float64Array, at: number): { readonly rows: number; readonly positives: number } {
  let rows = 0;
  let positives = 0;
  for (let j = at + RELIABILITY; j < at + ROW_WIDTH; j += 3) {
    rows += row[j]!;
    positives += row[j + 1]!;
  }
  return { rows, positives };
}

/** Steps and spikes of each of the rows. */
export function countsOfRows(rows: Float64Array): BlockCounts {
  const blocks = rows.length / ROW_WIDTH;
  const counts = { rows: new Int32Array(blocks), positives: new Int32Array(blocks) };
  for (let b = 0; b < blocks; b++) {
    const { rows: steps, positives } = countsOfRow(rows, b * ROW_WIDTH);
    counts.rows[b] = steps;
    counts.positives[b] = positives;
  }
  return counts;
}
