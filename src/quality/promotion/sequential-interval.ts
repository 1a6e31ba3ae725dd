// The mean gain of blocks with its t interval, from running sums.
import { fields, finiteNumber, type Parsed } from "../../schema-values.ts";

/** A figure with its 95 % interval. */
export interface GainFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const gainSumsSchema = fields({
  blocks: finiteNumber(),
  rows: finiteNumber(),
  /** Σ n d. */
  gain: finiteNumber(),
  /** Σ n², Σ n² d and Σ n² d². */
  squaredRows: finiteNumber(),
  squaredGain: finiteNumber(),
  squaredBoth: finiteNumber(),
});

/** Sums over blocks of n rows and mean gain d, for storage. */
export type GainSums = Parsed<typeof gainSumsSchema>;

export const NO_GAINS: GainSums = { blocks: 0, rows: 0, gain: 0, squaredRows: 0, squaredGain: 0, squaredBoth: 0 };

/** The sums with one more block of `rows` rows, at least 1, and mean gain `gain`. */
export function addGain(sums: GainSums, rows: number, gain: number): GainSums {
  const both = rows * gain;
  return {
    blocks: sums.blocks + 1,
    rows: sums.rows + rows,
    gain: sums.gain + both,
    squaredRows: sums.squaredRows + rows * rows,
    squaredGain: sums.squaredGain + rows * both,
    squaredBoth: sums.squaredBoth + both * both,
  };
}

/**
 * The mean gain per row, Σ n d / Σ n, with a two-sided 95 % t interval over blocks: the standard error is
 * √(B/(B−1) · Σ (n (d − mean))²) / Σ n with B blocks and B − 1 degrees of freedom, as the trainer's gate has it. Rows inside
 * a block may depend on one another as they like; blocks are taken as independent.
 *
 * Example: two blocks of one row each, gains 0.1 and 0.3: 0.2 ± 12.706 · 0.1. `null` with fewer than two blocks.
 */
export function meanGain(sums: GainSums): GainFigure | null {
  const { blocks, rows, gain, squaredRows, squaredGain, squaredBoth } = sums;
  if (blocks < 2 || !(rows > 0)) return null;
  const value = gain / rows;
  const squares = Math.max(squaredBoth - 2 * value * squaredGain + value * value * squaredRows, 0);
  const reach = (student975(blocks - 1) * Math.sqrt((blocks / (blocks - 1)) * squares)) / rows;
  return { value, low: value - reach, high: value + reach };
}

const EXACT = [
  12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934, 2.5705818356363146, 2.4469118511449786,
  2.364624251592784, 2.306004135204166,
];

/**
 * Student's t with P(T ≤ t) = 0.975 for a whole number of degrees of freedom: a table up to 8, then four terms of the
 * expansion in 1/degrees (Abramowitz and Stegun 26.7.5), wrong by less than 1e-5 of its value and without a library's
 * arc tangent, which is not the same everywhere.
 *
 * Example: 12.706 at 1, 2.262 at 9, towards 1.960 at many. Throws `RangeError` for no whole number from 1.
 */
export function student975(degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`degrees: got ${degrees}, expected a whole number from 1`);
  }
  const exact = EXACT[degrees - 1];
  if (exact !== undefined) return exact;
  const z = 1.959963984540054;
  const s = z * z;
  const first = (z * (s + 1)) / 4;
  const second = (z * ((5 * s + 16) * s + 3)) / 96;
  const third = (z * (((3 * s + 19) * s + 17) * s - 15)) / 384;
  const fourth = (z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945)) / 92160;
  return z + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees;
}
