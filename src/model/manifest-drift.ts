// Rounds a model's training distribution for its manifest.
import type { DriftReference } from "../drift/drift-reference.ts";

/** Significant digits: far more precise than a window of some hundred rows can resolve. */
const DIGITS = 7;

/** The reference with numbers rounded to 7 significant digits, for the manifest. Quantiles stay ascending. */
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
      // Not rounded: rounding could move the limit past a share k/n and change the verdict.
      datasetShare: window.datasetShare,
      datasetRatio: window.datasetRatio === null ? null : rounded(window.datasetRatio),
    })),
  };
}

function rounded(x: number): number {
  return Number(x.toPrecision(DIGITS));
}
