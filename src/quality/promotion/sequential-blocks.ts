// Block gains of many symbols → one observation per block of time: markets move together, so symbols are no
// repetitions.
import type { BlockGain } from "../quality-series.ts";
import { BLOCK_STEPS } from "../step-ring.ts";

/** A block of time over all symbols. */
export interface PooledBlock {
  readonly block: number;
  readonly rows: number;
  /** Mean gain over the rows, in [−1, 1]. */
  readonly gain: number;
  readonly positives: number;
  /** Of the symbol that had most: what moves all symbols at once is one event. */
  readonly episodes: number;
}

export interface PoolingRule {
  /** The last block that was decided before; `null` at first. Blocks up to it are never looked at again. */
  readonly throughBlock: number | null;
  /** A block is decided once the newest one that any symbol knows is more than this ahead. */
  readonly lagBlocks: number;
  /** Rows that a symbol's block needs to count: half of what it could have. */
  readonly minRows: number;
}

/** Blocks that a block of `stepMs` steps waits for slower symbols: an hour, and at least one. */
export function lagBlocks(stepMs: number): number {
  return Math.max(1, Math.ceil(3_600_000 / (BLOCK_STEPS * stepMs)));
}

/**
 * Half of the rows that a block can have: the last `horizonSteps` are left out, so that no two blocks share a label.
 */
export function minRows(horizonSteps: number): number {
  return Math.max(1, Math.ceil((BLOCK_STEPS - horizonSteps) / 2));
}

/**
 * The blocks that can be decided now, in order of time, each for good: whatever a symbol reports later of a block up to
 * `throughBlock` is not used. Which symbols are in a block follows from how much they have seen (complete, at least
 * `minRows` rows), never from their gains. A block without any symbol is passed over.
 *
 * Example: with a lag of 4 and symbols that know blocks up to 12, blocks up to 7 are decided.
 *
 * @param symbols each symbol's blocks, in any order; a block twice counts as reported last. A gain that is no finite
 * number leaves its block out.
 */
export function poolBlocks(
  symbols: readonly (readonly BlockGain[])[],
  rule: PoolingRule,
): { readonly blocks: PooledBlock[]; readonly throughBlock: number | null } {
  const newest = symbols.flat().reduce((max, { block }) => Math.max(max, block), -Infinity);
  const through = newest - rule.lagBlocks - 1;
  if (!(through > (rule.throughBlock ?? -Infinity))) return { blocks: [], throughBlock: rule.throughBlock };
  const pooled = new Map<number, { rows: number; gainSum: number; positives: number; episodes: number }>();
  for (const symbol of symbols) {
    for (const gain of new Map(symbol.map((entry) => [entry.block, entry])).values()) {
      if (gain.block > through || gain.block <= (rule.throughBlock ?? -Infinity) || !counts(gain, rule)) continue;
      const sums = pooled.get(gain.block) ?? { rows: 0, gainSum: 0, positives: 0, episodes: 0 };
      pooled.set(gain.block, {
        rows: sums.rows + gain.rows,
        gainSum: sums.gainSum + gain.gainSum,
        positives: sums.positives + gain.positives,
        episodes: Math.max(sums.episodes, gain.episodes),
      });
    }
  }
  const blocks = [...pooled].map(([block, { rows, gainSum, positives, episodes }]) => {
    return { block, rows, gain: gainSum / rows, positives, episodes };
  });
  return { blocks: blocks.sort((a, b) => a.block - b.block), throughBlock: through };
}

function counts({ complete, rows, gainSum }: BlockGain, rule: PoolingRule): boolean {
  return complete && rows >= rule.minRows && Number.isFinite(gainSum);
}
