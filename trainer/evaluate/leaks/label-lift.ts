// The lift that the whole pipeline, fitting and choice of family included, reaches on given labels.
import { chooseReference } from "../../fit/choose-reference.ts";
import { chooseFamily, fitFamilies, type FamiliesPlan } from "../../fit/fit-families.ts";
import { BLEND, CANDIDATES } from "../../candidates/families.ts";
import type { FitContext } from "../../candidates/candidate.ts";
import type { Split } from "../../folds/split.ts";
import type { Dataset } from "../../rows/dataset.ts";
import { LabelledRows } from "../../rows/labelled-rows.ts";
import { applyModel } from "../../score/apply-model.ts";
import { averagePrecision } from "../metrics/average-precision.ts";

/** Plain data, so that another thread can be given it. */
export interface LiftProblem extends Omit<FitContext, "threads">, Pick<FamiliesPlan, "policy" | "minEpisodes"> {
  /** Of `CANDIDATES`, and the blend. */
  readonly families: readonly string[];
  readonly split: Pick<Split, "train" | "test">;
}

/**
 * PR-AUC over the base rate of the family that the training rows choose; `NaN` without both outcomes on either side.
 * @param label of every row of the problem's dataset.
 */
export function labelLift(problem: LiftProblem, label: Uint8Array): number {
  const { row, seed, imbalance, families, policy, minEpisodes } = problem;
  const { train, test } = problem.split;
  const data = withLabels(problem.data, label);
  const both = [train, test].every((rows) => {
    const spikes = rows.reduce((sum, k) => sum + label[k]!, 0);
    return spikes > 0 && spikes < rows.length;
  });
  if (!both) return NaN;
  const candidates = CANDIDATES.filter(({ family }) => families.includes(family));
  const plan = { candidates, blend: families.includes(BLEND), policy, minEpisodes };
  const fits = fitFamilies({ data, row, seed, imbalance, threads: 1 }, plan, train);
  const { family } = chooseFamily(fits, chooseReference(data, fits, train));
  const model = fits.find((fit) => fit.family === family)!.model;
  if ("refused" in model) throw new Error(`${family} was chosen and refused: ${model.refused}`);
  const labels = Uint8Array.from(test, (k) => label[k]!);
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  return averagePrecision(labels, applyModel(model, data, test)) / base;
}

function withLabels(data: Dataset, label: Uint8Array): Dataset {
  // From another thread the rows come without their prototype.
  const rows = Object.assign(Object.create(LabelledRows.prototype) as LabelledRows, data.rows, { label });
  return { ...data, rows };
}
