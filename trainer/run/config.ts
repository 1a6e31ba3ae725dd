// Everything that a training run can be told: one type, filled from defaults, then a file, then the command line.
import { availableParallelism } from "node:os";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import { parseSymbol, parseTsMs } from "../../src/features/tick.ts";
import { CALIBRATION_METHODS, type CalibrationMethod } from "../calibrate/fit-calibration.ts";
import { BLEND, BLENDED, FAMILIES } from "../candidates/families.ts";
import { parseDurationMs } from "./duration.ts";
import type { Imbalance } from "../fit/imbalance.ts";
import type { OperatingGoal } from "../calibrate/choose-threshold.ts";
import { UserError } from "./user-error.ts";
import type { WalkForwardPlan } from "../folds/walk-forward.ts";

/** What the trees' thread pool takes. */
const MAX_THREADS = 64;

/** Settings by their names, as text: what a file and the command line give, and what the report lists. */
export type RawSettings = Readonly<Partial<Record<SettingName, string>>>;

/** Every setting with its default; empty stands for none. */
export const DEFAULTS = {
  symbol: "",
  step: "1s",
  source: "last",
  label: "{}",
  "test-from": "",
  "test-share": "",
  folds: "",
  "fold-length": "",
  "min-episodes": "10",
  resamples: "1000",
  "leak-shifts": "20",
  families: FAMILIES.join(","),
  calibration: "platt",
  recall: "",
  precision: "",
  "alert-rate": "",
  "cost-fp": "",
  "cost-fn": "",
  "spike-weight": "1",
  "calm-share": "1",
  "drift-alpha": "0.05",
  threads: "",
  seed: "1",
  out: "artifacts",
  persist: ".wrangler/state",
  to: "local",
  promote: "",
  force: "",
  by: "",
} as const;
export type SettingName = keyof typeof DEFAULTS;

export interface TrainingConfig {
  readonly symbol: string | undefined;
  readonly engine: EngineConfig;
  readonly evaluation: WalkForwardPlan & {
    /** Learned families are not fitted on fewer training episodes. */
    readonly minEpisodes: number;
    readonly resamples: number;
    /** How often the pipeline is run on shifted labels; 0 leaves that check out. */
    readonly leakShifts: number;
  };
  readonly families: readonly string[];
  readonly calibration: CalibrationMethod;
  readonly goal: OperatingGoal;
  readonly imbalance: Imbalance;
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

/** Throws `UserError` naming the setting, what came and what was expected. */
export function parseConfig(raw: RawSettings): TrainingConfig {
  const text = (name: SettingName): string => raw[name] ?? DEFAULTS[name];
  return {
    symbol: text("symbol") === "" ? undefined : symbolName(text("symbol")),
    engine: engineConfig(text("step"), text("source"), text("label")),
    evaluation: {
      testAt: testStart(text("test-from"), text("test-share")),
      folds: foldPlan(text("folds"), text("fold-length")),
      minEpisodes: wholeNumber("min-episodes", text("min-episodes"), 0, 1_000_000),
      resamples: wholeNumber("resamples", text("resamples"), 100, 100_000),
      leakShifts: leakShifts(text("leak-shifts")),
    },
    families: familyNames(text("families")),
    calibration: oneOf("calibration", text("calibration"), CALIBRATION_METHODS),
    goal: operatingGoal(text),
    imbalance: {
      spikeWeight:
        text("spike-weight") === "balanced" ? "balanced" : number("spike-weight", text("spike-weight"), 1e-6, 1e6),
      calmShare: number("calm-share", text("calm-share"), 1e-6, 1),
    },
    driftAlpha: number("drift-alpha", text("drift-alpha"), 0.001, 0.5),
    threads:
      text("threads") === ""
        ? Math.min(availableParallelism(), MAX_THREADS)
        : wholeNumber("threads", text("threads"), 1, MAX_THREADS),
    seed: wholeNumber("seed", text("seed"), -Number.MAX_SAFE_INTEGER),
    out: text("out"),
    bucket: { to: text("to") === "local" ? undefined : text("to"), persist: text("persist") },
    promote: text("promote") === "" ? undefined : address(text("promote")),
    force: forced(text("force"), text("by")),
  };
}

function symbolName(value: string): string {
  const symbol = parseSymbol(value);
  if (symbol === undefined) throw wrong("symbol", value, "a name like BTC-USD");
  return symbol;
}

function engineConfig(step: string, source: string, label: string): EngineConfig {
  const stepMs = parseDurationMs(step);
  if (!(stepMs >= 100 && stepMs <= 3_600_000)) throw wrong("step", step, "a time like 1s or 60s, from 100ms to 1h");
  const grid = gridConfig(stepMs, oneOf("source", source, ["last", "mid"] as const));
  return { grid, label: labelSpec(label, grid.source) };
}

function labelSpec(text: string, source: LabelSpec["source"]): LabelSpec {
  try {
    return completeLabelSpec(JSON.parse(text), source);
  } catch (error) {
    throw new UserError(`--label ${text}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function testStart(from: string, share: string): WalkForwardPlan["testAt"] {
  if (from !== "" && share !== "") throw new UserError("--test-from and --test-share: got both, expected one of them");
  if (from === "") return { share: number("test-share", share === "" ? "0.4" : share, 1e-9, 1 - 1e-9) };
  const ms = parseTsMs(/^\d{4}-\d{2}-\d{2}$/.test(from) ? `${from}T00:00` : from);
  if (Number.isNaN(ms)) throw wrong("test-from", from, "an ISO 8601 time");
  return { fromMs: ms };
}

function foldPlan(folds: string, length: string): WalkForwardPlan["folds"] {
  if (folds !== "" && length !== "") throw new UserError("--folds and --fold-length: got both, expected one of them");
  if (length === "") return { count: wholeNumber("folds", folds === "" ? "4" : folds, 1, 1000) };
  const lengthMs = parseDurationMs(length);
  if (!(lengthMs >= 60_000)) throw wrong("fold-length", length, "a time like 1h or 30d, at least 1m");
  return { lengthMs };
}

/** "The real lift lies above all of them" is a test at 5 % from 19 on. */
function leakShifts(value: string): number {
  const shifts = wholeNumber("leak-shifts", value, 0, 1000);
  if (shifts > 0 && shifts < 19) throw wrong("leak-shifts", value, "0, or a whole number from 19 to 1000");
  return shifts;
}

function familyNames(text: string): string[] {
  const names = text.split(",").map((name) => oneOf("families", name.trim(), FAMILIES));
  const blended = BLENDED.filter((name) => names.includes(name));
  if (names.includes(BLEND) && blended.length < 2) {
    throw new UserError(
      `--families: blend needs at least two of ${BLENDED.join(", ")}, got ${blended.join() || "none"}`,
    );
  }
  return names;
}

function operatingGoal(text: (name: SettingName) => string): OperatingGoal {
  const given = (["recall", "precision", "alert-rate", "cost-fp"] as const).filter((name) => text(name) !== "");
  if (given.length > 1) throw new UserError(`--${given.join(" and --")}: expected one goal for the threshold`);
  if ((text("cost-fp") === "") !== (text("cost-fn") === "")) {
    throw new UserError("--cost-fp and --cost-fn: got one of them, expected both");
  }
  const [goal] = given;
  if (goal === undefined) return { kind: "f1" };
  if (goal !== "cost-fp") return { kind: goal, target: number(goal, text(goal), 1e-9, 1) };
  return {
    kind: "cost",
    fp: number("cost-fp", text("cost-fp"), 1e-12, 1e12),
    fn: number("cost-fn", text("cost-fn"), 1e-12, 1e12),
  };
}

function address(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value;
  throw wrong("promote", value, "the gateway's address, like http://127.0.0.1:8787");
}

function forced(reason: string, by: string): TrainingConfig["force"] {
  if (reason === "" && by === "") return undefined;
  if (reason === "" || by === "")
    throw new UserError("--force and --by: got one of them, expected a reason and a name");
  for (const [name, value] of [
    ["force", reason],
    ["by", by],
  ] as const) {
    if (value.trim() === "" || value.length > 200) throw wrong(name, value, "1 to 200 characters");
  }
  return { by, reason };
}

function oneOf<T extends string>(name: SettingName, value: string, allowed: readonly T[]): T {
  const found = allowed.find((x) => x === value);
  if (found === undefined) throw wrong(name, value, allowed.join(", "));
  return found;
}

function number(name: SettingName, value: string, min: number, max: number): number {
  const x = Number(value);
  if (value.trim() === "" || !(x >= min && x <= max)) throw wrong(name, value, `a number from ${min} to ${max}`);
  return x;
}

function wholeNumber(name: SettingName, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const x = Number(value);
  if (value.trim() === "" || !Number.isSafeInteger(x) || x < min || x > max) {
    throw wrong(name, value, min < 0 ? "a whole number" : `a whole number from ${min} to ${max}`);
  }
  return x;
}

function wrong(name: SettingName, got: string, expected: string): UserError {
  return new UserError(`--${name}: got ${got}, expected ${expected}`);
}
