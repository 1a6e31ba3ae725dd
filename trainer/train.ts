// One training run over a dataset: fit on the early rows, judge on the late ones, refit on all, verify every file.
// Reading ticks and writing artifacts are left to the programs.
import type { Evaluation } from "../src/model/manifest-evaluation.ts";
import { type Artifact, encodeModel, makeArtifact, type Provenance } from "./artifact.ts";
import type { Candidate } from "./candidates/candidate.ts";
import { logistic } from "./candidates/logistic.ts";
import { persistence } from "./candidates/persistence.ts";
import { thresholdOnly } from "./candidates/threshold-only.ts";
import { zscore } from "./candidates/zscore.ts";
import type { Dataset } from "./dataset.ts";
import { describeRows, evaluate, type ModelFigures, type RowFigures } from "./evaluate.ts";
import { fitModel } from "./fit-model.ts";
import { allRows, purgedSplit, PURGE_STEPS, type Split, testStartMs } from "./split.ts";
import { UserError } from "./user-error.ts";
import { verifyModel } from "./verify.ts";

export const CANDIDATES: readonly Candidate[] = [zscore, persistence, thresholdOnly, logistic];

export interface TrainingPlan {
  readonly testAt: { readonly fromMs: number } | { readonly share: number };
  readonly provenance: Provenance;
  /** Whether the manifests carry the figures; not for simulated data, which are no evidence. */
  readonly publishFigures: boolean;
  /** Called after each of the run's parts. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** One family's way through the run. */
export interface FamilyResult {
  readonly family: string;
  readonly figures: ModelFigures | null;
  /** Why there are no figures, or no artifact. */
  readonly refused: string | null;
  readonly notes: readonly string[];
  readonly artifact: Artifact | null;
  /** Largest difference between graph and trainer over every row scored. */
  readonly maxDifference: number;
}

export interface TrainingResult {
  readonly testFromMs: number;
  readonly purged: number;
  readonly train: RowFigures;
  readonly test: RowFigures;
  readonly families: readonly FamilyResult[];
}

/** Throws `UserError` when the data cannot carry a model at all, `Error` when a check of the run itself fails. */
export async function train(data: Dataset, plan: TrainingPlan): Promise<TrainingResult> {
  const split = purgedSplit(data, allRows(data), testStartMs(data, plan.testAt));
  const trainFigures = describeRows(data, split.train);
  if (trainFigures.positives === 0 || trainFigures.positives === trainFigures.rows) {
    const { positives, rows } = trainFigures;
    throw new UserError(`training rows hold ${positives} spikes in ${rows} rows: both outcomes are needed`);
  }
  const families: FamilyResult[] = [];
  for (const candidate of CANDIDATES) {
    families.push(await trainFamily(candidate, data, split, plan));
    plan.onProgress?.(families.length, CANDIDATES.length, candidate.family);
  }
  return {
    testFromMs: split.testFromMs,
    purged: split.purged,
    train: trainFigures,
    test: describeRows(data, split.test),
    families,
  };
}

async function trainFamily(
  candidate: Candidate,
  data: Dataset,
  split: Split,
  plan: TrainingPlan,
): Promise<FamilyResult> {
  const { family } = candidate;
  const judged = fitModel(candidate, data, split.train);
  if ("refused" in judged) {
    return { family, figures: null, refused: judged.refused, notes: [], artifact: null, maxDifference: 0 };
  }
  const onTest = await verifyModel(judged, encodeModel(judged, data), data, split.test);
  const figures = evaluate(data, split.test, onTest.probabilities);
  const rows = allRows(data);
  const refitted = fitModel(candidate, data, rows);
  if ("refused" in refitted) {
    const refused = `refitted on all rows: ${refitted.refused}`;
    return { family, figures, refused, notes: judged.notes, artifact: null, maxDifference: onTest.maxDifference };
  }
  const evaluation = plan.publishFigures ? manifestEvaluation(data, split, figures) : null;
  const artifact = makeArtifact(refitted, data, rows, evaluation, plan.provenance);
  const onAll = await verifyModel(refitted, artifact.onnx, data, rows);
  return {
    family,
    figures,
    refused: null,
    notes: [...judged.notes, ...refitted.notes.map((note) => `refitted: ${note}`)],
    artifact,
    maxDifference: Math.max(onTest.maxDifference, onAll.maxDifference),
  };
}

function manifestEvaluation(data: Dataset, split: Split, figures: ModelFigures): Evaluation {
  const { prAuc, lift, brier, brierSkill } = figures;
  const purge = data.config.label.horizonSteps + PURGE_STEPS;
  const from = new Date(split.testFromMs).toISOString();
  const method = `one chronological split: tested from ${from} on, purged by ${purge} steps, then refitted on all rows`;
  return { method, ...describeRows(data, split.test), prAuc, lift, brier, brierSkill };
}
