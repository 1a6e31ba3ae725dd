// How far the features of a fold's test rows lie from those it was trained on.
import { CUSTOMARY_DISTANCE, driftedShare } from "../../src/drift/drifted-share.ts";
import { jensenShannonDistance } from "../../src/drift/jensen-shannon-distance.ts";
import { kolmogorovSmirnov } from "../../src/drift/kolmogorov-smirnov.ts";
import { populationStabilityIndex } from "../../src/drift/population-stability-index.ts";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import { thinned } from "../rows/stretch-sample.ts";
import type { Split } from "./split.ts";

/** Longer stretches are thinned: the distances are only displayed, and 20,000 rows are precise enough. */
const MAX_ROWS = 20_000;

/** One feature's distances between the training and the test rows of a fold. */
export interface FoldFeatureDrift {
  readonly feature: string;
  /** Normed Wasserstein distance. */
  readonly distance: number;
  /** Population stability index over pooled bins. */
  readonly psi: number;
  /** Kolmogorov–Smirnov statistic. */
  readonly ks: number;
  /** Jensen–Shannon distance over the same bins as `psi`. */
  readonly jensenShannon: number;
}

export interface FoldDrift {
  /** Columns of the row that have finite values on both sides, the farthest by `distance` first. */
  readonly drift: readonly FoldFeatureDrift[];
  /** Share of them at the customary distance of 0.1 or more; `null` without any. */
  readonly driftedShare: number | null;
}

/** Exact distances, as Evidently defines them, of at most 20,000 rows a side. */
export function foldDrift(data: Dataset, row: RowName, { train, test }: Split): FoldDrift {
  const before = thinned(train, MAX_ROWS);
  const after = thinned(test, MAX_ROWS);
  const features = ROWS[row].flatMap(({ name: feature }, column): FoldFeatureDrift[] => {
    const [reference, current] = [columnOf(data, row, before, column), columnOf(data, row, after, column)];
    const distance = normedWasserstein(reference, current);
    if (Number.isNaN(distance)) return [];
    const psi = populationStabilityIndex(reference, current);
    const ks = kolmogorovSmirnov(reference, current);
    return [{ feature, distance, psi, ks, jensenShannon: jensenShannonDistance(reference, current) }];
  });
  return {
    drift: features.sort((a, b) => b.distance - a.distance),
    driftedShare: driftedShare(features.map(({ distance }) => distance >= CUSTOMARY_DISTANCE)),
  };
}

function columnOf(data: Dataset, row: RowName, rows: Int32Array, column: number): Float64Array {
  const values = data.rows.values[row];
  return Float64Array.from(rows, (k) => values[k * ROWS[row].length + column]!);
}
