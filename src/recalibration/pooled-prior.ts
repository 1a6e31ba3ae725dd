// The line that a model's recalibration begins with on a young symbol: the mean of what other symbols have learnt.
import type { Line } from "./line.ts";

/** What a model's recalibration has learnt on one symbol. */
export interface LearntLine extends Line {
  readonly sha256: string;
  /** Labels that it has learnt from, in horizons: overlapping labels weigh 1/horizon each. */
  readonly horizons: number;
}

export interface PooledPrior extends Line {
  /** Symbols behind it, and their weights together, in horizons of labels. */
  readonly symbols: number;
  readonly horizons: number;
  /** When it was pooled, ms. */
  readonly atMs: number;
}

/** What must stand behind a prior. */
export interface PoolRule {
  readonly symbols: number;
  readonly horizons: number;
}

/** 40 hours of labels where a horizon is a minute. */
export const POOL_RULE: PoolRule = { symbols: 2, horizons: 2400 };

/** Weight of one symbol at most, in horizons: the longest memory of a recalibration. */
const MOST_HORIZONS = 24_000;

/**
 * The mean of one model's lines, weighted by what they have learnt from; `undefined` where too little stands behind
 * it.
 *
 * Example: 3,000 horizons of a level of −0.6 and 1,000 of −0.2 give a level of −0.5.
 */
export function pooledPrior(lines: readonly LearntLine[], rule: PoolRule, atMs: number): PooledPrior | undefined {
  const learnt = lines.filter(({ horizons }) => horizons > 0);
  const weights = learnt.map(({ horizons }) => Math.min(horizons, MOST_HORIZONS));
  const horizons = weights.reduce((sum, weight) => sum + weight, 0);
  if (learnt.length < rule.symbols || horizons < rule.horizons) return undefined;
  let [slope, level] = [0, 0];
  learnt.forEach((line, i) => {
    slope += (weights[i]! / horizons) * line.slope;
    level += (weights[i]! / horizons) * line.level;
  });
  return { slope, level, symbols: learnt.length, horizons, atMs };
}

/** The priors of several models, by SHA-256. */
export type PriorsByModel = Readonly<Record<string, PooledPrior>>;

/** A prior that was stored. Throws `RangeError` for a line that no recalibration can begin with. */
export function requireLine<Prior extends Line>(prior: Prior): Prior {
  const { slope, level } = prior;
  if (slope > 0 && Number.isFinite(slope) && Number.isFinite(level)) return prior;
  throw new RangeError(`prior: got slope ${slope} and level ${level}, expected a line that rises`);
}
