// Gains of real models' blocks with their bounds, as a gateway gets them: of score-series.ts, block by block.
import { RandomDeviates } from "../simulator/random-deviates.ts";
import { BlockBudget, gainBound } from "../src/quality/evidence/block-budget.ts";
import { BLOCK_STEPS } from "../src/quality/step-ring.ts";
import type { ScoreSeries } from "./score-series.ts";

export interface BoundedGains {
  /** Mean gain of a row, in [−1, 1]. */
  readonly gain: Float64Array;
  /** Σ of the gains that are bet on over the budget that was fixed before the block, in [−1, 1]. */
  readonly bet: Float64Array;
  /** Mean gain of a row over the mean of its own bounds, which are known only while the block goes on. */
  readonly naive: Float64Array;
  /** Share of the rows whose bounds fit into the budget. */
  readonly taken: number;
}

type Scores = Float64Array;

/** The gains of `rival` over `champion` by blocks of 900 steps without the last horizon, at least half full. */
export function boundedGains(series: ScoreSeries, champion: Scores, rival: Scores): BoundedGains {
  const { step, label, horizonSteps } = series;
  const budget = new BlockBudget();
  const blocks: { gain: number; bet: number; bound: number; own: number; rows: number; taken: number }[] = [];
  let last = -1;
  for (let i = 0; i < step.length; i++) {
    if ((step[i]! % BLOCK_STEPS) + horizonSteps >= BLOCK_STEPS) continue;
    const block = Math.floor(step[i]! / BLOCK_STEPS);
    if (block !== last) blocks.push({ gain: 0, bet: 0, bound: 0, own: 0, rows: 0, taken: 0 });
    last = block;
    const sums = blocks.at(-1)!;
    const [p, q, y] = [champion[i]!, rival[i]!, label[i]!];
    const gain = (p - y) ** 2 - (q - y) ** 2;
    const bound = gainBound(p, q);
    sums.gain += gain;
    sums.own += bound;
    sums.rows += 1;
    if (budget.take(block, BLOCK_STEPS - horizonSteps, bound)) {
      sums.bet += gain;
      sums.taken += 1;
    }
    sums.bound = budget.budget;
  }
  const full = blocks.filter(({ rows }) => rows >= (BLOCK_STEPS - horizonSteps) / 2);
  const sum = (of: (one: (typeof full)[number]) => number): number => full.reduce((all, one) => all + of(one), 0);
  return {
    gain: Float64Array.from(full, ({ gain, rows }) => gain / rows),
    bet: Float64Array.from(full, ({ bet, bound }) => (bound > 0 ? bet / bound : 0)),
    naive: Float64Array.from(full, ({ gain, own }) => (own > 0 ? gain / own : 0)),
    taken: sum(({ taken }) => taken) / sum(({ rows }) => rows),
  };
}

/** Scores that know no more than `scores`: the logit of each moved by an autocorrelated noise of its own. */
export function noisyScores(scores: Scores, deviation: number, seed: string): Scores {
  const random = new RandomDeviates(seed);
  let state = 0;
  return scores.map((p) => {
    state = 0.9 * state + Math.sqrt(1 - 0.9 * 0.9) * random.normal();
    const odds = (p / (1 - p)) * Math.exp(deviation * state);
    return Math.fround(odds / (1 + odds));
  });
}

/** Scores that are too sure of themselves: logits times `slope`. */
export function steeperScores(scores: Scores, slope: number): Scores {
  return scores.map((p) => Math.fround(1 / (1 + Math.exp(-slope * Math.log(p / (1 - p))))));
}

/** Scores of which the hours in `share` belong to another step of the day: part of the pipeline feeds stale rows. */
export function staleScores(scores: Scores, share: number, seed: string): Scores {
  const random = new RandomDeviates(seed);
  let stale = false;
  return scores.map((p, i) => {
    if (i % 60 === 0) stale = random.uniform() < share;
    return stale ? (scores[Math.max(0, i - 360)] ?? p) : p;
  });
}

export interface Resampling {
  readonly count: number;
  /** Neighbouring blocks that stay together. */
  readonly stretch: number;
  readonly seed: string;
}

/** A path of `count` values: stretches from random places, less their own mean. */
export function centredPath(values: Float64Array, { count, stretch, seed }: Resampling): Float64Array {
  const random = new RandomDeviates(seed);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  let at = 0;
  return Float64Array.from({ length: count }, (_, i) => {
    at = i % stretch === 0 ? Math.floor(random.uniform() * values.length) : (at + 1) % values.length;
    return values[at]! - mean;
  });
}

export interface Moments {
  readonly mean: number;
  readonly deviation: number;
  /** Of neighbours. */
  readonly correlation: number;
}

export function momentsOf(values: Float64Array): Moments {
  const mean = values.reduce((sum, d) => sum + d, 0) / values.length;
  const variance = values.reduce((sum, d) => sum + (d - mean) ** 2, 0) / values.length;
  const products = values.slice(1).reduce((sum, d, i) => sum + (d - mean) * (values[i]! - mean), 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), correlation: products / variance };
}
