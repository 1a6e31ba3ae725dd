// Logistic regression on the scale-free row: standardised, missing values at the training mean, L2 chosen inside the
// training rows.
import { chooseStrength } from "../fit/choose-strength.ts";
import { resampled, rowWeights } from "../fit/imbalance.ts";
import { canChoose, judgingFolds } from "../folds/inner-folds.ts";
import type { Split } from "../folds/split.ts";
import { thinned } from "../rows/stretch-sample.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { fitStandardisedLogistic, standardisedProblem } from "../fit/standardised-logistic.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

/** Used when the held-out rows cannot decide: strong, as suits data with few episodes. */
const DEFAULT_STRENGTH = 0.3;

/** Most rows that a strength is tried on: beyond that many, all weak ones give the same. */
const CHOOSING_ROWS = 100_000;

export const logistic = logisticOn("logistic");

/** @param only names of the columns to use, of those that the row has; absent: all. */
export function logisticOn(family: string, only?: ReadonlySet<string>): Candidate {
  return {
    family,
    baseline: false,
    calibrateOn: "out-of-fold",
    logOdds: true,
    prepare(context: FitContext, _train: Int32Array, folds: readonly Split[]): PreparedCandidate {
      const { data, row, imbalance, seed } = context;
      const { strength, note } = chooseOrDefault(context, folds, only);
      const notes = [note];
      return {
        fit: (rows) => {
          const fitted = resampled(imbalance, data, rows, seed);
          const weights = rowWeights(imbalance, data, fitted);
          const problem = standardisedProblem({ data, row, rows: fitted, only, weights });
          const { score, fit } = fitStandardisedLogistic(problem, strength);
          if (!fit.atMinimum) {
            notes.push(`on ${rows.length} rows not at the minimum after ${fit.iterations} steps`);
          }
          return score;
        },
        notes,
      };
    },
  };
}

function chooseOrDefault({ data, row }: FitContext, folds: readonly Split[], only: ReadonlySet<string> | undefined) {
  if (!canChoose(data, folds)) {
    return { strength: DEFAULT_STRENGTH, note: `L2 strength ${DEFAULT_STRENGTH}: no held-out rows to choose it by` };
  }
  const judges = judgingFolds(folds);
  const { strength, losses } = chooseStrength(data, judges, (rows) => {
    const few = thinned(rows, CHOOSING_ROWS);
    return { data, row, rows: few, only, weights: symbolWeights(data, few) };
  });
  const tried = losses.map(([s, loss]) => `${s}: ${loss.toFixed(4)}`).join(", ");
  return {
    strength,
    note: `L2 strength ${strength} of mean held-out log loss (${tried}), ${judges.length} inner folds`,
  };
}
