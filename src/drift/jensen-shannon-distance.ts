// A bounded distance between the distributions of two samples of a column.
import { pooledShares } from "./pooled-shares.ts";
import { jensenShannonOfShares } from "./share-distance.ts";

/**
 * Jensen–Shannon distance over Evidently's pooled bins (pooled-shares.ts): the square root of the divergence, with the
 * natural logarithm, so it lies between 0 and √(ln 2). Values that are not finite are left out. Evidently calls 0.1 and
 * more drift.
 *
 * Example: 1 1 against 2 2 gives √(ln 2) = 0.8326.
 * @returns `NaN` when either sample is empty.
 */
export function jensenShannonDistance(reference: Float64Array, current: Float64Array): number {
  const shares = pooledShares(reference, current);
  return shares === null ? NaN : jensenShannonOfShares(shares.reference, shares.current);
}
