// The mean gain of blocks with its t interval, from running sums.
import type { Figure } from "../../model/manifest-evaluation.ts";
import { student975 } from "./student-975.ts";
import { fields, finiteNumber, type Parsed } from "../../schemas/schema-values.ts";

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
 * The mean gain per row, Σ n d / Σ n, with a two-sided 95 % t interval over blocks: the standard error is √(B/(B−1) · Σ
 * (n (d − mean))²) / Σ n with B blocks and B − 1 degrees of freedom. Rows inside a block may be dependent; blocks are
 * assumed independent, unlike in the trainer's gate: running sums cannot join them.
 *
 * Example: two blocks of one row each, gains 0.1 and 0.3: 0.2 ± 12.706 · 0.1. `null` with fewer than two blocks.
 */
export function meanGain(sums: GainSums): Figure | null {
  const { blocks, rows, gain, squaredRows, squaredGain, squaredBoth } = sums;
  if (blocks < 2 || !(rows > 0)) return null;
  const value = gain / rows;
  const squares = Math.max(squaredBoth - 2 * value * squaredGain + value * value * squaredRows, 0);
  const reach = (student975(blocks - 1) * Math.sqrt((blocks / (blocks - 1)) * squares)) / rows;
  return { value, low: value - reach, high: value + reach };
}
