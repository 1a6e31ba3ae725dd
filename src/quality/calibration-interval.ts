// The interval of the expected calibration error (ECE).
import type { Figure } from "../model/manifest-evaluation.ts";
import { jackknifeError } from "./jackknife-error.ts";
import { jackknifeInterval } from "./jackknife-interval.ts";
import { studentQuantile } from "./student-quantile.ts";

/**
 * ECE is the sum of |g_j|, g_j the gap of reliability bin j: mean of probability − label over all rows, of rows in the
 * bin. Chance makes each |g_j| larger, so that the ECE of a sample lies above the true one, and intervals about it too.
 * Therefore the upper end is that of a share, and the lower end Σ max(0, |g_j| − t · error_j), with t at 1 − 0.025/m
 * for m bins with rows: all gaps are at least that large at once with 97.5 %.
 *
 * @param without the ECE without each group; @param gaps per bin; @param gapsWithout gaps without each group.
 */
export function calibrationInterval(
  value: number,
  without: Float64Array,
  { gaps, gapsWithout }: { readonly gaps: Float64Array; readonly gapsWithout: readonly Float64Array[] },
  hasSpike: Uint8Array,
): Figure | null {
  const figure = jackknifeInterval(value, without, hasSpike, "share");
  if (figure === null) return null;
  const bins = gaps.reduce((sum, gap) => sum + (gap === 0 ? 0 : 1), 0);
  let low = 0;
  gaps.forEach((gap, j) => {
    const found = jackknifeError(
      Float64Array.from(gapsWithout, (one) => one[j]!),
      hasSpike,
    );
    if (gap === 0 || found === null) return;
    low += Math.max(0, Math.abs(gap) - studentQuantile(1 - 0.025 / bins, found.degrees) * found.error);
  });
  return { value, low: Math.min(low, value), high: figure.high };
}
