// Everything that decides a training run: one type, from checked options.
import { availableParallelism } from "node:os";
import type { OptionValues } from "../../command-line/option.ts";
import { checkOptions } from "../../command-line/parse-command-line.ts";
import { type ReadingValues, readingOf } from "../../command-line/reading-options.ts";
import { UserError } from "../../command-line/user-error.ts";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { Evidence } from "../../src/model/manifest.ts";
import type { OperatingGoal } from "../../src/threshold/operating-goal.ts";
import type { CalibrationMethod } from "../calibrate/fit-calibration.ts";
import { BLEND, BLENDED } from "../candidates/families.ts";
import type { LearnedRow } from "../candidates/learned-rows.ts";
import type { Imbalance } from "../fit/imbalance.ts";
import type { WalkForwardPlan } from "../folds/walk-forward.ts";
import type { SymbolWeighting } from "../rows/symbol-weighting.ts";
import { MAX_THREADS, type SettingName, type SETTINGS, TRAIN } from "./train-command.ts";

/** Settings by their names, as text. */
export type RawSettings = Readonly<Partial<Record<SettingName, string>>>;

export interface TrainingConfig {
  readonly symbol: string | undefined;
  readonly engine: EngineConfig;
  readonly quoteMarginPercent: number;
  /** What the ticks are. */
  readonly evidence: Evidence;
  /** What the recordings do not say themselves. */
  readonly reading: ReadingValues;
  readonly evaluation: WalkForwardPlan & {
    /** Learned families are not fitted on fewer training episodes. */
    readonly minEpisodes: number;
    /** How often the pipeline is run on shifted labels; 0 leaves that check out. */
    readonly leakShifts: number;
  };
  readonly families: readonly string[];
  /** The feature row of the learned families. */
  readonly row: LearnedRow;
  readonly calibration: CalibrationMethod;
  readonly goal: OperatingGoal;
  readonly imbalance: Imbalance;
  /** How much a symbol counts in what is fitted. */
  readonly symbolWeights: SymbolWeighting;
  /** Stated false-alarm rate of the drift thresholds, per window. */
  readonly driftAlpha: number;
  readonly threads: number;
  readonly seed: number;
  readonly out: string;
  /** What `publishTarget` takes: the folder of `wrangler dev`'s state, and an R2 bucket that goes before it. */
  readonly bucket: { readonly to: string | undefined; readonly persist: string };
  /** Address of the gateway whose champion the chosen model becomes. */
  readonly promote: string | undefined;
  readonly force: { readonly by: string; readonly reason: string } | undefined;
}

type Settings = OptionValues<typeof SETTINGS>;

/** The configuration of some settings, the others at their defaults. Throws `UserError` as a command line would. */
export function parseConfig(raw: RawSettings): TrainingConfig {
  const texts = new Map(Object.entries(raw).map(([name, text]) => [name, [text]]));
  return trainingConfig(checkOptions(TRAIN.options, texts).values);
}

/** Throws `UserError` for a malformed label, and for a blend of fewer than two families. */
export function trainingConfig(settings: Settings): TrainingConfig {
  const { symbol, evidence, row, calibration, seed, out, to, persist, promote, force, by } = settings;
  return {
    ...{ symbol, evidence, row, calibration, seed, out, promote },
    engine: engineConfig(settings),
    quoteMarginPercent: settings["quote-margin"],
    reading: readingOf(settings),
    evaluation: {
      testAt: testStart(settings),
      folds: foldPlan(settings),
      minEpisodes: settings["min-episodes"],
      leakShifts: settings["leak-shifts"],
    },
    families: familyNames(settings.families),
    goal: operatingGoal(settings),
    imbalance: { spikeWeight: settings["spike-weight"], calmShare: settings["calm-share"] },
    symbolWeights: settings["symbol-weights"],
    driftAlpha: settings["drift-alpha"],
    threads: settings.threads ?? Math.min(availableParallelism(), MAX_THREADS),
    bucket: { to: to === "local" ? undefined : to, persist },
    force: force === undefined || by === undefined ? undefined : { by, reason: force },
  };
}

function engineConfig({ step, source, label }: Settings): EngineConfig {
  try {
    const grid = gridConfig(step, source);
    return { grid, label: completeLabelSpec(JSON.parse(label), grid) };
  } catch (error) {
    throw new UserError(`--label ${label}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function testStart({ "test-from": fromMs, "test-share": share = 0.4 }: Settings): WalkForwardPlan["testAt"] {
  return fromMs === undefined ? { share } : { fromMs };
}

function foldPlan({ folds: count = 4, "fold-length": lengthMs }: Settings): WalkForwardPlan["folds"] {
  return lengthMs === undefined ? { count } : { lengthMs };
}

function familyNames(names: Settings["families"]): readonly string[] {
  const blended = BLENDED.filter((name) => names.some((other) => other === name));
  if (names.some((name) => name === BLEND) && blended.length < 2) {
    throw new UserError(
      `--families: blend needs at least two of ${BLENDED.join(", ")}, got ${blended.join() || "none"}`,
    );
  }
  return names;
}

function operatingGoal(settings: Settings): OperatingGoal {
  const { recall, precision, "alert-rate": alertRate, "cost-fp": fp, "cost-fn": fn } = settings;
  if (recall !== undefined) return { kind: "recall", target: recall };
  if (precision !== undefined) return { kind: "precision", target: precision };
  if (alertRate !== undefined) return { kind: "alert-rate", target: alertRate };
  return fp === undefined || fn === undefined ? { kind: "f1" } : { kind: "cost", fp, fn };
}
