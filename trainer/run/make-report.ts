// Puts a run's findings into one JSON value, from which every output is made.
import { CANDIDATES } from "../candidates/families.ts";
import type { Dataset } from "../rows/dataset.ts";
import { familyCurves } from "../fit/family-curves.ts";
import { featureImportance } from "../evaluate/feature-importance.ts";
import { dataAdvice } from "./data-advice.ts";
import { dataWarnings } from "../rows/data-warnings.ts";
import { hoursOfData } from "../rows/hours-of-data.ts";
import type { FamilyReport, RunReport } from "./run-report.ts";
import { allRows } from "../folds/split.ts";
import { type EarlierTests, testsOf } from "./test-log.ts";
import type { TrainingResult } from "./train.ts";

/** Facts of a run that its result does not contain. */
export type RunFacts = Pick<
  RunReport,
  "createdAt" | "command" | "seed" | "codeCommit" | "dataFingerprint" | "seconds" | "settings"
> & { readonly source: string; readonly earlier: EarlierTests };

/** With fewer training or test episodes the report warns that figures may be chance. */
const FEW_EPISODES = 10;

/** With fewer groups of blocks with a spike the report warns that intervals are wide. */
const FEW_SPIKE_GROUPS = 10;

export function makeReport(data: Dataset, result: TrainingResult, { source, earlier, ...facts }: RunFacts): RunReport {
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
    reference: result.reference,
    families: result.refits.map(({ family }) => familyReport(family, data, result)),
    gate: result.gate,
    driftReference: driftReport(result),
    leaks: result.leaks,
    volatility: result.volatility,
    verification: predictions.verified,
    earlierTests: earlier.unread.length > 0 ? null : looksBefore(result, earlier),
    warnings: [...warnings(result), ...testWarnings(result, earlier), ...dataWarnings(data, facts.seed)],
  };
  return { ...report, advice: dataAdvice(report, hoursOfData(data)) };
}

function looksBefore({ folds }: Pick<TrainingResult, "folds">, earlier: EarlierTests): number {
  return testsOf(earlier, folds[0]!.testFromMs, folds.at(-1)!.testToMs);
}

/** That the test rows are no longer unseen, and what of that is not known. */
function testWarnings(result: TrainingResult, earlier: EarlierTests): string[] {
  const count = looksBefore(result, earlier);
  const seen =
    count === 0
      ? []
      : [
          `rows of this test period of the same data were tested ${count} ${count === 1 ? "time" : "times"} before: of ` +
            `${count + 1} looks the best one is better than its interval says; only rows that nothing was chosen by are a test`,
        ];
  return [
    ...seen,
    ...earlier.unread.map((why) => `how often these rows were tested before is not known whole: ${why}`),
  ];
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
function warnings({ folds, figures, leaks, forecastNotes }: TrainingResult): string[] {
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
  const { spikeGroups } = figures;
  if (spikeGroups < FEW_SPIKE_GROUPS) {
    lines.push(`the intervals stand on ${spikeGroups} groups of blocks with a spike: they are wide`);
  }
  for (const { name, outcome, detail } of leaks) {
    if (outcome !== "passed") lines.push(`leak check ${name}: ${LEAK_WORDS[outcome]}, ${detail}`);
  }
  return [...lines, ...forecastNotes];
}
