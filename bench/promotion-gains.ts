// Simulated gains of an experiment's blocks, from a formula with known properties.
import { RandomDeviates } from "../simulator/random-deviates.ts";

export interface GainProcess {
  readonly mean: number;
  readonly deviation: number;
  /** Of neighbouring blocks. */
  readonly correlation: number;
}

/** Innovation per block of the spread's log volatility, an AR(1) with coefficient 0.95: calm and wild days. */
const WILDNESS = 0.25;
/** Spread's root mean square, so that the deviation is what is asked for: exp of the log's stationary variance. */
const SPREAD_RMS = Math.exp(WILDNESS ** 2 / (1 - 0.95 ** 2));

/**
 * An AR(1) of innovations whose spread changes slowly (heteroscedastic), one in twenty of which is three times as large
 * (heavy tails), with rare large gains among many small losses (skewed, as the market's are), clipped to [−1, 1];
 * before clipping it has the mean, deviation and correlation that are asked for.
 */
export function formulaGains({ mean, deviation, correlation }: GainProcess, count: number, seed: string): Float64Array {
  const random = new RandomDeviates(seed);
  const scale = Math.sqrt(1 - correlation * correlation) / Math.sqrt(1.4 + 2) / SPREAD_RMS;
  let logSpread = 0;
  let state = 0;
  return Float64Array.from({ length: count }, () => {
    logSpread = 0.95 * logSpread + WILDNESS * random.normal();
    const size = random.uniform() < 0.05 ? 3 : 1;
    const skewed = random.normal();
    const innovation = size * random.normal() + skewed * skewed - 1;
    state = correlation * state + scale * innovation * Math.exp(logSpread);
    return Math.min(Math.max(mean + deviation * state, -1), 1);
  });
}
