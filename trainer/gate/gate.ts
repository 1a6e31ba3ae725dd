// The one test that a chosen candidate has to pass before it may be promoted. Choosing it, and computing PR-AUC and
// ECE, are left to others.
import type { Figure, Gate } from "../../src/model/manifest-evaluation.ts";
import { brierGain } from "./brier-gain.ts";

/** Least number of episodes with which a candidate can pass. */
export const MIN_GATE_EPISODES = 30;
/** By how much the expected calibration error may lie above that of the reference. */
const ECE_MARGIN = 0.01;

/**
 * One model on the rows of the test: probabilities, and its figures on all of them (`null` where one does not exist).
 */
export interface JudgedModel {
  readonly probabilities: Float32Array;
  readonly prAuc: number | null;
  readonly ece: number | null;
}

/** All on the same rows, none of which either model was fitted on. */
export interface GateEvidence {
  readonly labels: Uint8Array;
  /** 900-step block of each row, numbered from 0 in the order of time (see `assignBlocks`). */
  readonly blocks: Int32Array;
  readonly episodes: number;
  readonly chosen: JudgedModel;
  /** The strongest baseline by the training rows. */
  readonly reference: JudgedModel & { readonly family: string };
}

/**
 * Passes a candidate when all of this holds; every reason against it is named.
 *
 * - `too_few_episodes`: at least `MIN_GATE_EPISODES` episodes.
 * - `no_gain_over_baseline`: the 95 % interval of the Brier gain (`brierGain`) over the reference lies above 0. With
 *   spikes in fewer than two groups of blocks there is no interval, which counts as no gain.
 * - `pr_auc_below_baseline`: PR-AUC is not lower than that of the reference. A PR-AUC that does not exist counts as
 *   lower.
 * - `calibration_worse`: ECE exists and is at most that of the reference + 0.01. The Brier gain already contains
 *   calibration; this reason catches a candidate that ranks better but is calibrated worse. The margin is there because
 *   an ECE of ten bins varies by some thousandths between samples even for perfect probabilities. Since no ECE is below
 *   0, a candidate with an ECE of 0.01 always passes here.
 *
 * The gain is under the reference's family.
 */
export function judge(evidence: GateEvidence): Gate {
  const { labels, blocks, episodes, chosen, reference } = evidence;
  const gains: Record<string, Figure> = {};
  const reasons: string[] = [];
  if (episodes < MIN_GATE_EPISODES) reasons.push("too_few_episodes");
  const gain = brierGain(labels, blocks, chosen.probabilities, reference.probabilities);
  if (gain !== null) gains[reference.family] = gain;
  if (gain === null || !(gain.low > 0)) reasons.push("no_gain_over_baseline");
  if (!((chosen.prAuc ?? NaN) >= (reference.prAuc ?? NaN))) reasons.push("pr_auc_below_baseline");
  if (!((chosen.ece ?? NaN) <= (reference.ece ?? NaN) + ECE_MARGIN)) reasons.push("calibration_worse");
  return { verdict: reasons.length === 0 ? "passed" : "refused", reasons, episodes, gains };
}
