// The four distances of one feature's window from its frozen training distribution. Live windows and the trainer's null
// windows use the same code, so that distances are comparable with their thresholds.
import { frozenBinShares } from "./frozen-bin-shares.ts";
import { frozenKolmogorovSmirnov, frozenWasserstein } from "./frozen-distance.ts";
import type { DriftFeature } from "./drift-reference.ts";
import { sortedFinite } from "./sorted-finite.ts";
import { jensenShannonOfShares, stabilityOfShares } from "./share-distance.ts";

export interface ReferenceDistance {
  /** Wasserstein-1 over max(deviation, 0.001). */
  readonly wasserstein: number;
  /** On the reference's own deciles (frozen-bin-shares.ts). */
  readonly psi: number;
  readonly ks: number;
  /** On the bins of `psi`. */
  readonly jensenShannon: number;
}

/**
 * @param sample in any order; values that are not finite are left out.
 * @returns `null` when the sample or the reference has no finite value.
 */
export function referenceDistance(reference: DriftFeature, sample: Float64Array): ReferenceDistance | null {
  const sorted = sortedFinite(sample);
  const knots = reference.quantiles;
  if (sorted.length === 0 || knots.length === 0) return null;
  const shares = frozenBinShares(knots, sorted);
  return {
    wasserstein: frozenWasserstein(knots, reference.deviation, sorted),
    psi: stabilityOfShares(shares.reference, shares.current),
    ks: frozenKolmogorovSmirnov(knots, sorted),
    jensenShannon: jensenShannonOfShares(shares.reference, shares.current),
  };
}
