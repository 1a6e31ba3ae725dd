// Which L2 strength: the one with the lowest log loss on held-out rows of the inner folds.
import { ROWS } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { LogisticFit } from "./fit-logistic.ts";
import { logLoss } from "../evaluate/metrics/log-loss.ts";
import { sigmoid } from "../score/sigmoid.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import type { Split } from "../folds/split.ts";
import { fitStandardisedLogistic, type LogisticProblem, standardisedProblem } from "./standardised-logistic.ts";

/** Strong ones included: a few hours hold a few dozen independent rows, however many seconds they have. */
const STRENGTHS = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001] as const;

export interface StrengthChoice {
  readonly strength: number;
  /** Strength and held-out log loss per row over all folds, from the strongest on. */
  readonly losses: readonly (readonly [strength: number, loss: number])[];
}

/**
 * Of equal losses the stronger wins. `folds` must not be empty.
 * @param problemOf the problem on some rows without weights of outcomes: the losses are of probabilities.
 */
export function chooseStrength(
  data: Dataset,
  folds: readonly Split[],
  problemOf: (rows: Int32Array) => LogisticProblem,
): StrengthChoice {
  const sums = new Float64Array(STRENGTHS.length);
  let held = 0;
  for (const { train, test } of folds) {
    const labels = Uint8Array.from(test, (k) => data.rows.label[k]!);
    const weights = symbolWeights(data, test);
    const problem = standardisedProblem(problemOf(train));
    const values = data.rows.values[problem.row];
    const width = ROWS[problem.row].length;
    let start: LogisticFit | undefined;
    STRENGTHS.forEach((strength, s) => {
      const { score, fit } = fitStandardisedLogistic(problem, strength, start);
      start = fit;
      const probabilities = score.scoreRows(values, test, width).map(sigmoid);
      sums[s]! += logLoss(labels, probabilities, weights) * test.length;
    });
    held += test.length;
  }
  const losses = STRENGTHS.map((strength, s) => [strength, sums[s]! / held] as const);
  const [strength] = losses.reduce((best, other) => (other[1] < best[1] ? other : best));
  return { strength, losses };
}
