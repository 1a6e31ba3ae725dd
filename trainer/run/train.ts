// One training run over a dataset: walk forward, judge, test the chosen candidate once, refit on all rows, verify every
// file. Reading ticks and writing artifacts are left to the programs.
import { BASELINES, type ModelSet } from "../../src/model/manifest.ts";
import type { Evaluation, Gate } from "../../src/model/manifest-evaluation.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { makeArtifact, type Provenance } from "../artifact/make-artifact.ts";
import type { FitContext } from "../candidates/candidate.ts";
import { BLEND, CANDIDATES, REQUIRED } from "../candidates/families.ts";
import type { TrainingConfig } from "./config.ts";
import type { Dataset } from "../rows/dataset.ts";
import { heldOutProbabilities } from "../drift/held-out-probabilities.ts";
import { DriftReferences } from "../drift/drift-references.ts";
import { chooseForecaster } from "../volatility/choose-forecaster.ts";
import type { ForecastContext, Forecaster } from "../volatility/forecaster.ts";
import { foldPrAuc, RunFigures } from "../evaluate/evaluate-predictions.ts";
import { symbolFigures, type SymbolFigures } from "../evaluate/symbol-figures.ts";
import { type Choice, type FamiliesPlan, type FamilyFit, fitFamilies } from "../fit/fit-families.ts";
import { foldDrift } from "../folds/fold-drift.ts";
import { runLeakChecks } from "../evaluate/leaks/run-leak-checks.ts";
import { Predictions } from "../score/predictions.ts";
import { describeRows } from "../rows/row-figures.ts";
import type { FoldReport, LeakReport, VolatilityReport } from "./run-report.ts";
import { allRows, PURGE_STEPS, type Split } from "../folds/split.ts";
import { verifyModel } from "../artifact/verify.ts";
import { judgeForecasts } from "../volatility/judge-forecasts.ts";
import { type EarlierTests, testsOf } from "./test-log.ts";
import { walkForward } from "../folds/walk-forward.ts";

export interface TrainingPlan {
  readonly config: Pick<
    TrainingConfig,
    "evaluation" | "families" | "row" | "calibration" | "goal" | "imbalance" | "driftAlpha" | "threads" | "seed"
  >;
  readonly provenance: Provenance;
  /** Whether the manifests carry figures and a gate; not for simulated data, which are no evidence. */
  readonly publishFigures: boolean;
  /** The same ticks read again, those before `untilMs`; without it the leak checks are left out. */
  readonly rebuild?: (untilMs: number) => Promise<Dataset>;
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Earlier looks at the same data; without it the manifests do not say how many there were. */
  readonly earlierTests?: EarlierTests;
  /** A model that was fitted elsewhere: the gate tests it in place of what the training rows would choose. */
  readonly given?: GivenModel;
}

interface GivenModel {
  /** None of the run's families. */
  readonly family: string;
  readonly threshold: number;
  /** Probabilities of rows of the dataset, in their order. */
  score(data: Dataset, rows: Int32Array): Promise<Float32Array>;
}

/** What a run found, before it is put into words. */
export interface TrainingResult {
  readonly splits: readonly Split[];
  readonly predictions: Predictions;
  readonly figures: RunFigures;
  readonly perSymbol: SymbolFigures;
  readonly folds: readonly FoldReport[];
  readonly gate: Gate;
  readonly leaks: readonly LeakReport[];
  readonly volatility: readonly VolatilityReport[];
  /** Families refitted on all rows, and which of them was tested. */
  readonly refits: readonly FamilyFit[];
  readonly choice: Choice;
  /** The strongest baseline by the first fold's training rows: what the gate compares with. */
  readonly reference: Choice;
  readonly artifacts: readonly Artifact[];
  /** The forecaster behind `sigma_ratio` in the artifacts that have it. */
  readonly forecaster: Forecaster["name"];
  /** Of the forecasters, on the folds and on all rows. */
  readonly forecastNotes: readonly string[];
}

/** Throws `UserError` when no model can be trained on the data, `Error` when a check of the run itself fails. */
export async function train(data: Dataset, plan: TrainingPlan): Promise<TrainingResult> {
  const { config } = plan;
  const splits = walkForward(data, config.evaluation);
  const { row, seed, threads, imbalance } = config;
  const context: FitContext = { data, row, seed, threads, imbalance };
  const families = familiesPlan(plan, splits.length + 1);
  const predictions = new Predictions(data, splits);
  for (const split of splits) await predictions.addFold(split, fitFamilies(context, families, split.train));
  const { given } = plan;
  if (given !== undefined) {
    predictions.addGiven(given.family, await given.score(data, predictions.rows), given.threshold);
  }
  const figures = new RunFigures(data, predictions, methodText(data, splits));
  const rows = allRows(data);
  const refits = fitFamilies(context, families, rows);
  const { chosen: choice, reference } = predictions;
  const leaks = plan.rebuild
    ? await runLeakChecks({
        context,
        families: { ...families, onFitted: () => undefined },
        splits,
        rebuild: plan.rebuild,
        shifts: config.evaluation.leakShifts,
        ...(plan.onProgress ? { onProgress: plan.onProgress } : {}),
      })
    : [];
  const gate = withLeaks(figures.gate(), leaks);
  const forecastNotes: string[] = [];
  return {
    splits,
    predictions,
    figures,
    perSymbol: symbolFigures(data, predictions),
    folds: foldReports(context, splits, predictions),
    gate,
    leaks,
    volatility: judgeForecasts({ ...context, notes: forecastNotes }, splits, figures.blocks),
    forecastNotes,
    refits,
    choice,
    reference,
    ...(await makeArtifacts({ ...context, notes: forecastNotes }, plan, refits, rows, {
      figures,
      gate,
      choice,
      predictions,
    })),
  };
}

/** A failed leak check means that no figure of the run can be believed, the gate's included. */
function withLeaks(gate: Gate, leaks: readonly LeakReport[]): Gate {
  if (!leaks.some(({ outcome }) => outcome === "failed")) return gate;
  return { ...gate, verdict: "refused", reasons: ["leak_check_failed", ...gate.reasons] };
}

function familiesPlan({ config, onProgress, given }: TrainingPlan, passes: number): FamiliesPlan {
  const candidates = CANDIDATES.filter(({ family, baseline }) => baseline || config.families.includes(family));
  const blend = config.families.includes(BLEND);
  const total = passes * (candidates.length + (blend ? 1 : 0));
  let done = 0;
  return {
    candidates,
    blend,
    policy: { calibration: config.calibration, goal: config.goal },
    // A given model is judged against every baseline: without the strongest ones its gate would be easier.
    minEpisodes: given === undefined ? config.evaluation.minEpisodes : 0,
    onFitted: (family) => onProgress?.(++done, total, family),
  };
}

function methodText(data: Dataset, splits: readonly Split[]): string {
  const purge = data.config.label.horizonSteps + PURGE_STEPS;
  const from = new Date(splits[0]!.testFromMs).toISOString();
  const folds = splits.length === 1 ? "one fold" : `${splits.length} expanding folds`;
  return `purged walk-forward, ${folds} from ${from} on, purged by ${purge} steps, then refitted on all rows`;
}

function foldReports({ data, row }: FitContext, splits: readonly Split[], predictions: Predictions): FoldReport[] {
  let at = 0;
  return splits.map((split, f) => {
    const { train, test, purged, testFromMs } = split;
    const { prAuc, noPrAuc } = foldPrAuc(data, predictions, split, at);
    at += test.length;
    return {
      testFromMs,
      testToMs: data.rows.tsMs[test[test.length - 1]!]!,
      purged,
      train: describeRows(data, train),
      test: describeRows(data, test),
      chosen: predictions.choices[f]!.family,
      prAuc,
      noPrAuc,
      ...foldDrift(data, row, split),
    };
  });
}

/**
 * An artifact per refitted family, its file verified on all rows. Baselines come first among the refits, so that the
 * others can name them.
 */
async function makeArtifacts(
  context: FitContext & ForecastContext,
  { config, provenance, publishFigures, earlierTests }: TrainingPlan,
  refits: readonly FamilyFit[],
  rows: Int32Array,
  found: { figures: RunFigures; gate: Gate; choice: Choice; predictions: Predictions },
): Promise<Pick<TrainingResult, "artifacts" | "forecaster">> {
  const { data } = context;
  const { forecaster, offsets } = chooseForecaster(context, rows);
  const logSigma = forecaster.fit(context, rows);
  const references = new DriftReferences(data, config.driftAlpha);
  const artifacts: Artifact[] = [];
  const looks = earlierTests === undefined ? undefined : looksAt(data, found.predictions, earlierTests);
  for (const { family, model } of refits) {
    if ("refused" in model) continue;
    const figures = publishFigures ? found.figures.evaluation(family) : null;
    const evaluation = figures === null || looks === undefined ? figures : { ...figures, ...looks };
    const gate = publishFigures ? gateOf(family, found) : null;
    const carries = logSigma.features.every((feature) => model.score.features.includes(feature));
    const sigma = carries && !REQUIRED.includes(family) ? { logSigma, offsets } : undefined;
    const drift = REQUIRED.includes(family)
      ? {}
      : { drift: references.of(model.score, heldOutProbabilities(model, data, rows)) };
    const { reference } = found.predictions;
    const set = REQUIRED.includes(family) ? {} : { set: baselineSet(artifacts, reference.family), reference };
    const artifact = makeArtifact(model, data, rows, { evaluation, gate, ...drift, ...set }, provenance, sigma);
    const { maxDifference } = await verifyModel({ ...model, logSigma: sigma?.logSigma }, artifact.onnx, data, rows);
    found.predictions.countVerified(rows.length, maxDifference);
    artifacts.push(artifact);
  }
  return { artifacts, forecaster: forecaster.name };
}

/** What a manifest says of earlier looks at the test rows. */
function looksAt(
  data: Dataset,
  { rows }: Pick<Predictions, "rows">,
  earlier: EarlierTests,
): Pick<Evaluation, "earlierTests" | "testPeriod"> {
  const testFromMs = data.rows.tsMs[rows[0]!]!;
  const testToMs = data.rows.tsMs[rows[rows.length - 1]!]!;
  const count = testsOf(earlier, testFromMs, testToMs);
  return { earlierTests: earlier.unread.length > 0 ? null : count, testPeriod: { testFromMs, testToMs } };
}

/**
 * The baselines of a run that have an alias of their own name, the one that is the reference, and the one that takes
 * `peer-10` for stateless rows. Throws `Error` when the reference is not among the artifacts.
 */
export function baselineSet(artifacts: readonly Artifact[], reference: string): ModelSet {
  const baselines = artifacts.filter(({ manifest }) => REQUIRED.includes(manifest.family));
  const strongest = baselines.find(({ manifest }) => manifest.family === reference);
  if (strongest === undefined) throw new Error(`${reference}: the reference, but it could not be refitted on all rows`);
  const rows = baselines.find(({ manifest }) => manifest.row === "peer-10");
  const named = baselines.filter(({ manifest }) => BASELINES.some((name) => name === manifest.family));
  return {
    ...Object.fromEntries(named.map(({ manifest }) => [manifest.family, manifest.onnxSha256])),
    reference: strongest.manifest.onnxSha256,
    ...(rows === undefined ? {} : { rows: rows.manifest.onnxSha256 }),
  };
}

/**
 * The gate's verdict belongs to what was chosen and tested. The other models were not tested; baselines need no gate.
 */
function gateOf(
  family: string,
  { gate, choice, figures }: { gate: Gate; choice: Choice; figures: RunFigures },
): Gate | null {
  if (family === choice.family) return gate;
  if (REQUIRED.includes(family)) return null;
  return { verdict: "refused", reasons: ["not_chosen"], episodes: figures.test.episodes, gains: {} };
}
