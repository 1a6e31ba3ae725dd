// The blocks of a window laid out as rows of sums: from the ring for an hour or a day, from six-hour blocks for a
// month.
import { CALM, countsOfRow, ROW_WIDTH, SPIKE } from "./figure-row.ts";
import { MONTH_BLOCKS, type MonthHistory } from "./month-history.ts";
import { SCORE_BINS, ScoreBins } from "./score-bins.ts";
import type { ScoreLevel } from "./score-level.ts";
import type { SeriesCatalogue, SeriesEntry, SpecEntry } from "./series-catalogue.ts";
import { SpikeEpisodes } from "./spike-episodes.ts";
import { BLOCK_STEPS, STATUS, type StepRing, blockOf } from "./step-ring.ts";

/** The label counts of one spec. */
export interface SpecTable {
  readonly spec: SpecEntry;
  pending: number;
  voids: number;
  tauSum: number;
  tauCount: number;
  /** Per block of the window: the episodes that begin in it. */
  readonly episodes: Int32Array;
  /** Per block of the window. */
  readonly resolved: Int32Array;
  readonly positives: Int32Array;
}

/** One model's figure rows and score levels, one per block of the window, and its pending score bins. */
export interface SeriesTable {
  readonly series: SeriesEntry;
  readonly current: boolean;
  readonly rows: Float64Array;
  /** Ascending; empty for a block without a resolved step. */
  readonly levels: (readonly ScoreLevel[])[];
  readonly pending: Float64Array;
}

export interface WindowTables {
  /** First step of the window. */
  readonly firstStep: number;
  /** Number of the first block, on the grid of time that all symbols of a step length share. */
  readonly firstBlock: number;
  readonly blocks: number;
  readonly specs: readonly SpecTable[];
  readonly series: readonly SeriesTable[];
}

/** One model's sums, one row (figure-row.ts) per block of a window. */
export interface BlockRows {
  /** Number of the first block, on the grid of time that all symbols of a step length share. */
  readonly firstBlock: number;
  readonly rows: Float64Array;
}

interface Kept {
  readonly catalogue: SeriesCatalogue;
  readonly ring: StepRing;
  /** The newest closed step; −1 before the first. */
  readonly lastIndex: number;
}

/** The blocks that hold the last `steps` steps. */
export function recentTables({ catalogue, ring, lastIndex, steps }: Kept & { readonly steps: number }): WindowTables {
  const first = blockOf(Math.max(0, lastIndex + 1 - steps));
  const blocks = lastIndex < 0 ? 0 : blockOf(lastIndex) - first + 1;
  const tables = emptyTables(catalogue, { firstStep: first * BLOCK_STEPS, firstBlock: first, blocks });
  for (const table of tables.specs) {
    const { spec } = table;
    const episodes = new SpikeEpisodes(spec.horizonSteps);
    for (let b = 0; b < blocks; b++) {
      const tau = ring.tau(spec, first + b);
      table.tauSum += tau.sum;
      table.tauCount += tau.count;
      for (let i = 0; i < BLOCK_STEPS; i++) {
        const index = (first + b) * BLOCK_STEPS + i;
        const status = ring.status(spec, index);
        if (status === STATUS.none) continue;
        if (status === STATUS.pending) table.pending += 1;
        else if (status === STATUS.void) table.voids += 1;
        else table.resolved[b]! += 1;
        if (status !== STATUS.spike) continue;
        table.positives[b]! += 1;
        if (episodes.update(index)) table.episodes[b]! += 1;
      }
    }
  }
  for (const { series, rows, levels, pending } of tables.series) {
    const bins = new ScoreBins(series.threshold, series.edges);
    for (let b = 0; b < blocks; b++) {
      ring.addRow(series, catalogue.specOf(series), first + b, rows, b * ROW_WIDTH, pending);
      levels[b] = levelsOrBins(ring.levelsOf(series, first + b), bins, rows, b * ROW_WIDTH);
    }
  }
  return tables;
}

/** The open block of six hours and the 120 before; an episode counts in the block in which it begins. */
export function monthTables(kept: Kept & { readonly month: MonthHistory }): WindowTables {
  const { catalogue, ring, lastIndex, month } = kept;
  const last = month.blockOf(lastIndex);
  const first = Math.max(0, last - MONTH_BLOCKS);
  const place = { firstStep: month.firstStep(first), firstBlock: first, blocks: lastIndex < 0 ? 0 : last - first + 1 };
  const tables = emptyTables(catalogue, place);
  for (let b = 0; b < tables.blocks; b++) {
    const block = month.look(first + b);
    if (block === undefined) continue;
    for (const table of tables.specs) {
      const { spec } = table;
      table.voids += block.fact(spec, "voids");
      table.episodes[b] = block.fact(spec, "episodes");
      table.tauSum += block.tauSum(spec);
      table.tauCount += block.fact(spec, "tauCount");
      table.resolved[b] = block.fact(spec, "resolved");
      table.positives[b] = block.fact(spec, "positives");
    }
    for (const { series, rows, levels } of tables.series) {
      const row = block.rowOf(series);
      if (row === undefined) continue;
      rows.set(row, b * ROW_WIDTH);
      const bins = new ScoreBins(series.threshold, series.edges);
      levels[b] = levelsOrBins(block.levelsOf(series), bins, rows, b * ROW_WIDTH);
    }
  }
  for (const table of tables.specs) {
    const { spec } = table;
    for (let index = Math.max(0, lastIndex + 1 - spec.horizonSteps); index <= lastIndex; index++) {
      if (ring.status(spec, index) !== STATUS.pending) continue;
      table.pending += 1;
      for (const { series, pending } of tables.series) {
        const bin = series.spec === spec.place ? ring.score(series, index) : SCORE_BINS;
        if (bin < SCORE_BINS) pending[bin]! += 1;
      }
    }
  }
  return tables;
}

/** The levels; the score bins as levels where a block of an older version has none, or not of all its steps. */
function levelsOrBins(
  levels: readonly ScoreLevel[],
  bins: ScoreBins,
  rows: Float64Array,
  at: number,
): readonly ScoreLevel[] {
  const known = levels.reduce((sum, { calm, spike }) => sum + calm + spike, 0);
  if (known === countsOfRow(rows, at).rows) return levels;
  return Array.from({ length: SCORE_BINS }, (_, bin): ScoreLevel => {
    const [calm, spike] = [rows[at + CALM + bin]!, rows[at + SPIKE + bin]!];
    const [top, bottom] = [bins.upperEdge(bin), bins.upperEdge(bin - 1)];
    return { at: (top + bottom) / 2, top, bottom, calm, spike };
  }).filter(({ calm, spike }) => calm + spike > 0);
}

function emptyTables(
  { series, specs, current }: SeriesCatalogue,
  place: Pick<WindowTables, "firstStep" | "firstBlock" | "blocks">,
): WindowTables {
  const { blocks } = place;
  const defined = <T>(entries: readonly (T | undefined)[]): T[] => entries.filter((entry) => entry !== undefined);
  return {
    ...place,
    specs: defined(specs).map((spec) => ({
      spec,
      pending: 0,
      voids: 0,
      tauSum: 0,
      tauCount: 0,
      episodes: new Int32Array(blocks),
      resolved: new Int32Array(blocks),
      positives: new Int32Array(blocks),
    })),
    series: defined(series).map((entry) => ({
      series: entry,
      current: current.includes(entry),
      rows: new Float64Array(blocks * ROW_WIDTH),
      levels: Array.from({ length: blocks }, () => []),
      pending: new Float64Array(SCORE_BINS),
    })),
  };
}
