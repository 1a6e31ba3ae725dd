// Pools block gains of many symbols into one observation per block of time: markets move together, so symbols are not
// independent.
import type { BlockGain } from "../quality-series.ts";
import { BLOCK_STEPS } from "../step-ring.ts";

/** A block of time over all symbols. */
export interface PooledBlock {
  readonly block: number;
  readonly rows: number;
  /** Mean gain over the rows, in [−1, 1]. */
  readonly gain: number;
  /** Σ of the gains that are bet on over Σ of their bounds, in [−1, 1]. */
  readonly bet: number;
  readonly positives: number;
  /** Of the symbol with the most episodes: an event that moves all symbols counts once. */
  readonly episodes: number;
}

export interface PoolingRule {
  /** The last decided block; `null` at first. Blocks up to it are never used again. */
  readonly throughBlock: number | null;
  /** A block is decided once the newest block of any symbol is more than this ahead. */
  readonly lagBlocks: number;
  /** Fewest rows for a symbol's block to count: half of the possible ones. */
  readonly minRows: number;
}

/** As `lagBlocks`: no block waits, for blocks of which no later report comes. */
export const ALL_DECIDED = -1;

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
 * The blocks that can be decided now, in order of time. Decisions are final: later reports on a block up to
 * `throughBlock` are not used. A symbol's block is included if it is complete and has at least `minRows` rows,
 * independent of its gain. Blocks without any symbol are skipped.
 *
 * Example: with a lag of 4 and symbols that have blocks up to 12, blocks up to 7 are decided.
 *
 * @param symbols each symbol's blocks, in any order; of a repeated block the last report counts. A block with a gain
 * that is not finite is left out.
 */
export function poolBlocks(
  symbols: readonly (readonly BlockGain[])[],
  rule: PoolingRule,
): { readonly blocks: PooledBlock[]; readonly throughBlock: number | null } {
  const newest = symbols.flat().reduce((max, { block }) => Math.max(max, block), -Infinity);
  const through = newest - rule.lagBlocks - 1;
  if (!(through > (rule.throughBlock ?? -Infinity))) return { blocks: [], throughBlock: rule.throughBlock };
  const pooled = new Map<number, Sums>();
  for (const symbol of symbols) {
    for (const gain of new Map(symbol.map((entry) => [entry.block, entry])).values()) {
      if (gain.block > through || gain.block <= (rule.throughBlock ?? -Infinity) || !counts(gain, rule)) continue;
      const sums = pooled.get(gain.block) ?? NOTHING;
      pooled.set(gain.block, {
        rows: sums.rows + gain.rows,
        gainSum: sums.gainSum + gain.gainSum,
        betSum: sums.betSum + gain.betSum,
        bound: sums.bound + gain.bound,
        positives: sums.positives + gain.positives,
        episodes: Math.max(sums.episodes, gain.episodes),
      });
    }
  }
  const blocks = [...pooled].map(([block, { rows, gainSum, betSum, bound, positives, episodes }]) => {
    return { block, rows, gain: gainSum / rows, bet: bound > 0 ? betSum / bound : 0, positives, episodes };
  });
  return { blocks: blocks.sort((a, b) => a.block - b.block), throughBlock: through };
}

type Sums = Omit<BlockGain, "block" | "complete">;
const NOTHING: Sums = { rows: 0, gainSum: 0, betSum: 0, bound: 0, positives: 0, episodes: 0 };

function counts({ complete, rows, gainSum, betSum, bound }: BlockGain, rule: PoolingRule): boolean {
  return complete && rows >= rule.minRows && [gainSum, betSum, bound].every(Number.isFinite);
}
