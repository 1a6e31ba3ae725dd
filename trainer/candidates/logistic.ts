// Logistic regression on the scale-free row: standardised, missing values at the training mean, L2 chosen inside the
// training rows.
import { chooseStrength } from "../fit/choose-strength.ts";
import type { Dataset } from "../rows/dataset.ts";
import { resampled, rowWeights } from "../fit/imbalance.ts";
import { canChoose, judgingFolds } from "../folds/inner-folds.ts";
import type { Split } from "../folds/split.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { fitStandardisedLogistic } from "../fit/standardised-logistic.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

/** Used when the held-out rows cannot decide: strong, as suits data with few episodes. */
const DEFAULT_STRENGTH = 0.3;

export const logistic = logisticOn("logistic");

/** @param only the columns of `default-1` to use; absent: all. */
export function logisticOn(family: string, only?: ReadonlySet<string>): Candidate {
  return {
    family,
    baseline: false,
    row: "default-1",
    calibrateOn: "out-of-fold",
    prepare(context: FitContext, _train: Int32Array, folds: readonly Split[]): PreparedCandidate {
      const { data, imbalance, seed } = context;
      const { strength, note } = chooseOrDefault(data, folds, only);
      return {
        fit: (rows) => {
          const fitted = resampled(imbalance, data, rows, seed);
          const weights = rowWeights(imbalance, data, fitted);
          return fitStandardisedLogistic({ data, row: "default-1", rows: fitted, only, weights }, strength).score;
        },
        notes: [note],
      };
    },
  };
}

function chooseOrDefault(data: Dataset, folds: readonly Split[], only: ReadonlySet<string> | undefined) {
  if (!canChoose(data, folds)) {
    return { strength: DEFAULT_STRENGTH, note: `L2 strength ${DEFAULT_STRENGTH}: no held-out rows to choose it by` };
  }
  const judges = judgingFolds(folds);
  const { strength, losses } = chooseStrength(data, judges, (rows) => {
    return { data, row: "default-1", rows, only, weights: symbolWeights(data, rows) };
  });
  const tried = losses.map(([s, loss]) => `${s}: ${loss.toFixed(4)}`).join(", ");
  return {
    strength,
    note: `L2 strength ${strength} of mean held-out log loss (${tried}), ${judges.length} inner folds`,
  };
}
