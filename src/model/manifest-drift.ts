// The training distribution beside a model, rounded as its manifest carries it.
import type { DriftReference } from "../drift/drift-reference.ts";

/** Significant digits of what is written: far below what a window of some hundred rows can tell apart. */
const DIGITS = 7;

/**
 * The reference with every number rounded to 7 significant digits, as it goes into a manifest. Quantiles stay
 * ascending.
 */
export function roundedDriftReference({ features, windows }: DriftReference): DriftReference {
  return {
    features: features.map((feature) => ({
      ...feature,
      quantiles: feature.quantiles.map(rounded),
      missingShare: rounded(feature.missingShare),
      deviation: rounded(feature.deviation),
    })),
    windows: windows.map((window) => ({
      ...window,
      thresholds: window.thresholds?.map((x) => (x === null ? null : rounded(x))) ?? null,
      // A share of k features must not move past k/n, or "more than the usual share" would change.
      datasetShare: window.datasetShare,
      datasetRatio: window.datasetRatio === null ? null : rounded(window.datasetRatio),
    })),
  };
}

function rounded(x: number): number {
  return Number(x.toPrecision(DIGITS));
}
