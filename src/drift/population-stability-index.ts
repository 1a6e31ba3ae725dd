// How much the shares of a column's values moved between two samples.
import { pooledShares } from "./pooled-shares.ts";
import { stabilityOfShares } from "./share-distance.ts";

/**
 * Population stability index Σ (r − c) · ln(r / c) over Evidently's pooled bins (pooled-shares.ts), with its filling of
 * empty ones (share-distance.ts). Values that are not finite are left out. Evidently calls 0.1 and more drift.
 *
 * Example: 1 1 2 2 against 1 2 2 2 gives ¼ · ln 2 + ¼ · ln 1.5 = 0.2747.
 * @returns `NaN` when either sample is empty.
 */
export function populationStabilityIndex(reference: Float64Array, current: Float64Array): number {
  const shares = pooledShares(reference, current);
  return shares === null ? NaN : stabilityOfShares(shares.reference, shares.current);
}
