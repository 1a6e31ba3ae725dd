// Why blocks cannot be taken as the record of a challenger before it was compared live.
import { lastReplaceable, MAX_BACKFILLED_BLOCKS } from "../backfilled-gains.ts";
import type { BlockGain } from "../quality-series.ts";
import { BLOCK_STEPS } from "../step-ring.ts";

/** The first block that is wrong, with what was expected. */
export interface BackfillFault {
  readonly code:
    "block_out_of_order" | "block_impossible" | "block_in_training" | "block_in_future" | "block_after_live";
  readonly detail: string;
}

export interface BackfillRule {
  readonly horizonSteps: number;
  /** The last block with a label that the challenger may have been trained on. */
  readonly trainedThrough: number;
}

/**
 * What is wrong with blocks whatever the symbol has: order, counts that no block can have, and blocks of the
 * challenger's training. `undefined` for nothing.
 *
 * Example: under a horizon of 60 a block has at most 840 rows, and a gain of at most 840 of either sign.
 */
export function blocksFault(
  blocks: readonly BlockGain[],
  { horizonSteps, trainedThrough }: BackfillRule,
): BackfillFault | undefined {
  if (blocks.length > MAX_BACKFILLED_BLOCKS) {
    return {
      code: "block_impossible",
      detail: `got ${blocks.length} blocks, expected at most ${MAX_BACKFILLED_BLOCKS}`,
    };
  }
  const most = BLOCK_STEPS - horizonSteps;
  for (const [i, one] of blocks.entries()) {
    const { block } = one;
    const before = blocks[i - 1]?.block;
    if (before !== undefined && block <= before) {
      return { code: "block_out_of_order", detail: `got block ${block} after ${before}, expected ascending ones` };
    }
    if (!isPossible(one, most)) {
      const { rows, gainSum, betSum, bound, positives, episodes } = one;
      const got = `rows ${rows}, gain ${gainSum}, bet ${betSum} of ${bound}, positives ${positives}, episodes ${episodes}`;
      const expected = `1 to ${most} rows, and no more of the others than those allow`;
      return { code: "block_impossible", detail: `block ${block}: got ${got}, expected ${expected}` };
    }
    if (block <= trainedThrough) {
      const detail = `got block ${block}, expected blocks after ${trainedThrough}, the last one that the challenger may know`;
      return { code: "block_in_training", detail };
    }
  }
  return undefined;
}

/**
 * What is wrong with blocks in a symbol: one that has not ended there, or one that was compared live.
 * @param live the symbol's own blocks of the pair, ascending. @param lastIndex its newest closed step; −1 before one.
 */
export function seamFault(
  blocks: readonly BlockGain[],
  { live, lastIndex }: { readonly live: readonly BlockGain[]; readonly lastIndex: number },
): BackfillFault | undefined {
  const last = blocks.at(-1)?.block ?? -Infinity;
  const ended = Math.floor((lastIndex + 1) / BLOCK_STEPS) - 1;
  if (last > ended) {
    return {
      code: "block_in_future",
      detail: `got block ${last}, expected at most ${ended}, the last one that has ended`,
    };
  }
  const most = lastReplaceable(live);
  if (last > most) {
    const detail = `got block ${last}, expected at most ${most}: the two are compared live since block ${live[0]?.block}`;
    return { code: "block_after_live", detail };
  }
  return undefined;
}

/** Rounding of a block's sums. */
const ROUNDING = 1e-9;

function isPossible({ rows, gainSum, betSum, bound, positives, episodes }: BlockGain, most: number): boolean {
  if (rows < 1 || rows > most || positives > rows || episodes > positives) return false;
  const isBounded = bound >= 0 && bound <= most && Math.abs(betSum) <= bound + ROUNDING;
  return isBounded && Math.abs(gainSum) <= rows + ROUNDING;
}
