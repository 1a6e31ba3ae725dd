// The manifest of an ONNX file: the model's purpose, training data and quality. Parsed once wherever an artifact is
// read. Pure, so that the trainer and the gateway share the code.
import * as v from "valibot";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { crossCheck, type Finding } from "../schemas/cross-check.ts";
import { driftReferenceSchema, PROBABILITY } from "../drift/drift-reference.ts";
import { labelSpecSchema } from "../features/label-spec.ts";
import { expectedRow, ROW_NAMES, ROWS, type RowName } from "../features/schema.ts";
import { ascending, fields, finiteNumber, oneOf, sha256Text, textUpTo, type Parsed } from "../schemas/schema-values.ts";
import { shown } from "../schemas/shown.ts";
import { LEVELS } from "../volatility/sigma-levels.ts";
import { calibrationSchema } from "./manifest-calibration.ts";
import { evaluationSchema, gateSchema } from "./manifest-evaluation.ts";

export const MANIFEST_FORMAT = 2;

/** Baselines with an alias of their own name. */
export const BASELINES = ["zscore", "persistence", "threshold-only"] as const;

/** Families that are baselines: they need no gate, because a gate compares with them. */
export const BASELINE_FAMILIES: readonly string[] = [...BASELINES, "recent", "har"];

/**
 * Aliases that are scored on every step beside the champion. `reference` is the strongest baseline by the champion's
 * training rows; where nothing else holds it, it is `persistence`.
 */
export const BASELINE_ALIASES = [...BASELINES, "reference"] as const;
export type BaselineAlias = (typeof BASELINE_ALIASES)[number];

const text = textUpTo(2000);

/** What a model was trained on. */
export const EVIDENCE = ["simulated", "recorded"] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** The aliases that a champion brings along. */
export const SET_ALIASES = ["rows", ...BASELINE_ALIASES] as const;
export type SetAlias = (typeof SET_ALIASES)[number];

/** Edges of 128 bins. */
const MAX_SCORE_EDGES = 127;

const setSchema = fields(
  Object.fromEntries(SET_ALIASES.map((alias) => [alias, v.exactOptional(sha256Text)])) as Record<
    SetAlias,
    v.ExactOptionalSchema<typeof sha256Text, undefined>
  >,
);
export type ModelSet = Parsed<typeof setSchema>;

const shareOrNull = v.nullable(finiteNumber(0, 1));

const operatingPointSchema = fields({
  /** For people, and how a request names the point: `recall at least 0.8`. */
  goal: text,
  threshold: finiteNumber(0, 1),
  precision: shareOrNull,
  recall: shareOrNull,
  alertRate: finiteNumber(0, 1),
});
export type ManifestOperatingPoint = Parsed<typeof operatingPointSchema>;

/** One offset per level. */
const offsetsSchema = v.pipe(ascending(finiteNumber()), v.length(LEVELS, `${LEVELS} numbers`));

/** Unknown fields are ignored. Fields that an older manifest lacks are `null`, or absent where stated. */
const manifestSchema = v.pipe(
  fields({
    format: v.literal(MANIFEST_FORMAT, String(MANIFEST_FORMAT)),
    name: text,
    version: text,
    /** Kind of model: `logistic`, `zscore`, `persistence`, `recent`, `har`, … */
    family: text,
    row: v.picklist(ROW_NAMES, expectedRow(ROW_NAMES)),
    /** SHA-256 (hex) of the schema text of that row on the grid it was trained for. */
    schemaHash: sha256Text,
    /** The row's columns that the graph takes, in the graph's order. */
    features: v.pipe(v.array(text, "a list"), v.minLength(1, "at least one column")),
    /** Columns that were left out, with the reason. */
    dropped: v.array(fields({ name: text, reason: text }), "a list"),
    label: labelSpecSchema,
    input: text,
    output: text,
    /**
     * Name of a second output, float32 [N, 1]: expected volatility of the horizon over τ. Absent without this output.
     */
    sigmaOutput: v.optional(text),
    /**
     * Quantiles of ln(realised volatility of the horizon) − ln(forecast) on held-out training rows: offsets by level of
     * `SIGMA_LEVELS`, ascending. Absent without that output, and in older manifests.
     */
    sigmaQuantiles: v.exactOptional(fields({ offsets: offsetsSchema })),
    calibration: calibrationSchema,
    /** Probability from which `alert` is true, and the goal by which it was chosen. */
    threshold: finiteNumber(0, 1),
    goal: text,
    /**
     * The thresholds that an operator may choose while the model serves, each with its goal and its outcome on the rows
     * that `threshold` was chosen on. Absent for imported models and in older artifacts: there is no choice then.
     */
    operatingPoints: v.optional(v.array(operatingPointSchema, "a list")),
    /**
     * Whether the training data are recordings of a market or a simulator's. Absent where nobody said so: in older
     * artifacts, and in imported models.
     */
    evidence: v.exactOptional(oneOf(EVIDENCE)),
    training: fields({ fromMs: finiteNumber(), toMs: finiteNumber(), rows: finiteNumber(), source: text }),
    /** `null` if no quality is claimed, as for models of a simulated market. */
    evaluation: v.nullish(evaluationSchema, null),
    /**
     * Whether it may be champion. `null`, but never absent, for baselines and for bundled models of a simulated market.
     */
    gate: v.nullable(gateSchema),
    /**
     * Distribution of the model's inputs and scores in training. `null` for baselines, and in manifests older than the
     * field.
     */
    drift: v.nullish(driftReferenceSchema, null),
    /**
     * Ascending edges of the bins in which a gateway stores the model's probabilities, at most 127, including the
     * threshold and those of the operating points. Bin b holds probabilities from edge b − 1 up to, but not including,
     * edge b. `null` in older artifacts: bins of equal width in logits.
     */
    scoreEdges: v.nullish(v.array(finiteNumber(0, 1), "a list"), null),
    /**
     * SHA-256 of the models of the same training that are promoted with it: the baselines that it was compared with,
     * and the scorer of stateless rows. Absent for baselines, imported models and older artifacts.
     */
    set: v.optional(setSchema),
    /**
     * Of a learned model: the family of the baseline that its gate stands on, and how the training rows chose it.
     * Absent for baselines, and in older artifacts, whose gates stand on `persistence`.
     */
    reference: v.optional(fields({ family: text, why: text })),
    dataFingerprint: text,
    codeCommit: text,
    createdAt: text,
    /** SHA-256 (hex) of the ONNX file: the artifact's identity. */
    onnxSha256: sha256Text,
  }),
  crossCheck(({ row, features }) => wrongColumn(features, row)),
  crossCheck(({ scoreEdges, threshold }) => (scoreEdges === null ? undefined : wrongEdge(scoreEdges, threshold))),
  crossCheck(({ scoreEdges, operatingPoints }) => pointWithoutEdge(operatingPoints ?? [], scoreEdges ?? [])),
  crossCheck(({ drift, features }) => (drift === null ? undefined : wrongDriftColumns(drift.features, features))),
);

export type Manifest = Parsed<typeof manifestSchema>;

/** An invalid manifest; the message names the field, its value and what was expected. */
export class ManifestError extends Error {
  override name = "ManifestError";
}

/** What is known of a model's training data. */
export const STATED_EVIDENCE = [...EVIDENCE, "unknown"] as const;
export type StatedEvidence = (typeof STATED_EVIDENCE)[number];

/** `unknown` for a manifest that does not say it. */
export function statedEvidence({ evidence }: Pick<Manifest, "evidence">): StatedEvidence {
  return evidence ?? "unknown";
}

/** Parses a manifest. Throws `ManifestError`. */
export function parseManifest(value: unknown): Manifest {
  return parseOrThrow(manifestSchema, value, { name: "manifest", refuse: (message) => new ManifestError(message) });
}

/** Positions of the manifest's features among the columns of its row. */
export function featureColumns(manifest: Manifest): Int32Array {
  const names = ROWS[manifest.row].map((column) => column.name);
  return Int32Array.from(manifest.features, (name) => names.indexOf(name));
}

function wrongColumn(features: readonly string[], row: RowName): Finding | undefined {
  const known = new Set(ROWS[row].map((column) => column.name));
  const i = features.findIndex((name, at) => !known.has(name) || features.indexOf(name) < at);
  if (i < 0) return undefined;
  return { path: ["features", i], got: shown(features[i]), expected: `columns of row ${row}, each once` };
}

function wrongEdge(edges: readonly number[], threshold: number): Finding | undefined {
  if (edges.length === 0 || edges.length > MAX_SCORE_EDGES) {
    return { path: ["scoreEdges"], got: `${edges.length} numbers`, expected: `1 to ${MAX_SCORE_EDGES}` };
  }
  const i = edges.findIndex((edge, at) => at > 0 && !(edge > (edges[at - 1] ?? -Infinity)));
  if (i > 0) return { path: ["scoreEdges", i], got: shown(edges[i]), expected: "a number above the one before" };
  if (edges.includes(threshold)) return undefined;
  return { path: ["scoreEdges"], got: "a list without it", expected: `the threshold ${threshold} in it` };
}

function pointWithoutEdge(points: readonly ManifestOperatingPoint[], edges: readonly number[]): Finding | undefined {
  const i = points.findIndex(({ threshold }) => !edges.includes(threshold));
  if (i < 0) return undefined;
  return { path: ["operatingPoints", i, "threshold"], got: shown(points[i]?.threshold), expected: "one of scoreEdges" };
}

function wrongDriftColumns(
  reference: readonly { readonly name: string }[],
  features: readonly string[],
): Finding | undefined {
  const names = [...features, PROBABILITY];
  if (reference.length !== names.length) {
    return {
      path: ["drift", "features"],
      got: `${reference.length} columns`,
      expected: `the names ${names.join(", ")}`,
    };
  }
  const i = names.findIndex((name, at) => reference[at]?.name !== name);
  if (i < 0) return undefined;
  return { path: ["drift", "features", i, "name"], got: shown(reference[i]?.name), expected: String(names[i]) };
}
