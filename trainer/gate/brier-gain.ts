// What one model gains over another, block by block.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { jackknifeInterval } from "../../src/quality/jackknife-interval.ts";
import { groupRows } from "../evaluate/intervals/group-rows.ts";

/**
 * Brier score of the baseline minus that of the chosen model on all rows, with a two-sided 95 % interval: Student's t
 * on a jackknife over groups of blocks (`jackknifeInterval`), the same as everywhere.
 *
 * Blocks may depend on one another: neighbours are in one group, and groups whose gains are autocorrelated are joined.
 *
 * Example: two blocks of one row each with a spike, gains 0.1 and 0.3: 0.2, with t's reach of 12.706 · 0.1.
 *
 * @param blocks block of each row, from 0 in the order of time.
 * @returns `null` with spikes in fewer than two groups of blocks.
 */
export function brierGain(
  labels: Uint8Array,
  blocks: Int32Array,
  chosen: Float32Array,
  baseline: Float32Array,
): Figure | null {
  const { groups, hasSpike } = groupRows(labels, blocks);
  const gains = new Float64Array(hasSpike.length);
  const rows = new Float64Array(hasSpike.length);
  for (let k = 0; k < labels.length; k++) {
    const y = labels[k]!;
    const worse = baseline[k]! - y;
    const better = chosen[k]! - y;
    gains[groups[k]!]! += worse * worse - better * better;
    rows[groups[k]!]! += 1;
  }
  const total = gains.reduce((sum, x) => sum + x, 0);
  const without = gains.map((gain, g) => (total - gain) / (labels.length - rows[g]!));
  return jackknifeInterval(total / labels.length, without, hasSpike, "difference");
}
