// A window's figures without intervals, for scrapes and sums over symbols. They take one pass over the window's
// blocks. Figures for people come from `WindowQuality`.
import { figuresOfRow, sumOfRows } from "./figures-of-row.ts";
import type { EpisodeBlocks } from "./pooled-episodes.ts";
import { mergedLevels } from "./score-level.ts";
import { figuresOfLevels, levelsToArray, placedLevels } from "./level-curves.ts";
import { labelCounts, seriesCounts } from "./window-counts.ts";
import type { LabelCounts, SeriesCounts, SeriesFigures } from "./window-quality.ts";
import type { SeriesTable, WindowTables } from "./window-tables.ts";

/** One model. A figure is `null` if it does not exist or fewer than two blocks have resolved steps. */
export interface SeriesPoints extends SeriesCounts, SeriesFigures<number> {
  /** At most 256 score levels (`levelsToArray`), where asked for. */
  readonly levels: Float32Array | null;
}

/** All models of one label spec. */
export interface LabelPoints extends LabelCounts {
  readonly episodeBlocks: EpisodeBlocks;
  readonly series: readonly SeriesPoints[];
}

/** Levels of one symbol in a sum over symbols. */
const SUMMED_LEVELS = 256;

/**
 * The same values as in `describeWindow`, bit for bit, one entry per label spec.
 * @param levels whether score levels are wanted, for figures over several symbols.
 */
export function pointFigures({ firstBlock, specs, series }: WindowTables, levels = false): LabelPoints[] {
  return specs.map((table) => ({
    ...labelCounts(table),
    episodeBlocks: { firstBlock, episodes: Array.from(table.episodes) },
    series: series
      .filter((one) => one.series.spec === table.spec.place)
      .flatMap((one) => seriesPoints(one, levels) ?? []),
  }));
}

function seriesPoints(table: SeriesTable, withLevels: boolean): SeriesPoints | undefined {
  const total = sumOfRows(table.rows);
  const counted = seriesCounts(table, total);
  if (counted === undefined) return undefined;
  const { counts } = counted;
  const levels = placedLevels(table.levels);
  const values = { ...figuresOfRow(total), ...figuresOfLevels(levels) };
  const point = (value: number): number | null => (counts.blocks < 2 || Number.isNaN(value) ? null : value);
  return {
    ...counts,
    prAuc: point(values.prAuc),
    lift: point(values.lift),
    rocAuc: point(values.rocAuc),
    brier: point(values.brier),
    brierSkill: point(values.brierSkill),
    logLoss: point(values.logLoss),
    ece: point(values.ece),
    levels: withLevels ? levelsToArray(mergedLevels(levels, SUMMED_LEVELS)) : null,
  };
}
