// The one test that a chosen candidate has to pass before it may be promoted. Choosing it, and computing PR-AUC and ECE,
// are left to others.
import type { Figure, Gate } from "../../src/model/manifest-evaluation.ts";
import { studentQuantile } from "../../src/quality/student-quantile.ts";

/** Fewer separate events than this carry no verdict. */
export const MIN_EPISODES = 30;
/** By how much the expected calibration error may lie above that of `persistence`. */
export const ECE_MARGIN = 0.01;

/** One model on the rows of the test: probabilities, and its figures on all of them (`null` where one does not exist). */
export interface JudgedModel {
  readonly probabilities: Float32Array;
  readonly prAuc: number | null;
  readonly ece: number | null;
}

/** All on the same rows, none of which any of the three models was fitted on. */
export interface GateEvidence {
  readonly labels: Uint8Array;
  /** 900-step block of each row, numbered from 0 (see `assignBlocks`). */
  readonly blocks: Int32Array;
  readonly episodes: number;
  readonly chosen: JudgedModel;
  readonly persistence: JudgedModel;
  readonly zscore: JudgedModel;
}

/**
 * Passes a candidate when all of this holds; every reason against it is named.
 *
 * - `too_few_episodes`: at least `MIN_EPISODES` episodes.
 * - `no_gain_over_persistence`, `no_gain_over_zscore`: the 95 % interval of the Brier gain (`brierGain`) lies above 0. A
 *   gain that cannot be given an interval, with fewer than two blocks, is no gain.
 * - `pr_auc_below_persistence`, `pr_auc_below_zscore`: PR-AUC is not lower; a PR-AUC that does not exist is lower.
 * - `calibration_worse`: ECE is at most that of `persistence` + 0.01, and exists. The Brier gain already contains calibration; this
 *   catches a candidate that pays for a better ranking with worse probabilities. The margin is there because an ECE of ten
 *   bins moves by some thousandths between samples even for perfect probabilities; and since no ECE is below 0, a
 *   candidate with an ECE of 0.01 never fails here.
 */
export function judge(evidence: GateEvidence): Gate {
  const { labels, blocks, episodes, chosen, persistence } = evidence;
  const gains: Record<string, Figure> = {};
  const reasons: string[] = [];
  if (episodes < MIN_EPISODES) reasons.push("too_few_episodes");
  for (const baseline of ["persistence", "zscore"] as const) {
    const gain = brierGain(labels, blocks, chosen.probabilities, evidence[baseline].probabilities);
    if (gain !== null) gains[baseline] = gain;
    if (gain === null || !(gain.low > 0)) reasons.push(`no_gain_over_${baseline}`);
  }
  for (const baseline of ["persistence", "zscore"] as const) {
    if (!((chosen.prAuc ?? NaN) >= (evidence[baseline].prAuc ?? NaN))) reasons.push(`pr_auc_below_${baseline}`);
  }
  if (!((chosen.ece ?? NaN) <= (persistence.ece ?? NaN) + ECE_MARGIN)) reasons.push("calibration_worse");
  return { verdict: reasons.length === 0 ? "passed" : "refused", reasons, episodes, gains };
}

/**
 * Brier score of the baseline minus that of the chosen model, with a two-sided 95 % t interval over blocks. The gain of
 * block b, d_b, is the mean over its n_b rows; the value is Σ n_b d_b / Σ n_b, the difference of the two Brier scores on
 * all rows, and its standard error √(B/(B−1) · Σ (n_b (d_b − value))²) / Σ n_b, B blocks, B − 1 degrees of freedom. With
 * blocks of equal size this is the one-sample t-test of the d_b; a short block counts for the rows it holds.
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
