// The manifest beside every ONNX file: what the model was made for, from and how good it was. Parsed once wherever an
// artifact comes in; pure, so that the trainer and the gateway read it with the same code.
import { type LabelSpec, parseLabelSpec } from "../features/label-spec.ts";
import { ROWS, type RowName } from "../features/schema.ts";

export const MANIFEST_FORMAT = 1;

/** Names of the served baselines: scored on every step beside the champion. */
export const BASELINES = ["zscore", "persistence", "threshold-only"] as const;
export type BaselineName = (typeof BASELINES)[number];

export interface Calibration {
  readonly method: "platt" | "none";
  /** probability = 1 / (1 + exp(−(slope · score + intercept))). */
  readonly slope: number;
  readonly intercept: number;
}

/** Figures of one evaluation on rows that the model did not see. All are numbers that a report printed. */
export interface Evaluation {
  readonly method: string;
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  readonly baseRate: number;
  readonly prAuc: number | null;
  readonly lift: number | null;
  readonly brier: number;
  readonly brierSkill: number | null;
}

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly name: string;
  readonly version: string;
  /** How it was made: `logistic`, `zscore`, `persistence`, `threshold-only`, … */
  readonly family: string;
  readonly row: RowName;
  /** SHA-256 (hex) of the schema text of that row on the grid it was trained for. */
  readonly schemaHash: string;
  /** The columns of the row that the graph takes, in its order. */
  readonly features: readonly string[];
  /** Columns left out, with the reason. */
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
  readonly label: LabelSpec;
  readonly input: string;
  readonly output: string;
  readonly calibration: Calibration;
  /** Probability from which `alert` is true, and the goal that it was chosen for. */
  readonly threshold: number;
  readonly goal: string;
  readonly training: { readonly fromMs: number; readonly toMs: number; readonly rows: number; readonly source: string };
  readonly evaluation: Evaluation | null;
  readonly dataFingerprint: string;
  readonly codeCommit: string;
  readonly createdAt: string;
  /** SHA-256 (hex) of the ONNX file: the artifact's identity. */
  readonly onnxSha256: string;
}

/** A manifest that cannot be used; the message names the field, what came and what was expected. */
export class ManifestError extends Error {
  override name = "ManifestError";
}

type Raw = Readonly<Record<string, unknown>>;

/** Checks a manifest from outside. Throws `ManifestError`. Unknown fields are ignored. */
export function parseManifest(value: unknown): Manifest {
  const raw = object(value, "manifest");
  if (raw["format"] !== MANIFEST_FORMAT) throw wrong("format", raw["format"], String(MANIFEST_FORMAT));
  const row = rowName(raw["row"]);
  const calibration = object(raw["calibration"], "calibration");
  const training = object(raw["training"], "training");
  const method = calibration["method"];
  if (method !== "platt" && method !== "none") throw wrong("calibration.method", method, "platt or none");
  return {
    format: MANIFEST_FORMAT,
    name: text(raw, "name"),
    version: text(raw, "version"),
    family: text(raw, "family"),
    row,
    schemaHash: sha256(raw, "schemaHash"),
    features: featureNames(raw["features"], row),
    dropped: list(raw["dropped"], "dropped").map((entry) => {
      const dropped = object(entry, "dropped[]");
      return { name: text(dropped, "name"), reason: text(dropped, "reason") };
    }),
    label: label(raw["label"]),
    input: text(raw, "input"),
    output: text(raw, "output"),
    calibration: { method, slope: finite(calibration, "slope"), intercept: finite(calibration, "intercept") },
    threshold: finite(raw, "threshold", 0, 1),
    goal: text(raw, "goal"),
    training: {
      fromMs: finite(training, "fromMs"),
      toMs: finite(training, "toMs"),
      rows: finite(training, "rows"),
      source: text(training, "source"),
    },
    evaluation: raw["evaluation"] === null ? null : evaluation(object(raw["evaluation"], "evaluation")),
    dataFingerprint: text(raw, "dataFingerprint"),
    codeCommit: text(raw, "codeCommit"),
    createdAt: text(raw, "createdAt"),
    onnxSha256: sha256(raw, "onnxSha256"),
  };
}

/** Positions of the manifest's features among the columns of its row. */
export function featureColumns(manifest: Manifest): Int32Array {
  const names = ROWS[manifest.row].map((column) => column.name);
  return Int32Array.from(manifest.features, (name) => names.indexOf(name));
}

function evaluation(raw: Raw): Evaluation {
  return {
    method: text(raw, "method"),
    rows: finite(raw, "rows"),
    positives: finite(raw, "positives"),
    episodes: finite(raw, "episodes"),
    baseRate: finite(raw, "baseRate"),
    prAuc: finiteOrNull(raw, "prAuc"),
    lift: finiteOrNull(raw, "lift"),
    brier: finite(raw, "brier"),
    brierSkill: finiteOrNull(raw, "brierSkill"),
  };
}

function label(value: unknown): LabelSpec {
  try {
    return parseLabelSpec(value);
  } catch (error) {
    throw new ManifestError(error instanceof Error ? error.message : String(error));
  }
}

function featureNames(value: unknown, row: RowName): string[] {
  const known = new Set(ROWS[row].map((column) => column.name));
  const names = list(value, "features").map((name) => {
    if (typeof name !== "string" || !known.has(name)) throw wrong("features", name, `columns of row ${row}`);
    return name;
  });
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw wrong("features", names, "at least one column, each once");
  }
  return names;
}

function rowName(value: unknown): RowName {
  if (typeof value !== "string" || !Object.hasOwn(ROWS, value))
    throw wrong("row", value, Object.keys(ROWS).join(" or "));
  return value as RowName;
}

function object(value: unknown, field: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, value, "an object");
  return value as Raw;
}

function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(field, value, "a list");
  return value;
}

function text(raw: Raw, field: string): string {
  const value = raw[field];
  if (typeof value !== "string" || value.length > 2000) throw wrong(field, value, "a text of at most 2,000 characters");
  return value;
}

function finite(raw: Raw, field: string, min = -Infinity, max = Infinity): number {
  const value = raw[field];
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
    throw wrong(field, value, min === -Infinity ? "a finite number" : `a number from ${min} to ${max}`);
  }
  return value;
}

function finiteOrNull(raw: Raw, field: string): number | null {
  return raw[field] === null ? null : finite(raw, field);
}

function sha256(raw: Raw, field: string): string {
  const value = raw[field];
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) throw wrong(field, value, "64 hexadecimal digits");
  return value;
}

function wrong(field: string, got: unknown, expected: string): ManifestError {
  const shown = JSON.stringify(got) ?? "nothing";
  return new ManifestError(
    `manifest.${field}: got ${shown.length > 80 ? shown.slice(0, 77) + "…" : shown}, expected ${expected}`,
  );
}
