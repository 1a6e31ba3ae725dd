// Which L2 strength: the one with the lowest log loss on held-out rows of the inner folds.
import { ROWS } from "../src/features/schema.ts";
import type { Dataset } from "./dataset.ts";
import type { LogisticFit } from "./l2-logistic.ts";
import { scoreRow, sigmoid } from "./linear-score.ts";
import { logLoss } from "./metrics/log-loss.ts";
import type { Split } from "./split.ts";
import { fitStandardisedLogistic } from "./standardised-logistic.ts";

/** Strong ones included: a few hours hold a few dozen independent rows, however many seconds they have. */
export const STRENGTHS = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001] as const;

export interface StrengthChoice {
  readonly strength: number;
  /** Strength and held-out log loss per row over all folds, from the strongest on. */
  readonly losses: readonly (readonly [strength: number, loss: number])[];
}

/** Of equal losses the stronger wins. `folds` must not be empty. */
export function chooseStrength(data: Dataset, folds: readonly Split[]): StrengthChoice {
  const width = ROWS["default-1"].length;
  const sums = new Float64Array(STRENGTHS.length);
  let held = 0;
  for (const { train, test } of folds) {
    const labels = Uint8Array.from(test, (k) => data.rows.label[k]!);
    let start: LogisticFit | undefined;
    STRENGTHS.forEach((strength, s) => {
      const { score, fit } = fitStandardisedLogistic(data, "default-1", train, strength, start);
      start = fit;
      const probabilities = Float64Array.from(test, (k) =>
        sigmoid(scoreRow(score, data.rows.values["default-1"], k * width)),
      );
      sums[s]! += logLoss(labels, probabilities) * test.length;
    });
    held += test.length;
  }
  const losses = STRENGTHS.map((strength, s) => [strength, sums[s]! / held] as const);
  const [strength] = losses.reduce((best, other) => (other[1] < best[1] ? other : best));
  return { strength, losses };
}
