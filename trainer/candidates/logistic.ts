// Logistic regression on the scale-free row: standardised, missing values at the training mean, L2 chosen inside the
// training rows.
import { chooseStrength } from "../choose-strength.ts";
import { fitStandardisedLogistic } from "../standardised-logistic.ts";
import type { Dataset } from "../dataset.ts";
import type { Split } from "../split.ts";
import type { Candidate, CandidateRefusal, PreparedCandidate } from "./candidate.ts";

export const logistic: Candidate = {
  family: "logistic",
  row: "default-1",
  calibrateOn: "out-of-fold",
  prepare(data: Dataset, _train: Int32Array, folds: readonly Split[]): PreparedCandidate | CandidateRefusal {
    if (folds.length === 0) return { refused: "no inner fold has both outcomes before its held-out block" };
    const { strength, losses } = chooseStrength(data, folds);
    const tried = losses.map(([s, loss]) => `${s}: ${loss.toFixed(4)}`).join(", ");
    return {
      fit: (rows) => fitStandardisedLogistic(data, "default-1", rows, strength).score,
      notes: [`L2 strength ${strength} of mean held-out log loss (${tried}), ${folds.length} inner folds`],
    };
  },
};
