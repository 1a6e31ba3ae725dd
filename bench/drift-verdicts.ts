// The rows of a dataset through the gateway's own drift windows: the verdicts that a symbol with this stream would have
// had.
import type { DriftVerdict } from "../src/drift/drift-verdict.ts";
import { DriftWindows } from "../src/drift/drift-windows.ts";
import { type DriftReference, PROBABILITY } from "../src/drift/drift-reference.ts";
import { ROWS, type RowName } from "../src/features/schema.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";

/** A model whose rows are watched. */
export interface WatchedModel {
  readonly row: RowName;
  /** The probability of the row that begins at `offset`. */
  readonly probability: (values: Float32Array, offset: number) => number;
}

/** Verdicts of all windows of one symbol that close within its rows, in order. */
export function driftVerdicts(
  { rows, config }: Dataset,
  model: WatchedModel,
  reference: DriftReference,
  symbol = "BTC-USD",
): DriftVerdict[] {
  const names = [...ROWS[model.row].map(({ name }) => name), PROBABILITY];
  const windows = new DriftWindows(config.grid.stepMs, names);
  windows.setReference(reference, "bench", symbol);
  const values = rows.values[model.row];
  const width = names.length - 1;
  const row = new Float32Array(names.length);
  const verdicts: DriftVerdict[] = [];
  for (let k = 0; k < rows.count; k++) {
    row.set(values.subarray(k * width, (k + 1) * width));
    row[width] = model.probability(values, k * width);
    verdicts.push(...windows.update(rows.step[k]!, row, true));
  }
  return verdicts;
}

/** Probabilities of all rows. */
export function probabilitiesOf({ rows }: Dataset, { row, probability }: WatchedModel): Float64Array {
  const width = ROWS[row].length;
  return Float64Array.from({ length: rows.count }, (_, k) => probability(rows.values[row], k * width));
}
