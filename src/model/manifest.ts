// The manifest beside every ONNX file: what the model was made for, from and how good it was. Parsed once wherever an
// artifact comes in; pure, so that the trainer and the gateway read it with the same code.
import type { DriftReference } from "../drift/drift-reference.ts";
import { type LabelSpec, parseLabelSpec } from "../features/label-spec.ts";
import { ROWS, type RowName } from "../features/schema.ts";
import { type Calibration, parseCalibration } from "./manifest-calibration.ts";
import { parseDriftReference } from "./manifest-drift.ts";
import { type Evaluation, type Gate, parseEvaluation, parseGate } from "./manifest-evaluation.ts";
import { finite, list, ManifestError, object, sha256, text, wrong } from "./manifest-fields.ts";

export const MANIFEST_FORMAT = 2;

/** Names of the served baselines: scored on every step beside the champion. */
export const BASELINES = ["zscore", "persistence", "threshold-only"] as const;
export type BaselineName = (typeof BASELINES)[number];

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
  /** Name of a second output, float32 [N, 1]: the horizon's volatility to expect, over τ. Absent when there is none. */
  readonly sigmaOutput?: string;
  readonly calibration: Calibration;
  /** Probability from which `alert` is true, and the goal that it was chosen for. */
  readonly threshold: number;
  readonly goal: string;
  readonly training: { readonly fromMs: number; readonly toMs: number; readonly rows: number; readonly source: string };
  /** `null` where nothing is claimed, as for models of a simulated market. */
  readonly evaluation: Evaluation | null;
  /** Whether it may be champion. `null`, but never absent, for baselines and for bundled models of a simulated market. */
  readonly gate: Gate | null;
  /** What its inputs and scores looked like in training. `null` for baselines, and in manifests older than the field. */
  readonly drift: DriftReference | null;
  /**
   * Ascending edges, at most 127 and the threshold among them, between the bins in which a gateway keeps the model's
   * probabilities: bin b holds those from edge b − 1 on and below edge b. `null` in artifacts from before: bins of equal
   * width in logits.
   */
  readonly scoreEdges: readonly number[] | null;
  readonly dataFingerprint: string;
  readonly codeCommit: string;
  readonly createdAt: string;
  /** SHA-256 (hex) of the ONNX file: the artifact's identity. */
  readonly onnxSha256: string;
}

/** Checks a manifest from outside. Throws `ManifestError`. Unknown fields are ignored. */
export function parseManifest(value: unknown): Manifest {
  const raw = object(value, "manifest");
  if (raw["format"] !== MANIFEST_FORMAT) throw wrong("format", raw["format"], String(MANIFEST_FORMAT));
  const row = rowName(raw["row"]);
  const training = object(raw["training"], "training");
  const features = featureNames(raw["features"], row);
  const threshold = finite(raw, "threshold", 0, 1);
  return {
    format: MANIFEST_FORMAT,
    name: text(raw, "name"),
    version: text(raw, "version"),
    family: text(raw, "family"),
    row,
    schemaHash: sha256(raw, "schemaHash"),
    features,
    dropped: list(raw["dropped"], "dropped").map((entry) => {
      const dropped = object(entry, "dropped[]");
      return { name: text(dropped, "name"), reason: text(dropped, "reason") };
    }),
    label: label(raw["label"]),
    input: text(raw, "input"),
    output: text(raw, "output"),
    ...(raw["sigmaOutput"] === undefined ? {} : { sigmaOutput: text(raw, "sigmaOutput") }),
    calibration: parseCalibration(raw["calibration"]),
    threshold,
    goal: text(raw, "goal"),
    training: {
      fromMs: finite(training, "fromMs"),
      toMs: finite(training, "toMs"),
      rows: finite(training, "rows"),
      source: text(training, "source"),
    },
    evaluation: parseEvaluation(raw["evaluation"] ?? null),
    gate: parseGate(raw["gate"]),
    drift: parseDriftReference(raw["drift"], features),
    scoreEdges: scoreEdges(raw["scoreEdges"] ?? null, threshold),
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

/** Edges of 128 bins. */
const MAX_SCORE_EDGES = 127;

function scoreEdges(value: unknown, threshold: number): readonly number[] | null {
  if (value === null) return null;
  const edges = list(value, "scoreEdges");
  if (edges.length === 0 || edges.length > MAX_SCORE_EDGES) {
    throw wrong("scoreEdges", `${edges.length} numbers`, `1 to ${MAX_SCORE_EDGES}`);
  }
  const numbers = edges.map((edge, i) => {
    const before = i === 0 ? -Infinity : Number(edges[i - 1]);
    if (typeof edge === "number" && edge >= 0 && edge <= 1 && edge > before) return edge;
    throw wrong(`scoreEdges[${i}]`, edge, "a number from 0 to 1 above the one before");
  });
  if (!numbers.includes(threshold)) throw wrong("scoreEdges", "a list without it", `the threshold ${threshold} in it`);
  return numbers;
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
