// Rows on which a model is tried before it serves: what a market gives on an ordinary day.
import { ROWS, type RowName } from "../features/schema.ts";

type Range = readonly [low: number, high: number];

/**
 * 1st to 99th percentile of a day of seconds, for `default-2` of minutes, rounded; a column of `ROWS` that is not here
 * has [−1, 1].
 */
const ORDINARY: Readonly<Record<string, Range>> = {
  rv_10_over_tau: [-3, 0],
  rv_30_over_tau: [-2, 0.4],
  rv_60_over_tau: [-1.5, 0.7],
  rv_300_over_tau: [-0.4, 1.5],
  rv_900_over_tau: [0.3, 1.7],
  ewma_15_over_tau: [-2.2, 0.1],
  ewma_60_over_tau: [-1.2, 0.7],
  ewma_300_over_tau: [0, 1.2],
  ewma_900_over_tau: [0.8, 1.4],
  rv_10_over_rv_60: [-2, -0.3],
  rv_60_over_rv_300: [-1.6, -0.2],
  rv_300_over_rv_900: [-1.4, -0.1],
  ewma_15_over_ewma_60: [-1.3, -0.3],
  ewma_60_over_ewma_300: [-1.5, -0.4],
  ewma_300_over_ewma_900: [-0.9, -0.2],
  bipower_300_over_tau: [-0.7, 1.2],
  jump_share_60: [0, 0.8],
  jump_share_300: [0, 0.7],
  parkinson_10_over_tau: [-6, -0.7],
  parkinson_60_over_tau: [-3, 0.2],
  parkinson_300_over_tau: [-1.6, 0.6],
  range_60_over_tau: [-1.9, 0.7],
  range_300_over_tau: [-0.8, 1.5],
  net_return_60_over_rv: [0, 2.5],
  net_return_300_over_rv: [0, 2.6],
  spread_over_mean_900: [-4, 2.4],
  spread_60_over_mean_900: [-1.3, 1.2],
  imbalance: [0, 1],
  imbalance_60: [0.3, 0.7],
  imbalance_distance_60: [0, 0.2],
  tick_rate_10_over_300: [0.2, 2.6],
  tick_rate_60_over_900: [0.4, 1.9],
  age_of_last_tick: [0, 5],
  log_return_300s: [-0.004, 0.004],
  spread_mean_300s: [0.2, 1.7],
  trade_intensity_300s: [300, 1400],
  order_book_imbalance_300s: [0.4, 0.6],
  spread_mean_60s: [0.1, 2.4],
  order_book_imbalance_60s: [0.3, 0.7],
  price_velocity_300s: [1, 10],
  realized_volatility_300s: [2e-5, 1.7e-4],
  order_book_imbalance_30s: [0.2, 0.75],
  realized_volatility_60s: [2e-5, 2e-4],
  rv_h1_6_over_tau: [-3, 0],
  rv_h1_2_over_tau: [-2, 0.4],
  rv_h1_over_tau: [-9.4, 0.9],
  rv_h2_over_tau: [-3.3, 0.8],
  rv_h3_over_tau: [-2.4, 0.8],
  rv_h5_over_tau: [-1.8, 0.7],
  rv_h15_over_tau: [-1.2, 0.6],
  parkinson_h1_6_over_tau: [-4, 0],
  parkinson_h1_2_over_tau: [-3, 0.1],
  parkinson_h1_over_tau: [-4.3, 0.7],
  parkinson_h2_over_tau: [-2.7, 0.6],
  parkinson_h3_over_tau: [-2.2, 0.6],
  parkinson_h5_over_tau: [-1.8, 0.6],
  parkinson_h15_over_tau: [-1.4, 0.5],
  ewma_rv_h1_4_over_tau: [-2.2, 0.4],
  ewma_rv_h1_over_tau: [-1.9, 0.8],
  ewma_rv_h2_over_tau: [-1.5, 0.7],
  ewma_rv_h5_over_tau: [-1.1, 0.6],
  ewma_rv_h10_over_tau: [-1, 0.6],
  ewma_rv_h30_over_tau: [-0.8, 0.5],
  ewma_rv_h60_over_tau: [-0.7, 0.4],
  ewma_rv_h120_over_tau: [-0.6, 0.3],
  ewma_parkinson_h1_4_over_tau: [-3, 0.2],
  ewma_parkinson_h1_over_tau: [-1.9, 0.6],
  ewma_parkinson_h2_over_tau: [-1.6, 0.6],
  ewma_parkinson_h5_over_tau: [-1.3, 0.5],
  ewma_parkinson_h10_over_tau: [-1.2, 0.5],
  ewma_parkinson_h30_over_tau: [-1, 0.4],
  ewma_parkinson_h60_over_tau: [-0.9, 0.3],
  ewma_parkinson_h120_over_tau: [-0.8, 0.1],
  jump_share_h5: [0, 0.8],
  jump_share_h15: [0, 0.6],
  range_h5_over_tau: [-1.1, 1.5],
  range_h15_over_tau: [-0.1, 2.1],
  return_h1_over_tau: [-2.1, 2.1],
  return_h5_over_tau: [-2.1, 2],
  return_h15_over_tau: [-2.1, 1.9],
  ewma_return_h30_over_tau: [-1.3, 1],
  ewma_return_h120_over_tau: [-1.2, 0.9],
  ewma_return_h720_over_tau: [-0.9, 0.9],
  downside_share_h5: [-0.8, 0.8],
  downside_share_h30: [-0.5, 0.5],
  downside_share_h150: [-0.3, 0.3],
  place_in_range_h1: [0, 1],
  below_high_h5_over_tau: [0, 5.3],
  below_high_h15_over_tau: [0, 9.1],
  below_high_h60_over_tau: [0, 18],
  above_low_h5_over_tau: [0, 5.3],
  above_low_h15_over_tau: [0, 9],
  above_low_h60_over_tau: [0, 17],
  volume_h1_over_ewma_h720: [-2.8, 1.7],
  volume_h5_over_ewma_h720: [-1.7, 1.5],
  volume_h1_over_ewma_h30: [-2.5, 1.5],
  volume_h5_over_ewma_h30: [-1.3, 1.1],
  trades_h1_over_ewma_h720: [-1.9, 1.1],
  trades_h5_over_ewma_h720: [-1.2, 1],
  trades_h1_over_ewma_h30: [-1.6, 1],
  trades_h5_over_ewma_h30: [-0.9, 0.8],
  trade_size_h5_over_ewma_h720: [-0.8, 0.7],
  signed_volume_share_h1: [-1, 1],
  signed_volume_share_h5: [-1, 1],
  signed_volume_share_h15: [-0.7, 0.7],
  ewma_signed_volume_share_h60: [-0.3, 0.3],
  spread_over_mean_h15: [-4, 2.4],
  spread_h1_over_mean_h15: [-1.3, 1.2],
  imbalance_h1: [0.3, 0.7],
  imbalance_distance_h1: [0, 0.2],
  tick_rate_h1_6_over_h5: [0.2, 2.6],
  tick_rate_h1_over_h15: [0.4, 1.9],
  minute_of_hour: [0, 59],
  minute_modulo_5: [0, 4],
  minute_modulo_15: [0, 14],
  minutes_to_funding: [5, 476],
  spike_share_h2: [0, 0.9],
  spike_share_h5: [0, 0.7],
  spike_share_h15: [0, 0.6],
  spike_share_h60: [0, 0.5],
  spike_share_h240: [0, 0.3],
  spike_share_h1440: [0.1, 0.2],
  since_last_spike: [0, 5.3],
};

/** 2 / (1 + √5): multiples of it fill 0 … 1 evenly. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * `count` rows inside the ordinary range of each column, float32 [count, columns.length], the same for the same
 * arguments. No cell is missing.
 * @param columns positions in the row of the columns that the model takes, in its order.
 */
export function ordinaryRows(row: RowName, columns: Int32Array, count: number): Float32Array {
  const ranges = Array.from(columns, (column) => ORDINARY[ROWS[row][column]?.name ?? ""] ?? ([-1, 1] as const));
  const rows = new Float32Array(count * ranges.length);
  for (let k = 0; k < count; k++) {
    for (const [j, [low, high]] of ranges.entries()) {
      // Each column goes through its range in steps of its own, so that columns do not move together.
      const share = ((k + 1) * (j + 1) * GOLDEN_RATIO) % 1;
      rows[k * ranges.length + j] = low + (high - low) * share;
    }
  }
  return rows;
}
