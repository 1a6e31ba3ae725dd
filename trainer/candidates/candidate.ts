// What differs between families of models; calibrating, choosing thresholds and exporting are the same for all.
import type { RowName } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { Imbalance } from "../fit/imbalance.ts";
import type { Score } from "../score/score.ts";
import type { Split } from "../folds/split.ts";

/** Settings that all families of a run share. */
export interface FitContext {
  readonly data: Dataset;
  /** The row that learned families and forecasters take; a baseline names its own. */
  readonly row: RowName;
  readonly seed: number;
  /** Cores to use. */
  readonly threads: number;
  /** Of learned families; a baseline takes all rows as they are. */
  readonly imbalance: Imbalance;
}

/** Fits a score on rows of the dataset; uses no others. */
type ScoreFitter = (rows: Int32Array) => Score;

export interface Candidate {
  /** Name of the family, e.g. `logistic`; also the name of its folder. */
  readonly family: string;
  /** A baseline is fitted in every run, and a model must beat the strongest of them; the others are learned. */
  readonly baseline: boolean;
  /** Of a baseline that is fitted to the labels: like a learned family it needs some training episodes; absent: no. */
  readonly needsEpisodes?: true;
  /**
   * Which scores the calibration is fitted on. `training-rows` for a score that is not fitted to the labels: it cannot
   * overfit, and held-out scores would only exclude the first rows. For all others `out-of-fold`: held-out rows decide.
   */
  readonly calibrateOn: "training-rows" | "out-of-fold";
  /** Whether its scores are the log-odds of a spike, so that calibration may leave them as they are; absent: no. */
  readonly logOdds?: true;
  /**
   * Chooses the family's settings inside the training rows, with the inner folds.
   * @returns the fitter under these settings, and notes for the person who trains; a reason when it cannot be fitted.
   */
  prepare(context: FitContext, train: Int32Array, folds: readonly Split[]): PreparedCandidate | CandidateRefusal;
}

export interface PreparedCandidate {
  readonly fit: ScoreFitter;
  /** Of the settings, and of the fits made so far. */
  readonly notes: readonly string[];
}

export interface CandidateRefusal {
  readonly refused: string;
}
