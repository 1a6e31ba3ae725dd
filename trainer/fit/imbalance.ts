// Class imbalance: class weights, or fewer calm rows. Both shift a score's level, which calibration on unweighted
// held-out rows corrects.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";

export interface Imbalance {
  /** How much a spike counts against a calm row: `balanced` makes both classes count the same in sum. */
  readonly spikeWeight: number | "balanced";
  /** Share of the calm rows that learned models are fitted on, drawn at random; 1 keeps all. */
  readonly calmShare: number;
}

/** The weight of a spike for these rows, beside that of its symbol; 1 without both outcomes. */
export function spikeWeight({ spikeWeight: setting }: Imbalance, data: Dataset, rows: Int32Array): number {
  if (setting !== "balanced") return setting;
  const spikes = rows.reduce((sum, k) => sum + data.rows.label[k]!, 0);
  if (spikes === 0 || spikes === rows.length) return 1;
  const weights = symbolWeights(data, rows);
  const counted = rows.reduce((sum, k, i) => sum + data.rows.label[k]! * (weights?.[i] ?? 1), 0);
  return (rows.length - counted) / counted;
}

/** One weight per row, of its outcome and its symbol together; `undefined` when all count the same. */
export function rowWeights(imbalance: Imbalance, data: Dataset, rows: Int32Array): Float64Array | undefined {
  const weight = spikeWeight(imbalance, data, rows);
  const symbols = symbolWeights(data, rows);
  if (weight === 1) return symbols;
  return Float64Array.from(rows, (k, i) => (data.rows.label[k] === 1 ? weight : 1) * (symbols?.[i] ?? 1));
}

/** All spikes, and each calm row with probability `calmShare`; the same rows for the same seed. */
export function resampled({ calmShare }: Imbalance, data: Dataset, rows: Int32Array, seed: number): Int32Array {
  if (calmShare === 1) return rows;
  const random = new SeededRandom(`calm rows ${seed}`);
  return rows.filter((k) => random.uniform() < calmShare || data.rows.label[k] === 1);
}
