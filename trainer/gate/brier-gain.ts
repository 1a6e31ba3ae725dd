// What one model gains over another, block by block.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { studentQuantile } from "../../src/quality/student-quantile.ts";

/**
 * Brier score of the baseline minus that of the chosen model, with a two-sided 95 % t interval over blocks. The gain of
 * block b, d_b, is the mean over its n_b rows; the value is Σ n_b d_b / Σ n_b, the difference of the two Brier scores
 * on all rows, and its standard error √(B/(B−1) · Σ (n_b (d_b − value))²) / Σ n_b, B blocks, B − 1 degrees of freedom.
 * With blocks of equal size this is the one-sample t-test of the d_b; a short block counts for the rows it holds.
 *
 * Rows inside a block may depend on one another as they like; blocks are taken as independent.
 *
 * Example: two blocks of one row each, gains 0.1 and 0.3: 0.2 ± 12.706 · 0.1.
 *
 * @returns `null` with fewer than two blocks.
 */
export function brierGain(
  labels: Uint8Array,
  blocks: Int32Array,
  chosen: Float32Array,
  baseline: Float32Array,
): Figure | null {
  const count = blocks.reduce((max, b) => Math.max(max, b + 1), 0);
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  for (let k = 0; k < labels.length; k++) {
    const y = labels[k]!;
    const worse = baseline[k]! - y;
    const better = chosen[k]! - y;
    sums[blocks[k]!]! += worse * worse - better * better;
    rows[blocks[k]!]! += 1;
  }
  const held = rows.reduce((n, size) => n + (size > 0 ? 1 : 0), 0);
  if (held < 2) return null;
  const value = sums.reduce((sum, x) => sum + x, 0) / labels.length;
  const squares = sums.reduce((sum, x, b) => sum + (x - rows[b]! * value) ** 2, 0);
  const error = Math.sqrt((held / (held - 1)) * squares) / labels.length;
  const reach = studentQuantile(0.975, held - 1) * error;
  return { value, low: value - reach, high: value + reach };
}
