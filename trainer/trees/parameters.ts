// What boosting and the forest have in common to set, and its limits.

export type Loss = "logistic" | "squared" | "gamma";

/** Settings that both kinds of trees share. */
export interface TreeParameters {
  readonly trees: number;
  /** Most leaves of a tree, 1 or more. */
  readonly leaves: number;
  /** 2 … 255, not counting the bin of missing values. */
  readonly maxBins: number;
  readonly minChildRows: number;
  /** Least sum of hessians in a leaf. */
  readonly minChildWeight: number;
  /** Share of the columns, in (0, 1]. */
  readonly featureShare: number;
  /** Per column 1 (the score may only rise with it), −1 (only fall) or 0. */
  readonly monotone?: Int8Array;
  /** Weight of rows with target 1, beside their own. */
  readonly positiveWeight: number;
  readonly seed: number;
  /**
   * Threads to work with, the caller's included; below 20,000 rows it works alone. The result does not depend on it.
   */
  readonly threads: number;
}

/** Below that many rows, handing work to another thread costs more than it saves. */
export const ROWS_WORTH_THREADS = 20_000;

/** @throws RangeError that names the parameter, its value and what was expected. */
export function checkParameters(parameters: TreeParameters): void {
  const { trees, leaves, minChildRows, minChildWeight, featureShare, monotone, positiveWeight, seed } = parameters;
  requireNumber("trees", trees, "a whole number ≥ 1", Number.isInteger(trees) && trees >= 1);
  requireNumber("leaves", leaves, "a whole number ≥ 1", Number.isInteger(leaves) && leaves >= 1);
  requireNumber("minChildRows", minChildRows, "a number ≥ 0", minChildRows >= 0);
  requireNumber("minChildWeight", minChildWeight, "a number ≥ 0", minChildWeight >= 0);
  requireNumber("featureShare", featureShare, "a share in (0, 1]", featureShare > 0 && featureShare <= 1);
  requireNumber(
    "positiveWeight",
    positiveWeight,
    "a finite number > 0",
    positiveWeight > 0 && positiveWeight < Infinity,
  );
  requireNumber("seed", seed, "a whole number", Number.isInteger(seed));
  const strange = monotone?.findIndex((direction) => direction < -1 || direction > 1) ?? -1;
  if (strange >= 0) throw new RangeError(`monotone[${strange}]: got ${monotone![strange]}, expected −1, 0 or 1`);
}

/** @throws RangeError unless `holds`. */
export function requireNumber(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new RangeError(`${name}: got ${value}, expected ${expected}`);
}

/** Row weights times the weight of positive rows. */
export function effectiveWeights(
  { targets, weights }: { readonly targets: Float64Array; readonly weights?: Float64Array },
  positiveWeight: number,
): Float64Array {
  return targets.map((target, i) => (weights?.[i] ?? 1) * (target === 1 ? positiveWeight : 1));
}

/** The largest of the weights. */
export function heaviestWeight(weights: Float64Array): number {
  return weights.reduce((most, weight) => Math.max(most, weight), 0);
}

/** How much of its rows a tree is grown on: a share, and at most so many. */
export interface TreeRows {
  readonly share: number;
  readonly most: number;
}

/**
 * The share of `rowCount` rows that each tree is grown on. Many trees on parts of long data see all of it, at a part of
 * the cost.
 */
export function rowShareOf(rowCount: number, { share, most }: TreeRows): number {
  return Math.min(share, most / rowCount);
}

/** Least rows of a leaf: a share of the rows that a tree is grown on, and at least 20. */
export function leastChildRows(share: number, treeRows: number): number {
  return Math.max(20, Math.round(share * treeRows));
}

/** Bins of a column: about 200 rows each, from 32 to 255. Finer ones would cost time and separate noise. */
export function binsFor(rowCount: number): number {
  return Math.max(32, Math.min(255, Math.floor(rowCount / 200)));
}
