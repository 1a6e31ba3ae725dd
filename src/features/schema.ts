// The feature rows by name: columns, their order and formulas, and the canonical text whose SHA-256 binds an artifact
// to the feature code. model/schema-hashes.ts computes the hash.
import { CUSTOM } from "./custom.ts";
import { DEFAULT_2, DEFAULT_2_TERMS } from "./default-2.ts";
import type { GridConfig } from "./event-grid.ts";
import { type FeatureColumn, plain, relative } from "./feature-column.ts";
import { requireOwnColumns } from "./own-column-fault.ts";
import { featureColumn, OWN_TERMS } from "./own-columns.ts";

/** Must be incremented whenever the meaning of a column changes; part of the schema text. */
const DEFINITION_VERSION = 1;

/** Logarithms are taken of max(x, ε) with ε = EPSILON_BP · 1e-4 · sqrt(W). */
const EPSILON_BP = 0.002;

export type RowName = "default-1" | "peer-10" | "default-2" | "custom";

export const RV_WINDOWS = [10, 30, 60, 300, 900] as const;
/** Steps of the longest feature window. */
export const LONGEST_FEATURE_STEPS = RV_WINDOWS[4];
export const EWMA_HALF_LIVES = [15, 60, 300, 900] as const;
export const PARKINSON_WINDOWS = [10, 60, 300] as const;
export const RANGE_WINDOWS = [60, 300] as const;

/** Scale-free columns: independent of price level, currency, counts and clock. */
export const DEFAULT_1: readonly FeatureColumn[] = [
  ...RV_WINDOWS.map((w) => relative(`rv_${w}_over_tau`, `ln(RV_${w}) - ln(tau)`)),
  ...EWMA_HALF_LIVES.map((h) => relative(`ewma_${h}_over_tau`, `ln(sqrt(${h} * EWMA_${h}(r^2))) - ln(tau)`)),
  plain("rv_10_over_rv_60", "ln(RV_10) - ln(RV_60)"),
  plain("rv_60_over_rv_300", "ln(RV_60) - ln(RV_300)"),
  plain("rv_300_over_rv_900", "ln(RV_300) - ln(RV_900)"),
  plain("ewma_15_over_ewma_60", "ln(EWMA_15) - ln(EWMA_60)"),
  plain("ewma_60_over_ewma_300", "ln(EWMA_60) - ln(EWMA_300)"),
  plain("ewma_300_over_ewma_900", "ln(EWMA_300) - ln(EWMA_900)"),
  relative("bipower_300_over_tau", "ln(sqrt(300 * pi/2 * mean_300 |r_i r_(i-1)|)) - ln(tau)"),
  plain("jump_share_60", "max(0, 1 - (pi/2 * mean_60 |r_i r_(i-1)|) / mean_60 r^2)"),
  plain("jump_share_300", "max(0, 1 - (pi/2 * mean_300 |r_i r_(i-1)|) / mean_300 r^2)"),
  ...PARKINSON_WINDOWS.map((w) =>
    relative(`parkinson_${w}_over_tau`, `ln(sqrt(${w} * mean_${w} ln(H/L)^2 / (4 ln 2))) - ln(tau)`),
  ),
  ...RANGE_WINDOWS.map((w) =>
    relative(`range_${w}_over_tau`, `ln(ln(max_${w} H / min_${w} L) / sqrt(4 ln 2)) - ln(tau)`),
  ),
  plain("net_return_60_over_rv", "|sum_60 r| / max(RV_60, epsilon)"),
  plain("net_return_300_over_rv", "|sum_300 r| / max(RV_300, epsilon)"),
  plain("spread_over_mean_900", "ln(spread / mid) - ln(mean_900 spread / mid)"),
  plain("spread_60_over_mean_900", "ln(mean_60 spread / mid) - ln(mean_900 spread / mid)"),
  plain("imbalance", "bidSize / (bidSize + askSize)"),
  plain("imbalance_60", "mean_60 bidSize / (bidSize + askSize)"),
  plain("imbalance_distance_60", "|mean_60 imbalance - 1/2|"),
  plain("tick_rate_10_over_300", "mean_10 ticks / mean_300 ticks"),
  plain("tick_rate_60_over_900", "mean_60 ticks / mean_900 ticks"),
  plain("age_of_last_tick", "min(age, A) / step"),
];

/**
 * The ten features of the system that volgate replaces, under its names; in price levels and dollars, for that system's
 * clients.
 */
export const PEER_10: readonly FeatureColumn[] = [
  plain("log_return_300s", "sum over 300 s of r"),
  plain("spread_mean_300s", "mean over 300 s of ask - bid"),
  plain("trade_intensity_300s", "ticks in 300 s"),
  plain("order_book_imbalance_300s", "mean over 300 s of bidSize / (bidSize + askSize)"),
  plain("spread_mean_60s", "mean over 60 s of ask - bid"),
  plain("order_book_imbalance_60s", "mean over 60 s of bidSize / (bidSize + askSize)"),
  plain("price_velocity_300s", "mean over 300 s of |p_i - p_(i-1)|"),
  plain("realized_volatility_300s", "population standard deviation of r over 300 s"),
  plain("order_book_imbalance_30s", "mean over 30 s of bidSize / (bidSize + askSize)"),
  plain("realized_volatility_60s", "population standard deviation of r over 60 s"),
];

requireOwnColumns(CUSTOM);

/** The columns that custom.ts declares: those of `custom` after those of `default-2`. */
export const OWN_COLUMNS: readonly FeatureColumn[] = CUSTOM.map(featureColumn);

export const ROWS: Readonly<Record<RowName, readonly FeatureColumn[]>> = {
  "default-1": DEFAULT_1,
  "peer-10": PEER_10,
  "default-2": DEFAULT_2,
  custom: [...DEFAULT_2, ...OWN_COLUMNS],
};
/** The rows that exist: `custom` only where custom.ts declares columns. */
export const ROW_NAMES: readonly RowName[] = (Object.keys(ROWS) as RowName[]).filter(
  (row) => row !== "custom" || OWN_COLUMNS.length > 0,
);

/** What an error says was expected in place of another row: some of the rows that exist, and why `custom` is none. */
export function expectedRow(names: readonly RowName[]): string {
  const list = `one of ${names.join(", ")}`;
  return OWN_COLUMNS.length > 0 ? list : `${list}; for custom, declare columns in src/features/custom.ts`;
}

/** A value of every row that exists. */
export function ofRows<T>(value: (row: RowName) => T): Readonly<Record<RowName, T>> {
  return Object.fromEntries(ROW_NAMES.map((row) => [row, value(row)])) as Record<RowName, T>;
}

/** The place of every column of each row, in order. */
export const ALL_COLUMNS = ofRows((row) => Int32Array.from(ROWS[row].keys()));

/** ε of a window of W steps, as a fraction. */
export function epsilonOf(windowSteps: number): number {
  return EPSILON_BP * 1e-4 * Math.sqrt(windowSteps);
}

/** Existing values that a feature over W steps needs: min(W/2, 60), at least 3. */
export function featureMinCount(windowSteps: number): number {
  return Math.max(3, Math.min(Math.ceil(windowSteps / 2), 60));
}

/**
 * The schema of a row on a grid as text: one line per fact, equal exactly when two programs compute the same columns.
 * Windows of `peer-10` are seconds; those of `default-1` are steps; those of `default-2` and `custom` are horizons, so
 * their text has the label's `horizonSteps` too.
 */
export function schemaText(row: RowName, grid: GridConfig, horizonSteps: number): string {
  const lines = [
    `volgate features ${DEFINITION_VERSION}`,
    `row ${row}`,
    `step_ms ${grid.stepMs}`,
    `max_age_ms ${grid.maxAgeMs}`,
    `gap_steps ${grid.gapSteps}`,
    `source ${grid.source}`,
    ...(row === "default-2" || row === "custom"
      ? [`horizon_steps ${horizonSteps}`, `epsilon_bp ${EPSILON_BP} * sqrt(H)`, ...DEFAULT_2_TERMS]
      : [`epsilon_bp ${EPSILON_BP} * sqrt(W)`, `feature_min_count max(3, min(ceil(W/2), 60))`]),
    ...(row === "custom" ? OWN_TERMS : []),
    ...ROWS[row].map((column) => `${column.name} = ${column.formula}`),
  ];
  return lines.join("\n") + "\n";
}
