// What a model's probability for one row rests on: per feature the change of the log-odds against the same row with
// this feature alone at its median in training. Needs nothing of the model but its probabilities.
import type { Scorer } from "./artifact.ts";
import { isProbability } from "./artifact.ts";

/** One feature of a row. */
interface FeatureShare {
  readonly name: string;
  /** `null` for a feature that the row lacks: the model puts its own value in its place. */
  readonly value: number | null;
  /** The median of the training rows; `null` where the manifest does not say. */
  readonly reference: number | null;
  /**
   * Log-odds of the row less those of the same row with the feature at `reference`: above 0 the value makes a spike
   * likelier. `null` where either is not known or not finite. They do not add up to anything: features go together.
   */
  readonly contribution: number | null;
}

/** The shares of a row, the largest contribution first, and what is not there with the reason. */
export interface RowExplanation {
  readonly features: readonly FeatureShare[];
  readonly missing: readonly string[];
}

/**
 * One run of the model for all features.
 * @param row float32, the model's features in its own order. Throws what the runtime throws.
 */
export async function explainRow(scorer: Scorer, row: Float32Array): Promise<RowExplanation> {
  const { features, drift } = scorer.manifest;
  const references = features.map((_, j) => medianOf(drift?.features[j]?.quantiles ?? []));
  const width = row.length;
  const known = references.flatMap((reference, j) => (reference === undefined ? [] : [{ reference, j }]));
  const rows = new Float32Array(width * (known.length + 1));
  rows.set(row);
  known.forEach(({ reference, j }, i) => {
    rows.set(row, (i + 1) * width);
    rows[(i + 1) * width + j] = reference;
  });
  const { probabilities } = known.length === 0 ? { probabilities: [] } : await scorer.score(rows);
  const base = logOdds(probabilities[0]);
  const contributions = new Map(known.map(({ j }, i) => [j, finite(base - logOdds(probabilities[i + 1]))]));
  const shares = features.map((name, j) => ({
    name,
    value: finite(row[j]!),
    reference: references[j] ?? null,
    contribution: contributions.get(j) ?? null,
  }));
  const missing = [
    ...(drift === null ? ["reference: the model's manifest has no distribution of its training rows"] : []),
    ...shares.flatMap(({ name, reference, contribution }) => {
      if (drift !== null && reference === null) return [`${name}: it had no value in training`];
      return reference !== null && contribution === null ? [`${name}: the log-odds are not finite`] : [];
    }),
  ];
  shares.sort((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
  return { features: shares, missing };
}

/** The middle one of 257 quantiles. */
function medianOf(quantiles: readonly number[]): number | undefined {
  return quantiles[(quantiles.length - 1) / 2];
}

/** `NaN` for what is no probability. */
function logOdds(p: number | undefined): number {
  return p !== undefined && isProbability(p) ? Math.log(p / (1 - p)) : NaN;
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
