// The columns of the row `default-2`: windows and half-lives are horizons, so one definition fits seconds and bars.
import { type FeatureColumn, overTau, plain, relative } from "./feature-column.ts";

/** Windows of the mean squared return and of the mean squared range, in horizons, with their names. */
export const MEASURE_WINDOWS = [
  ["h1_6", 1 / 6],
  ["h1_2", 1 / 2],
  ["h1", 1],
  ["h2", 2],
  ["h3", 3],
  ["h5", 5],
  ["h15", 15],
] as const;
/** Half-lives of the same two, in horizons, with their names. */
export const MEASURE_HALF_LIVES = [
  ["h1_4", 1 / 4],
  ["h1", 1],
  ["h2", 2],
  ["h5", 5],
  ["h10", 10],
  ["h30", 30],
  ["h60", 60],
  ["h120", 120],
] as const;
/** The longest window that is a sum. */
export const LONGEST_WINDOW_HORIZONS = 15;
/** All others are whole horizons. */
export const JUMP_HORIZONS = [5, 15] as const;
export const RETURN_HORIZONS = [1, 5, 15] as const;
export const RETURN_HALF_LIVES = [30, 120, 720] as const;
export const DOWNSIDE_HALF_LIVES = [5, 30, 150] as const;
/** Blocks of a horizon over which highs and lows are kept; the first two also give the range. */
export const EXTREMUM_BLOCKS = [5, 15, 60] as const;
export const RANGE_BLOCKS = [5, 15] as const;
/** Means over the first against EWMAs of the second. */
export const FLOW_WINDOWS = [1, 5] as const;
export const FLOW_HALF_LIVES = [720, 30] as const;
export const SIGNED_WINDOWS = [1, 5, 15] as const;
export const SIGNED_HALF_LIFE = 60;
/** The least ratio of a flow to what is usual of which the logarithm is taken. */
export const LEAST_FLOW_RATIO = 0.001;
export const EXCEEDANCE_HALF_LIVES = [2, 5, 15, 60, 240, 1440] as const;
/** Horizons at which the time since the last spike no longer grows. */
export const MOST_CALM_HORIZONS = 1440;
export const SPREAD_HORIZONS = [1, 15] as const;
export const TICK_HORIZONS = [1 / 6, 1, 5, 15] as const;

const flowRatios = (name: string, what: string): FeatureColumn[] =>
  FLOW_HALF_LIVES.flatMap((halfLife) =>
    FLOW_WINDOWS.map((w) =>
      plain(
        `${name}_h${w}_over_ewma_h${halfLife}`,
        `ln(max(mean_${w}h ${what} / EWMA_${halfLife}h ${what}, ${LEAST_FLOW_RATIO}))`,
      ),
    ),
  );

/** What does not depend on a label spec, before τ is applied. */
const OF_HORIZON: readonly FeatureColumn[] = [
  ...MEASURE_WINDOWS.map(([name]) => relative(`rv_${name}_over_tau`, `ln(sqrt(H * mean_${name} r^2)) - ln(tau)`)),
  ...MEASURE_WINDOWS.map(([name]) =>
    relative(`parkinson_${name}_over_tau`, `ln(sqrt(H * mean_${name} ln(H/L)^2 / (4 ln 2))) - ln(tau)`),
  ),
  ...MEASURE_HALF_LIVES.map(([name]) =>
    relative(`ewma_rv_${name}_over_tau`, `ln(sqrt(H * EWMA_${name} r^2)) - ln(tau)`),
  ),
  ...MEASURE_HALF_LIVES.map(([name]) =>
    relative(`ewma_parkinson_${name}_over_tau`, `ln(sqrt(H * EWMA_${name} ln(H/L)^2 / (4 ln 2))) - ln(tau)`),
  ),
  ...JUMP_HORIZONS.map((w) =>
    plain(`jump_share_h${w}`, `max(0, 1 - (pi/2 * mean_${w}h |r_i r_(i-1)|) / mean_${w}h r^2)`),
  ),
  ...RANGE_BLOCKS.map((w) =>
    relative(
      `range_h${w}_over_tau`,
      `ln((ln(max_${w}b H / price) + ln(price / min_${w}b L)) / sqrt(4 ln 2)) - ln(tau)`,
    ),
  ),
  ...RETURN_HORIZONS.map((w) => overTau(`return_h${w}_over_tau`, `sum_${w}h r / sqrt(${w}) / tau`)),
  ...RETURN_HALF_LIVES.map((h) => overTau(`ewma_return_h${h}_over_tau`, `H * EWMA_${h}h r * sqrt(${h}) / tau`)),
  ...DOWNSIDE_HALF_LIVES.map((h) => plain(`downside_share_h${h}`, `-EWMA_${h}h r|r| / EWMA_${h}h r^2`)),
  plain("place_in_range_h1", "(price - min_1h L) / (max_1h H - min_1h L), 1/2 where they are equal"),
  ...EXTREMUM_BLOCKS.map((w) => overTau(`below_high_h${w}_over_tau`, `ln(max_${w}b H / price) / tau`)),
  ...EXTREMUM_BLOCKS.map((w) => overTau(`above_low_h${w}_over_tau`, `ln(price / min_${w}b L) / tau`)),
  ...flowRatios("volume", "volume"),
  ...flowRatios("trades", "trades"),
  plain(
    "trade_size_h5_over_ewma_h720",
    `ln(max(mean_5h volume / mean_5h trades / (EWMA_720h volume / EWMA_720h trades), ${LEAST_FLOW_RATIO}))`,
  ),
  ...SIGNED_WINDOWS.map((w) =>
    plain(`signed_volume_share_h${w}`, `sum_${w}h signed volume / sum_${w}h volume, 0 of none`),
  ),
  plain(
    `ewma_signed_volume_share_h${SIGNED_HALF_LIFE}`,
    `EWMA_${SIGNED_HALF_LIFE}h signed volume / EWMA_${SIGNED_HALF_LIFE}h volume, of the steps with both, 0 of none`,
  ),
  plain("spread_over_mean_h15", "ln(spread / mid) - ln(mean_15h spread / mid)"),
  plain("spread_h1_over_mean_h15", "ln(mean_1h spread / mid) - ln(mean_15h spread / mid)"),
  plain("imbalance", "bidSize / (bidSize + askSize)"),
  plain("imbalance_h1", "mean_1h bidSize / (bidSize + askSize)"),
  plain("imbalance_distance_h1", "|mean_1h imbalance - 1/2|"),
  plain("tick_rate_h1_6_over_h5", "mean_h1_6 ticks / mean_5h ticks"),
  plain("tick_rate_h1_over_h15", "mean_1h ticks / mean_15h ticks"),
  plain("age_of_last_tick", "min(age, A) / step"),
  plain("minute_of_hour", "minute of the hour of the row's time stamp, UTC, 0 to 59"),
  plain("minute_modulo_5", "the same modulo 5"),
  plain("minute_modulo_15", "the same modulo 15"),
  plain("minutes_to_funding", "minutes to the next of 00:00, 08:00, 16:00 UTC, 1 to 480"),
];

/** The clock's columns; they mean something only where training rows cover enough days. */
export const CLOCK_COLUMNS: ReadonlySet<string> = new Set([
  "minute_of_hour",
  "minute_modulo_5",
  "minute_modulo_15",
  "minutes_to_funding",
]);

/** Of each label spec: its own spikes so far. */
const OF_LABELS: readonly FeatureColumn[] = [
  ...EXCEEDANCE_HALF_LIVES.map((h) => plain(`spike_share_h${h}`, `EWMA_${h}h of the labels as they become known`)),
  plain("since_last_spike", `ln(1 + min(steps since a label was a spike / H, ${MOST_CALM_HORIZONS}))`),
];

/**
 * The columns of the symbol's own spikes. They begin anew after a pause and may be missing for days in a calm market:
 * whether they have values says nothing of the feed.
 */
export const SPIKE_COLUMNS: ReadonlySet<string> = new Set(OF_LABELS.map(({ name }) => name));

/** Number of its columns that do not depend on a label spec, and of those that do; these come last. */
export const HORIZON_COLUMNS = OF_HORIZON.length;
export const HISTORY_COLUMNS = OF_LABELS.length;

export const DEFAULT_2: readonly FeatureColumn[] = [...OF_HORIZON, ...OF_LABELS];

/** Lines of the schema that the formulas rest on. */
export const DEFAULT_2_TERMS = [
  "h1_6, h1_2, h1_4 are 1/6, 1/2, 1/4 of a horizon; hW and Wh are W horizons; Wb are W blocks",
  "a window is round(W * H) steps; windows and half-lives shorter than a step do not exist",
  "a block is H steps from a multiple of H on; Wb are the block of the step so far and the W - 1 before it",
  "min_count max(1, min(ceil(W*H/2), 60))",
  "volume: of bars, else of trades; signed volume: 2 * taker volume - volume of bars, else the sum of side * size,",
  "else sign(last - first price) * volume of bars",
] as const;
