// A model ready to be served: the ONNX file and the manifest that says what it is.
import { schemaText } from "../src/features/schema.ts";
import { type Manifest, MANIFEST_FORMAT, parseManifest } from "../src/model/manifest.ts";
import type { Evaluation } from "../src/model/manifest-evaluation.ts";
import type { Dataset } from "./dataset.ts";
import type { FittedModel } from "./fit-model.ts";
import { encodeLinearModel, INPUT, OUTPUT } from "./onnx/linear-graph.ts";
import { sha256Hex } from "./sha256.ts";

export interface Artifact {
  readonly manifest: Manifest;
  readonly onnx: Uint8Array<ArrayBuffer>;
}

/** Where the training data came from, and when and by which code the artifact was made. */
export interface Provenance {
  /** For people, at most 2,000 characters. */
  readonly source: string;
  /** SHA-256 (hex) over the data. */
  readonly dataFingerprint: string;
  readonly codeCommit: string;
  readonly createdAtMs: number;
}

/** The ONNX file of a fitted model; a function of the model and the schema alone. */
export function encodeModel(model: FittedModel, data: Dataset): Uint8Array<ArrayBuffer> {
  return encodeLinearModel(model.score, model.calibration, {
    family: model.family,
    row: model.score.row,
    schema_sha256: schemaHash(model, data),
  });
}

/** The artifact of a model fitted on `rows`. The manifest is read back with `parseManifest`: one that throws is a bug. */
export function makeArtifact(
  model: FittedModel,
  data: Dataset,
  rows: Int32Array,
  evaluation: Evaluation | null,
  provenance: Provenance,
): Artifact {
  const onnx = encodeModel(model, data);
  const onnxSha256 = sha256Hex(onnx);
  const createdAt = new Date(provenance.createdAtMs).toISOString();
  const manifest = parseManifest({
    format: MANIFEST_FORMAT,
    name: model.family,
    version: `${createdAt.slice(0, 10)}-${onnxSha256.slice(0, 8)}`,
    family: model.family,
    row: model.score.row,
    schemaHash: schemaHash(model, data),
    features: model.score.features,
    dropped: model.score.dropped,
    label: data.config.label,
    input: INPUT,
    output: OUTPUT,
    calibration: model.calibration,
    threshold: model.threshold,
    goal: model.goal,
    training: {
      fromMs: data.rows.tsMs[rows[0]!],
      toMs: data.rows.tsMs[rows[rows.length - 1]!],
      rows: rows.length,
      source: provenance.source,
    },
    evaluation,
    gate: null,
    dataFingerprint: provenance.dataFingerprint,
    codeCommit: provenance.codeCommit,
    createdAt,
    onnxSha256,
  });
  return { manifest, onnx };
}

/** The manifest as the text of a file. */
export function manifestText(manifest: Manifest): string {
  return JSON.stringify(manifest, null, 2) + "\n";
}

function schemaHash(model: FittedModel, data: Dataset): string {
  return sha256Hex(schemaText(model.score.row, data.config.grid));
}
