// How much each feature contributes to a fitted score.
import { BlendScore } from "../score/blend-score.ts";
import { columnStatistics } from "../rows/column-statistics.ts";
import type { Dataset } from "../rows/dataset.ts";
import { LinearScore } from "../score/linear-score.ts";
import type { FeatureImportance } from "../run/run-report.ts";
import type { Score } from "../score/score.ts";
import { TreeScore } from "../score/tree-score.ts";
import { featureGains } from "../trees/tree.ts";

/**
 * Shares that sum to 1, the largest first: of |coefficient · standard deviation over the rows| for a linear score, of
 * the splits' gains for trees, the weighted mean over the parts of a blend. All shares are 0 when nothing contributes.
 */
export function featureImportance(score: Score, data: Dataset, rows: Int32Array): FeatureImportance[] {
  const weights = signedWeights(score, data, rows);
  const total = [...weights.values()].reduce((sum, w) => sum + Math.abs(w), 0);
  const imposedOn = new Set(score instanceof TreeScore ? score.features.filter((_, j) => score.monotone[j] !== 0) : []);
  return [...weights]
    .map(([feature, weight]): FeatureImportance => {
      const imposed = imposedOn.has(feature);
      const sign = score instanceof LinearScore ? (Math.sign(weight) as -1 | 0 | 1) : imposed ? 1 : 0;
      return { feature, share: total > 0 ? Math.abs(weight) / total : 0, direction: sign, constrained: imposed };
    })
    .sort((a, b) => b.share - a.share);
}

function signedWeights(score: Score, data: Dataset, rows: Int32Array): Map<string, number> {
  if (score instanceof TreeScore) {
    const gains = featureGains(score.ensemble, score.features.length);
    return new Map(score.features.map((feature, j) => [feature, gains[j]!]));
  }
  if (score instanceof LinearScore) {
    const { features, deviation } = columnStatistics(data, score.row, rows);
    const spread = new Map(features.map((feature, j) => [feature, deviation[j]!]));
    return new Map(score.features.map((f, j) => [f, score.terms.coefficient[j]! * (spread.get(f) ?? 0)]));
  }
  const sums = new Map<string, number>();
  for (const part of score instanceof BlendScore ? score.parts : []) {
    for (const { feature, share } of featureImportance(part.score, data, rows)) {
      sums.set(feature, (sums.get(feature) ?? 0) + part.weight * share);
    }
  }
  return sums;
}
