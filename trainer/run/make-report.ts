// Puts a run's findings into one JSON value, from which every output is made.
import { CANDIDATES } from "../candidates/families.ts";
import type { Dataset } from "../rows/dataset.ts";
import { familyCurves } from "../fit/family-curves.ts";
import { featureImportance } from "../evaluate/feature-importance.ts";
import { dataAdvice } from "./data-advice.ts";
import { hoursOfData } from "../rows/hours-of-data.ts";
import type { FamilyReport, RunReport } from "./run-report.ts";
import { allRows } from "../folds/split.ts";
import type { TrainingResult } from "./train.ts";

/** Facts of a run that its result does not contain. */
export type RunFacts = Pick<
  RunReport,
  "createdAt" | "command" | "seed" | "codeCommit" | "dataFingerprint" | "seconds" | "settings"
> & { readonly source: string };

/** With fewer training or test episodes the report warns that figures may be chance. */
const FEW_EPISODES = 10;

/** Percentiles of resampled blocks are rough below this, however widened. */
const FEW_BLOCKS = 20;

export function makeReport(data: Dataset, result: TrainingResult, { source, ...facts }: RunFacts): RunReport {
  const { tsMs, count } = data.rows;
  const { predictions, choice } = result;
  const report: Omit<RunReport, "advice"> = {
    format: 1,
    ...facts,
    data: { source, symbols: data.symbols, fromMs: tsMs[0]!, toMs: tsMs[count - 1]!, tally: { ...data.tally } },
    folds: result.folds,
    test: result.figures.test,
    perSymbol: result.perSymbol,
    chosen: {
      perFold: predictions.choices.map(({ family }) => family),
      refitted: choice.family,
      why: choice.why,
    },
    families: result.refits.map(({ family }) => familyReport(family, data, result)),
    gate: result.gate,
    driftReference: driftReport(result),
    leaks: result.leaks,
    volatility: result.volatility,
    verification: predictions.verified,
    warnings: warnings(result),
  };
  return { ...report, advice: dataAdvice(report, hoursOfData(data)) };
}

function familyReport(family: string, data: Dataset, result: TrainingResult): FamilyReport {
  const { figures, predictions, refits, artifacts, forecaster } = result;
  const artifact = artifacts.find(({ manifest }) => manifest.family === family);
  const found = predictions.families.get(family);
  const refit = refits.find((fit) => fit.family === family);
  const model = refit === undefined || "refused" in refit.model ? undefined : refit.model;
  const unfitted = refit !== undefined && "refused" in refit.model ? `refitted: ${refit.model.refused}` : null;
  const whole = found !== undefined && found.refused === null;
  return {
    family,
    baseline: CANDIDATES.some((candidate) => candidate.family === family && candidate.baseline),
    figures: figures.evaluation(family),
    refused: figures.missing(family) ?? unfitted,
    paired: figures.paired(family),
    curves: whole ? familyCurves(figures.labels, found.probabilities) : null,
    importance: model === undefined ? null : featureImportance(model.score, data, allRows(data)),
    goal: model?.operating.text ?? null,
    notes: [
      ...(model?.notes ?? []),
      ...(artifact?.manifest.sigmaOutput ? [`${artifact.manifest.sigmaOutput} by ${forecaster}`] : []),
    ],
    seconds: (found?.seconds ?? 0) + (refit?.seconds ?? 0),
    sha256: artifact?.manifest.onnxSha256 ?? null,
  };
}

function driftReport({ artifacts, choice }: TrainingResult): RunReport["driftReference"] {
  const watched = artifacts.map(({ manifest }) => manifest).filter(({ drift }) => drift !== null);
  const { family, drift } = watched.find((manifest) => manifest.family === choice.family) ?? watched[0] ?? {};
  if (family === undefined || !drift) return null;
  return { family, features: drift.features.map(({ name }) => name), windows: drift.windows };
}

const LEAK_WORDS = { passed: "passed", failed: "FAILED", not_possible: "could not be done", left_out: "was left out" };

/** All warnings that apply to the run. */
function warnings({ folds, figures, leaks }: TrainingResult): string[] {
  const lines: string[] = [];
  const fewest = Math.min(...folds.map(({ train }) => train.episodes));
  if (fewest < FEW_EPISODES) {
    lines.push(
      `a fold has only ${fewest} training episodes (fewer than ${FEW_EPISODES}): whatever is fitted there may be chance`,
    );
  }
  if (figures.test.episodes < FEW_EPISODES) {
    lines.push(
      `only ${figures.test.episodes} test episodes (fewer than ${FEW_EPISODES}): differences between families prove nothing`,
    );
  }
  const blocks = new Set(figures.blocks).size;
  if (blocks < FEW_BLOCKS) {
    lines.push(
      `the intervals stand on ${blocks} blocks of 900 steps (fewer than ${FEW_BLOCKS}): they are wide, and rough`,
    );
  }
  for (const { name, outcome, detail } of leaks) {
    if (outcome !== "passed") lines.push(`leak check ${name}: ${LEAK_WORDS[outcome]}, ${detail}`);
  }
  return lines;
}
