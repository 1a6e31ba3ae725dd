// Models whose rows the drift benchmark watches: fitted as the trainer fits them, on simulated days.
import type { MarketDynamics } from "../simulator/simulated-dynamics.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { calibrator } from "../trainer/calibrate/calibrator.ts";
import type { Candidate } from "../trainer/candidates/candidate.ts";
import { type Dataset, DatasetBuilder } from "../trainer/rows/dataset.ts";
import { DriftReferences } from "../trainer/drift/drift-references.ts";
import { fitModel, type FittedModel } from "../trainer/fit/fit-model.ts";
import { innerFolds } from "../trainer/folds/inner-folds.ts";
import { allRows } from "../trainer/folds/split.ts";
import type { DriftReference } from "../src/drift/drift-reference.ts";
import { ROWS } from "../src/features/schema.ts";
import { probabilitiesOf, type WatchedModel } from "./drift-verdicts.ts";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** A Monday; the stream of a seed depends on it. */
export const FROM_MS = Date.UTC(2026, 0, 5);

/** Labelled rows of whole simulated days, all under the same dynamics. */
export function simulatedDays(seed: number, days: number, dynamics?: Partial<MarketDynamics>): Dataset {
  const builder = new DatasetBuilder();
  const toMs = FROM_MS + days * DAY_MS;
  const changes = dynamics === undefined ? undefined : [{ fromMs: FROM_MS, dynamics }];
  for (const tick of simulateTicks({ seed, symbol: "BTC-USD", fromMs: FROM_MS, toMs, dynamics: changes })) {
    builder.add([tick]);
  }
  return builder.finish();
}

/** Throws `Error` when the family refuses the data. */
export function fitted(candidate: Candidate, data: Dataset): FittedModel {
  const train = allRows(data);
  const context = { data, row: "default-1", seed: 1, threads: 2, imbalance: { spikeWeight: 1, calmShare: 1 } } as const;
  const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
  const model = fitModel(candidate, context, policy, train, innerFolds(data, train));
  if ("refused" in model) throw new Error(`${candidate.family}: ${model.refused}`);
  return model;
}

export function watched({ score, calibration }: Pick<FittedModel, "score" | "calibration">): WatchedModel {
  const probability = calibrator(calibration);
  return { row: score.row, probability: (values, offset) => probability(score.scoreRow(values, offset)) };
}

/** The reference of a model with all columns of its row over these rows; the model was fitted on others. */
export function referenceOf(data: Dataset, model: WatchedModel, alpha: number): DriftReference {
  const features = ROWS[model.row].map(({ name }) => name);
  const scored = { positions: allRows(data), probabilities: probabilitiesOf(data, model) };
  return new DriftReferences(data, alpha).of({ row: model.row, features }, scored);
}
