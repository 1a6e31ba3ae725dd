// Intervals of means over rows, and of their differences, by a jackknife over the same groups of blocks as all figures.
import type { Figure } from "../../../src/model/manifest-evaluation.ts";
import { jackknifeInterval } from "../../../src/quality/jackknife-interval.ts";
import { groupRows } from "./group-rows.ts";

export interface MeanIntervals {
  /**
   * Mean of each series with its 95 % interval; `null` with fewer than two blocks, and for a mean that is not above 0.
   */
  readonly means: readonly (Figure | null)[];
  /** Mean of series a minus mean of series b. */
  readonly paired: (a: number, b: number) => Figure | null;
}

/**
 * Every block counts towards the degrees of freedom: unlike a figure of spikes, a mean loss has something to say about
 * calm blocks too.
 *
 * @param series finite values, one per row in each, not below 0; @param blocks block of each row, from 0 without gaps.
 */
export function meanIntervals(series: readonly Float64Array[], blocks: Int32Array): MeanIntervals {
  const { groups, hasSpike: full } = groupRows(new Uint8Array(blocks.length).fill(1), blocks);
  const rows = new Float64Array(full.length);
  groups.forEach((g) => (rows[g]! += 1));
  const parts = series.map((values) => {
    const sums = new Float64Array(full.length);
    values.forEach((x, i) => (sums[groups[i]!]! += x));
    const total = sums.reduce((a, b) => a + b, 0);
    return {
      whole: total / blocks.length,
      without: sums.map((sum, g) => (total - sum) / (blocks.length - rows[g]!)),
    };
  });
  return {
    means: parts.map(({ whole, without }) => jackknifeInterval(whole, without, full, "positive")),
    paired: (a, b) => {
      const [one, two] = [parts[a]!, parts[b]!];
      const without = one.without.map((x, g) => x - two.without[g]!);
      return jackknifeInterval(one.whole - two.whole, without, full, "difference");
    },
  };
}
