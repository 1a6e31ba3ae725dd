// Simulated gains of an experiment's blocks: from a formula with known properties, and from a simulated market.
import { RandomDeviates } from "../simulator/random-deviates.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { applyModel } from "../trainer/score/apply-model.ts";
import { assignBlocks } from "../trainer/evaluate/intervals/assign-blocks.ts";
import type { Candidate } from "../trainer/candidates/candidate.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import { persistence } from "../trainer/candidates/persistence.ts";
import { buildDataset } from "../trainer/rows/dataset.ts";
import { fitModel } from "../trainer/fit/fit-model.ts";
import { innerFolds } from "../trainer/folds/inner-folds.ts";
import { allRows, purgedSplit, testStartMs } from "../trainer/folds/split.ts";

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

/** Every row once. */
const COUNTED = { spikeWeight: 1, calmShare: 1 } as const;

/** Block gains of two fitted models on a simulated market. */
export interface MarketGains {
  readonly gains: Float64Array;
  readonly mean: number;
  readonly deviation: number;
  readonly correlation: number;
}

/**
 * Brier gains of `logistic` over `persistence`, 900-step block by block, on the last 60 % of `days` of a simulated
 * market.
 */
export function marketGains(days: number, seed: number): MarketGains {
  const fromMs = Date.UTC(2025, 11, 1);
  const data = buildDataset([...simulateTicks({ seed, symbol: "BTC-USD", fromMs, toMs: fromMs + days * 86_400_000 })]);
  const split = purgedSplit(data, allRows(data), testStartMs(data, { share: 0.6 }));
  const folds = innerFolds(data, split.train);
  const scores = [logistic, persistence].map((candidate: Candidate) => {
    const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
    const model = fitModel(
      candidate,
      { data, row: "default-1", seed, threads: 1, imbalance: COUNTED },
      policy,
      split.train,
      folds,
    );
    if ("refused" in model) throw new Error(model.refused);
    return applyModel(model, data, split.test);
  });
  const blocks = assignBlocks(data.rows, split.test);
  const sums: { gain: number; rows: number }[] = [];
  split.test.forEach((k, i) => {
    const y = data.rows.label[k]!;
    const block = (sums[blocks[i]!] ??= { gain: 0, rows: 0 });
    block.gain += (scores[1]![i]! - y) ** 2 - (scores[0]![i]! - y) ** 2;
    block.rows += 1;
  });
  const gains = Float64Array.from(sums.filter(({ rows }) => rows >= 420).map(({ gain, rows }) => gain / rows));
  return { gains, ...moments(gains) };
}

function moments(gains: Float64Array): Omit<MarketGains, "gains"> {
  const mean = gains.reduce((sum, d) => sum + d, 0) / gains.length;
  const variance = gains.reduce((sum, d) => sum + (d - mean) ** 2, 0) / gains.length;
  const products = gains.slice(1).reduce((sum, d, i) => sum + (d - mean) * (gains[i]! - mean), 0) / gains.length;
  return { mean, deviation: Math.sqrt(variance), correlation: products / variance };
}

export interface Resampling {
  readonly mean: number;
  readonly count: number;
  /** Neighbouring blocks that stay together: 16 are four hours. */
  readonly stretch: number;
  readonly seed: string;
}

/** A path of `count` blocks: stretches of the market's from random places, moved to have the mean `mean`. */
export function resampledGains({ gains, mean: own }: MarketGains, options: Resampling): Float64Array {
  const { mean, count, stretch, seed } = options;
  const random = new RandomDeviates(seed);
  let at = 0;
  return Float64Array.from({ length: count }, (_, i) => {
    at = i % stretch === 0 ? Math.floor(random.uniform() * gains.length) : (at + 1) % gains.length;
    return gains[at]! - own + mean;
  });
}
