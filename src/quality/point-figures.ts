// A window's figures without intervals, for scrapes and sums over symbols. No resampling: they take one pass over the
// window's blocks. Figures for people come from `WindowQuality`.
import { figuresOfRow, RowSampler } from "./block-resampler.ts";
import { exactFigures } from "./exact-figures.ts";
import { placedLevels } from "./level-curves.ts";
import { labelCounts, seriesCounts } from "./window-counts.ts";
import type { LabelCounts, SeriesCounts, SeriesFigures } from "./window-quality.ts";
import type { SeriesTable, WindowTables } from "./window-tables.ts";

/** One model. A figure is `null` if it does not exist or fewer than two blocks have resolved steps. */
export interface SeriesPoints extends SeriesCounts, SeriesFigures<number> {}

/** All models of one label spec. */
export interface LabelPoints extends LabelCounts {
  readonly series: readonly SeriesPoints[];
}

/** The same values as in `describeWindow`, bit for bit, one entry per label spec. */
export function pointFigures({ specs, series }: WindowTables): LabelPoints[] {
  return specs.map((table) => ({
    ...labelCounts(table),
    series: series.filter((one) => one.series.spec === table.spec.place).flatMap((one) => seriesPoints(one) ?? []),
  }));
}

function seriesPoints(table: SeriesTable): SeriesPoints | undefined {
  const total = new RowSampler(table.rows).total();
  const counted = seriesCounts(table, total);
  if (counted === undefined) return undefined;
  const { counts } = counted;
  const values = exactFigures(placedLevels(table.levels), figuresOfRow(total));
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
  };
}
