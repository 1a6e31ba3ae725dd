// The gains of a pair over blocks before it was compared live, as they were computed from archived ticks: one
// experiment's. Live gains are in pair-gains.ts.
import { type Page, decodePage, encodePage } from "../features/page-buffer.ts";
import { BUDGET_BLOCKS } from "./evidence/block-budget.ts";
import type { BlockGain } from "./quality-series.ts";

const KIND = "backfilled-gains 1";
const PAGE = "gains";

/** Most blocks of a symbol: 31 days of steps of 1 s. */
export const MAX_BACKFILLED_BLOCKS = 2976;

/**
 * How many of the first live blocks a backfill may replace. The comparison began within the first one; the budgets of
 * the next ones stand on that, and the second one may count an episode again that began before the comparison did. Live
 * blocks after them are those of a comparison that began earlier, bit for bit.
 */
export const SEAM_BLOCKS = BUDGET_BLOCKS + 1;

/** The last block that may come from the archive. @param live blocks, ascending; `Infinity` without as many. */
export function lastReplaceable(live: readonly BlockGain[]): number {
  return live[SEAM_BLOCKS - 1]?.block ?? Infinity;
}

/** The backfilled blocks of one experiment. */
export class BackfilledGains {
  /** Pages that were unreadable when loaded; their blocks are lost. */
  readonly damagedPages: number;
  private experiment: string | null = null;
  private blocks: readonly BlockGain[] = [];
  private changed = false;

  private constructor(damagedPages = 0) {
    this.damagedPages = damagedPages;
  }

  /** Restores the page; without one, or with a damaged one, there are no blocks. */
  static load(pages: ReadonlyMap<string, ArrayBuffer>): BackfilledGains {
    const bytes = pages.get(PAGE);
    if (bytes === undefined) return new BackfilledGains();
    try {
      const gains = new BackfilledGains();
      gains.read(bytes);
      return gains;
    } catch {
      // Shown as `volgate_damaged_pages`.
      return new BackfilledGains(1);
    }
  }

  /** The blocks of an experiment, ascending; empty for any other than the last one that was set. */
  of(experiment: string): readonly BlockGain[] {
    return experiment === this.experiment ? this.blocks : [];
  }

  /** Replaces everything. @param blocks complete ones, ascending. */
  set(experiment: string, blocks: readonly BlockGain[]): void {
    this.experiment = experiment;
    this.blocks = blocks;
    this.changed = true;
  }

  /** The page, if it changed since the last call. */
  dirtyPages(): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    const { experiment, blocks } = this;
    const arrays = [
      Float64Array.from(blocks, ({ block }) => block),
      Float64Array.from(blocks, ({ gainSum }) => gainSum),
      Float64Array.from(blocks, ({ betSum }) => betSum),
      Float64Array.from(blocks, ({ bound }) => bound),
      Uint16Array.from(blocks, ({ rows }) => rows),
      Uint16Array.from(blocks, ({ positives }) => positives),
      Uint16Array.from(blocks, ({ episodes }) => episodes),
    ];
    return [{ id: PAGE, bytes: encodePage(KIND, { numbers: { experiment }, arrays }) }];
  }

  private read(bytes: ArrayBuffer): void {
    const { numbers, arrays } = decodePage(KIND, bytes);
    const [block, gainSum, betSum, bound, rows, positives, episodes] = arrays;
    const { experiment } = numbers;
    if (
      typeof experiment !== "string" ||
      arrays.length !== 7 ||
      arrays.some(({ length }) => length !== block!.length)
    ) {
      throw new RangeError(`page ${KIND}: got ${arrays.length} arrays, expected 7 of one length, and an experiment`);
    }
    this.experiment = experiment;
    this.blocks = Array.from(block!, (number, i) => ({
      block: number,
      rows: rows![i]!,
      gainSum: gainSum![i]!,
      betSum: betSum![i]!,
      bound: bound![i]!,
      positives: positives![i]!,
      episodes: episodes![i]!,
      complete: true,
    }));
  }
}

/**
 * Backfilled blocks and then the live ones: a block that both have is the backfilled one, since the comparison may have
 * begun within it.
 *
 * Example: backfilled 5 6 7 and live 7 8 are 5 6 7 of the backfill and 8.
 */
export function withBackfill(backfilled: readonly BlockGain[], live: readonly BlockGain[]): readonly BlockGain[] {
  const last = backfilled.at(-1)?.block;
  return last === undefined ? live : [...backfilled, ...live.filter(({ block }) => block > last)];
}
