// The command line of `npm run train`: every option with its type, default and help.
import { readFileSync } from "node:fs";
import type { Command } from "../../command-line/command.ts";
import { flag, inGroup, option } from "../../command-line/option.ts";
import { featureRow } from "../../command-line/feature-row-type.ts";
import { UserError } from "../../command-line/user-error.ts";
import {
  decimal,
  duration,
  listOf,
  oneOf,
  positiveUpTo,
  text,
  type ValueType,
  valueType,
  webAddress,
  wholeNumber,
  words,
} from "../../command-line/value-types.ts";
import { READING_OPTIONS } from "../../command-line/reading-options.ts";
import { recordingsOperand } from "../../command-line/recordings-operand.ts";
import { SYMBOL_HELP, SYMBOL_TYPE } from "../../command-line/symbol-type.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { EVIDENCE } from "../../src/model/manifest.ts";
import { CALIBRATION_METHODS } from "../calibrate/fit-calibration.ts";
import { FAMILIES, REQUIRED } from "../candidates/families.ts";
import { LEARNED_ROWS } from "../candidates/learned-rows.ts";
import { SYMBOL_WEIGHTINGS } from "../rows/symbol-weighting.ts";
import { parseIsoTime } from "./iso-time.ts";

/** Most threads that the trees' thread pool takes. */
export const MAX_THREADS = 64;

const LABEL: ValueType<string> = {
  placeholder: "JSON",
  parse: (value, name) => (value.startsWith("@") ? readText(name, value.slice(1)) : value),
};
/** "The real lift lies above all of them" is a test at 5 % from 19 on. */
const LEAK_SHIFTS = valueType("N", "0, or a whole number from 19 to 1000", (value) => {
  const shifts = value.trim() === "" ? NaN : Number(value);
  return shifts === 0 || (Number.isInteger(shifts) && shifts >= 19 && shifts <= 1000) ? shifts : undefined;
});
const TEST_SHARE = valueType("X", "a number above 0 and below 1", (value) => {
  const share = Number(value);
  return share > 0 && share < 1 ? share : undefined;
});
const WEIGHT: ValueType<number | "balanced"> = {
  placeholder: "W",
  parse: (value, name) => (value === "balanced" ? value : decimal(1e-6, 1e6).parse(value, name)),
};

const DATA = inGroup("Data", {
  symbol: option(SYMBOL_TYPE, SYMBOL_HELP, { otherwise: "all" }),
  step: option(duration(100, 3_600_000), "grid step, as 1s or 60s; the gateway's STEP_MS must be the same", {
    default: "1s",
  }),
  source: option(oneOf(["last", "mid"]), "price of the grid: last or mid", { default: "last" }),
  label: option(
    LABEL,
    "label spec, whole or in parts, or @FILE; {} is the 90 % quantile of the last hour's volatilities of 60 s. " +
      `E.g. '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'`,
    { default: "{}" },
  ),
  "quote-margin": option(
    wholeNumber(1, 1_000_000),
    "refuse a price further outside its own quote than this, in percent; the gateway's QUOTE_MARGIN_PERCENT must be " +
      "the same",
    { default: String(DEFAULT_TICK_RULES.quoteMarginPercent) },
  ),
  evidence: option(
    oneOf(EVIDENCE),
    "what the ticks are: recorded on a market, or simulated; the manifests say it, and every prediction",
    { default: "recorded" },
  ),
});

const EVALUATION = inGroup("Evaluation", {
  "test-from": option(
    valueType("ISO", "an ISO 8601 time", parseIsoTime),
    "test rows begin here; a time without a zone is UTC",
    { excludes: ["test-share"] },
  ),
  "test-share": option(TEST_SHARE, "or: test rows are this last share of the rows", { otherwise: "0.4" }),
  folds: option(
    wholeNumber(1, 1000),
    "the test rows are cut into N stretches with equal numbers of rows; each is tested by models trained on everything " +
      "before it, purged",
    { otherwise: "4", excludes: ["fold-length"] },
  ),
  "fold-length": option(duration(60_000), "or: stretches of this length, as 1h or 30d"),
  "min-episodes": option(
    wholeNumber(0, 1_000_000),
    "learned families and the baseline har are not fitted on fewer training episodes",
    {
      default: "10",
    },
  ),
  "leak-shifts": option(LEAK_SHIFTS, "runs of the pipeline on shifted labels; 0 leaves that leak check out", {
    default: "20",
  }),
});

const MODELS = inGroup("Models", {
  families: option(
    listOf(oneOf(FAMILIES), "LIST"),
    `any of ${FAMILIES.join(", ")}; the baselines ${REQUIRED.join(", ")} are asked of every run, and one that the data ` +
      "do not allow is named with its reason",
    { default: FAMILIES.join(","), otherwise: "all" },
  ),
  row: option(featureRow(LEARNED_ROWS), "feature row of the learned families: see docs/features.md", {
    default: "default-2",
  }),
  calibration: option(
    oneOf(CALIBRATION_METHODS),
    "of learned models: none, platt, beta or isotonic (these two need 1,000 held-out spikes), or auto: none, unless " +
      "held-out rows clearly ask for Platt",
    { default: "auto" },
  ),
  recall: option(positiveUpTo(1), "alert threshold: the highest that reaches this recall", {
    otherwise: "the threshold of the highest F1",
    excludes: ["precision", "alert-rate", "cost-fp", "cost-fn"],
  }),
  precision: option(positiveUpTo(1), "or: the lowest that reaches this precision", {
    excludes: ["alert-rate", "cost-fp", "cost-fn"],
  }),
  "alert-rate": option(positiveUpTo(1), "or: the lowest that alerts at most in this share of the steps", {
    excludes: ["cost-fp", "cost-fn"],
  }),
  "cost-fp": option(decimal(1e-12, 1e12), "or: the one of least expected cost, where a false alarm costs X", {
    needs: ["cost-fn"],
  }),
  "cost-fn": option(decimal(1e-12, 1e12, "Y"), "and a missed spike Y", { needs: ["cost-fp"] }),
  "spike-weight": option(WEIGHT, "weight of a spike in learned models, a number or balanced", { default: "1" }),
  "calm-share": option(decimal(1e-6, 1), "share of the calm rows that learned models are fitted on; calibrated back", {
    default: "1",
  }),
  "symbol-weights": option(
    oneOf(SYMBOL_WEIGHTINGS),
    "rows: every row counts the same; equal: every symbol, in what is fitted and in how Platt calibrates it",
    { default: "rows" },
  ),
  "drift-alpha": option(decimal(0.001, 0.5), "false-alarm rate of the drift thresholds, per window of 1 h or 24 h", {
    default: "0.05",
  }),
  threads: option(wholeNumber(1, MAX_THREADS), "cores to use; the result does not depend on it", { otherwise: "all" }),
  seed: option(wholeNumber(), "a whole number, printed with the run", { default: "1" }),
});

const OUTPUT = inGroup("Output", {
  out: option(text("DIR"), "where artifacts and the report go", { default: "artifacts" }),
  persist: option(text("DIR"), "where wrangler dev keeps its state", { default: ".wrangler/state" }),
  to: option(text("BUCKET"), "the bucket to publish to: local, that of wrangler dev, or r2://BUCKET", {
    default: "local",
    needs: ["publish"],
  }),
});

const PROMOTION = inGroup("Output", {
  promote: option(
    webAddress(),
    "make the chosen model champion of this gateway; ADMIN_TOKEN in the environment, if it asks for one",
    { needs: ["publish"] },
  ),
  force: option(words("REASON", 200), "promote although the gate refused; reason and name are recorded", {
    needs: ["promote", "by"],
  }),
  by: option(words("NAME", 200), "who forces it", { needs: ["force"] }),
});

/** Options that decide the models and where they are written. */
export const TRAINING_SETTINGS = { ...DATA, ...EVALUATION, ...MODELS, ...OUTPUT };
/** Options that can also stand in the file of --config. */
export const SETTINGS = { ...TRAINING_SETTINGS, ...READING_OPTIONS, ...PROMOTION };
export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The option that names a file of settings. */
export const CONFIG = inGroup("Output", { config: option(text("FILE"), "options from a JSON file") });

export const TRAIN = {
  name: "train",
  call: "npm run train --",
  about: `
Trains every family of models on recorded ticks, judges them by purged walk-forward, tests the one that the training
rows chose once against the baselines, and refits all of them on all rows. Writes DIR/<family>/model.onnx and
manifest.json, DIR/report.html and DIR/report.json. Every file is verified row by row in onnxruntime-web.`,
  operands: recordingsOperand(
    "They are merged in order of time, and read as a stream. Symbols are pooled: one set of models for all",
  ),
  options: {
    ...SETTINGS,
    ...inGroup("Output", {
      publish: flag("put the artifacts into the bucket of --to"),
      json: flag("print the report as one JSON document on stdout; all else goes to stderr"),
    }),
    ...CONFIG,
  },
  notes: `
Every option but --config, --publish, --json and --help can also stand in the file of --config, a JSON object such
as {"step": "60s", "folds": 12, "label": {"measure": "parkinson"}}; the command line wins.

With MLFLOW_TRACKING_URI set, the run is also logged there.

Exit codes: 0 done; 1 a bug, or a leak check that failed: nothing is published then; 2 a mistake in the call, data
that cannot carry a model, or a gateway that does not answer; 3 the gate refused the chosen model and nobody forced
it: it is written, and published as a candidate, but not promoted.`,
} satisfies Command;

/** Throws `UserError` naming the option and the file. */
export function readText(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`${name} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
