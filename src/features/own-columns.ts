// What a column of `custom` can be made of: means and EWMAs of a series of closed steps, and ratios of two of them. A
// column is data; its formula is made from it, so that the schema's hash and the stored state follow the declaration.
import { LEAST_FLOW_RATIO } from "./default-2.ts";
import { type FeatureColumn, plain, relative } from "./feature-column.ts";

/** What each series is of a closed step, as in the formulas of `default-2`. All but signed volume are at least 0. */
export const OWN_SERIES = {
  squaredReturn: "r^2",
  squaredRange: "ln(H/L)^2 / (4 ln 2)",
  absoluteReturn: "|r|",
  volume: "volume",
  trades: "trades",
  signedVolume: "signed volume",
  spread: "spread / mid",
  imbalance: "bidSize / (bidSize + askSize)",
  ticks: "ticks",
} as const;
export type OwnSeries = keyof typeof OWN_SERIES;

/** The measures whose mean is a variance a step. */
export type OwnMeasure = "squaredReturn" | "squaredRange";

/** One number after each step. */
export interface OwnStatistic<S extends OwnSeries = OwnSeries> {
  readonly kind: "mean" | "ewma";
  readonly series: S;
  /** Length of the window, or half-life, in horizons. */
  readonly horizons: number;
}

export type OwnColumn =
  | { readonly kind: "overTau"; readonly name: string; readonly of: OwnStatistic<OwnMeasure> }
  | {
      readonly kind: "logRatio" | "share";
      readonly name: string;
      readonly of: OwnStatistic;
      readonly to: OwnStatistic;
    };

/** The mean of a window's steps in which the series exists; at least half of them, or 60, must have it. */
export function mean<S extends OwnSeries>(series: S, horizons: number): OwnStatistic<S> {
  return { kind: "mean", series, horizons };
}

/** The mean of the segment's steps in which the series exists, each weighing half of one a half-life later. */
export function ewma<S extends OwnSeries>(series: S, halfLifeHorizons: number): OwnStatistic<S> {
  return { kind: "ewma", series, horizons: halfLifeHorizons };
}

/**
 * ln(of / to), at least ln 0.001; missing where one of them is or `to` is 0. Neither may be of `signedVolume`.
 *
 * Example: of 6 against 2 it is ln 3.
 */
export function logRatio(name: string, of: OwnStatistic, to: OwnStatistic): OwnColumn {
  return { kind: "logRatio", name, of, to };
}

/**
 * of / to, 0 where both are 0; missing where one of them is, or only `to` is 0. For parts of a whole, so both must be
 * of the same kind and length.
 *
 * Example: signed volume −1 of a volume of 4 is −0.25.
 */
export function share(name: string, of: OwnStatistic, to: OwnStatistic): OwnColumn {
  return { kind: "share", name, of, to };
}

/** ln of a horizon's volatility at this mean squared return or range, less ln τ, as in `default-2`. */
export function overTau(name: string, of: OwnStatistic<OwnMeasure>): OwnColumn {
  return { kind: "overTau", name, of };
}

/** Lines of the schema that the formulas of own columns rest on. */
export const OWN_TERMS = [
  "own columns: mean_xh and EWMA_xh are over x * H steps, a window rounded, of the steps in which the value exists",
  "min_count max(1, min(ceil(x*H/2), 60)); a share is 0 where both are 0; a ratio to 0 does not exist",
] as const;

/** Its place in a row: the name, the formula, and how τ enters. */
export function featureColumn(column: OwnColumn): FeatureColumn {
  const of = statisticText(column.of);
  if (column.kind === "overTau") return relative(column.name, `ln(sqrt(H * ${of})) - ln(tau)`);
  const ratio = `${of} / ${statisticText(column.to)}`;
  return plain(column.name, column.kind === "share" ? ratio : `ln(max(${ratio}, ${LEAST_FLOW_RATIO}))`);
}

/** The statistics of a column. */
export function statisticsOf(column: OwnColumn): readonly OwnStatistic[] {
  return column.kind === "overTau" ? [column.of] : [column.of, column.to];
}

/** A statistic in words, equal exactly when two are the same. */
export function statisticText({ kind, series, horizons }: OwnStatistic): string {
  return `${kind === "mean" ? "mean" : "EWMA"}_${horizons}h (${OWN_SERIES[series]})`;
}

/** All of a declaration in words: what stored statistics belong to. Empty for no columns. */
export function declarationText(columns: readonly OwnColumn[]): string {
  if (columns.length === 0) return "";
  const lines = columns.map(featureColumn).map(({ name, formula }) => `${name} = ${formula}`);
  return [...OWN_TERMS, ...lines].join("\n");
}
