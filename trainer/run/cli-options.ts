// The command line of the trainer: its help, which is its specification, and its parser.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DEFAULTS, parseConfig, type RawSettings, type SettingName, type TrainingConfig } from "./config.ts";
import { UserError } from "./user-error.ts";

export const HELP = `Usage: npm run train -- FILES… [options]

Trains every family of models on recorded ticks, judges them by purged walk-forward, tests the one that the training rows
chose once against the baselines, refits all of them on all rows, and writes DIR/<family>/model.onnx and manifest.json,
DIR/report.html and DIR/report.json. Every file is verified row by row in onnxruntime-web.

FILES are recordings of ticks or bars: NDJSON, CSV or Parquet, plain or .gz, folders of them, r2://BUCKET/PREFIX (S3 API:
R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY) or local://PREFIX (the bucket of wrangler dev).
They are merged in order of time, and read as a stream. Symbols are pooled: one set of models for all of them.

Every option but --config, --publish, --json and --help can also stand in the file of --config, a JSON object such as
{"step": "60s", "folds": 12, "label": {"measure": "parkinson"}}; the command line wins.

Data
  --symbol S          use only this symbol's ticks (default: all)
  --step TIME         grid step, as 1s or 60s (default: 1s); the gateway's STEP_MS must be the same
  --source NAME       price of the grid: last or mid (default: last)
  --label JSON        label spec, whole or in parts, or @FILE (default: {}, the 90 % quantile of the last hour's
                      volatilities of 60 s), e.g. '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'

Evaluation
  --test-from ISO     test rows begin here; a time without a zone is UTC
  --test-share X      or: test rows are this last share of the rows (default: 0.4)
  --folds N           the test rows are cut into N stretches with equal numbers of rows, each tested by models trained on
                      everything before it, purged (default: 4)
  --fold-length TIME  or: stretches of this length, as 1h or 30d
  --min-episodes N    learned families are not fitted on fewer training episodes (default: 10)
  --resamples N       block-bootstrap resamples for the 95 % intervals (default: 1000)
  --leak-shifts N     runs of the pipeline on shifted labels; 0 leaves that leak check out (default: 20)

Models
  --families LIST     any of zscore, persistence, threshold-only, har, logistic, forest, gbdt, blend (default: all); the
                      first three are always fitted
  --calibration NAME  platt, beta or isotonic (default: platt); the last two need 1,000 held-out spikes
  --recall X          alert threshold: the highest that reaches this recall
  --precision X       or: the lowest that reaches this precision
  --alert-rate X      or: the lowest that alerts at most in this share of the steps
  --cost-fp X --cost-fn Y   or: the one of least expected cost (default: the highest F1)
  --spike-weight W    weight of a spike in learned models, a number or balanced (default: 1)
  --calm-share X      share of the calm rows that learned models are fitted on (default: 1); calibrated back
  --drift-alpha X     false-alarm rate of the drift thresholds, per window of 1 h or 24 h (default: 0.05)
  --threads N         cores to use (default: all); the result does not depend on it
  --seed N            a whole number, printed with the run (default: 1)

Output
  --out DIR           where artifacts and the report go (default: artifacts)
  --json              print the report as one JSON document on stdout; all else goes to stderr
  --publish           put the artifacts into a bucket
  --to BUCKET         which: local, that of wrangler dev, or r2://BUCKET (default: local)
  --persist DIR       where wrangler dev keeps its state (default: .wrangler/state)
  --promote URL       with --publish: make the chosen model champion of this gateway (ADMIN_TOKEN, if it needs one)
  --force REASON --by NAME   promote although the gate refused; both are recorded
  --config FILE       options from a JSON file
  --help              print this

With MLFLOW_TRACKING_URI set, the run is also logged there.

Exit codes: 0 done; 1 a bug, or a leak check that failed: nothing is published then; 2 a mistake in the call, data that
cannot carry a model, or a gateway that does not answer; 3 the gate refused the chosen model and nobody forced it: it is
written, and published as a candidate, but not promoted.
`;

export interface CliOptions {
  readonly files: readonly string[];
  readonly config: TrainingConfig;
  /** Every setting with its value, for the report. */
  readonly settings: Readonly<Record<SettingName, string>>;
  readonly publish: boolean;
  readonly json: boolean;
}

const NAMES = Object.keys(DEFAULTS) as SettingName[];

/** Throws `UserError` naming the option, what came and what was expected. `help` wins over everything else. */
export function parseCliOptions(args: readonly string[]): CliOptions | "help" {
  const { values, positionals } = parse(args);
  if (values["help"] === true) return "help";
  if (positionals.length === 0) throw new UserError("FILES: got none, expected at least one file or directory");
  const { config: file } = values;
  const named = given(values);
  const settings = { ...DEFAULTS, ...(typeof file === "string" ? without(settingsOfFile(file), named) : {}), ...named };
  if (settings.label.startsWith("@")) settings.label = readText("label", settings.label.slice(1));
  const config = parseConfig(settings);
  const publish = values["publish"] === true;
  if (settings.to !== DEFAULTS.to && !publish) throw new UserError("--to: needs --publish");
  if (config.promote !== undefined && !publish) throw new UserError("--promote: needs --publish");
  if (config.force !== undefined && config.promote === undefined) throw new UserError("--force: needs --promote");
  return { files: positionals, config, settings, publish, json: values["json"] === true };
}

/** Options that exclude each other: one on the command line also takes the place of another in the file. */
const EXCLUSIVE: readonly (readonly SettingName[])[] = [
  ["test-from", "test-share"],
  ["folds", "fold-length"],
  ["recall", "precision", "alert-rate", "cost-fp"],
  ["recall", "precision", "alert-rate", "cost-fn"],
];

function without(file: RawSettings, named: RawSettings): RawSettings {
  const replaced = new Set(EXCLUSIVE.filter((group) => group.some((name) => name in named)).flat());
  return Object.fromEntries(Object.entries(file).filter(([name]) => !replaced.has(name as SettingName)));
}

function parse(args: readonly string[]) {
  const strings = Object.fromEntries([...NAMES, "config"].map((name) => [name, { type: "string" } as const]));
  const flags = Object.fromEntries(["publish", "json", "help"].map((name) => [name, { type: "boolean" } as const]));
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...strings, ...flags } });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function given(values: Readonly<Record<string, unknown>>): RawSettings {
  return Object.fromEntries(NAMES.flatMap((name) => (typeof values[name] === "string" ? [[name, values[name]]] : [])));
}

/** Settings of a JSON file: texts and numbers as they are, lists joined by commas, objects as JSON. */
function settingsOfFile(path: string): RawSettings {
  let parsed: unknown;
  const text = readText("config", path);
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError(`--config ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UserError(`--config ${path}: expected a JSON object of options`);
  }
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]: [string, unknown]) => {
      if (!(NAMES as string[]).includes(name)) throw new UserError(`--config ${path}: unknown option ${name}`);
      return [name, settingText(path, name, value)];
    }),
  );
}

function settingText(path: string, name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((x) => typeof x === "string")) return value.join(",");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return JSON.stringify(value);
  throw new UserError(
    `--config ${path}: ${name}: got ${JSON.stringify(value)}, expected a text, a number or an object`,
  );
}

function readText(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`--${option} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
