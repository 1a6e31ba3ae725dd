// From the bytes of a foreign ONNX model to an artifact of the gateway. Reading and writing files is left to the
// program.
import { gridConfig, type PriceSource } from "../../src/features/event-grid.ts";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import { type RowName, schemaText } from "../../src/features/schema.ts";
import { MANIFEST_FORMAT } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sealArtifact } from "../artifact/make-artifact.ts";
import type { Decision } from "../../src/model/decision.ts";
import { INPUT, OUTPUT } from "../../onnx/onnx-session.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { checkModel, type GoldenComparison, TOLERANCE } from "./check-model.ts";
import type { GoldenTable } from "./golden-table.ts";
import { parseOnnx } from "./parse-onnx.ts";
import type { PositiveOutput } from "./positive-output.ts";
import { rewriteModel } from "./rewrite-model.ts";
import type { ThresholdTally } from "./tree-thresholds.ts";

const FAMILY = "imported";

/** Facts about a model that its file does not contain. */
export interface ImportRequest {
  /** The file's name in messages and in the manifest. */
  readonly file: string;
  readonly name: string;
  /** The row's columns in the order in which the model takes them. */
  readonly features: readonly string[];
  readonly row: RowName;
  readonly stepMs: number;
  readonly source: PriceSource;
  readonly label: LabelSpec;
  readonly threshold: number;
  readonly golden: GoldenTable | null;
  readonly codeCommit: string;
  readonly createdAtMs: number;
}

export interface ImportedModel {
  readonly artifact: Artifact;
  /** The program that made the file, as the file names it, e.g. `skl2onnx 1.20.0`. */
  readonly producer: string;
  readonly output: PositiveOutput;
  readonly thresholds: ThresholdTally;
  /** `null` when there was no golden table. */
  readonly comparison: GoldenComparison | null;
}

/**
 * Rewrites, runs and describes a model. The manifest claims nothing: no evaluation, and a gate refused with
 * `not_evaluated`, so that only a forced promotion serves it. Its `dataFingerprint` is the SHA-256 of the file as it
 * came. Throws `UserError` for a file that cannot become an artifact.
 */
export async function importModel(bytes: Uint8Array, request: ImportRequest): Promise<ImportedModel> {
  const { row, features, golden } = request;
  const original = parseOnnx(bytes, request.file);
  const producer = `${original.producerName} ${original.producerVersion}`.trim() || "an unnamed program";
  const schemaHash = sha256Hex(schemaText(row, gridConfig(request.stepMs, request.source)));
  const metadata = { family: FAMILY, row, schema_sha256: schemaHash, producer };
  const model = rewriteModel(original, features.length, metadata);
  const comparison = await checkModel(model, features.length, golden);
  const decision: Decision = {
    format: MANIFEST_FORMAT,
    name: request.name,
    family: FAMILY,
    row,
    schemaHash,
    features,
    dropped: [],
    label: request.label,
    input: INPUT,
    output: OUTPUT,
    calibration: { method: "none" },
    threshold: request.threshold,
    goal: `threshold as given at the import; ${checkedText(comparison)}`,
    drift: null,
    scoreEdges: null,
    training: {
      fromMs: 0,
      toMs: 0,
      rows: 0,
      source: `not trained here: ${request.file}, by ${producer}`.slice(0, 2000),
    },
    evaluation: null,
    gate: { verdict: "refused", reasons: ["not_evaluated"], episodes: 0, gains: {} },
    dataFingerprint: sha256Hex(bytes),
  };
  return {
    artifact: sealArtifact(model.onnx, decision, request),
    producer,
    output: model.source,
    thresholds: model.thresholds,
    comparison,
  };
}

/** What was checked against the original library, in one sentence. */
export function checkedText(comparison: GoldenComparison | null): string {
  if (comparison === null) return "nothing was checked against the original library: there was no golden table";
  const { rows, differing, differingWithMissing, maxDifference, worstRow } = comparison;
  const missing = differing === 0 ? "" : `, and ${differingWithMissing} of them have missing values`;
  const worst = `the largest difference is ${maxDifference.toExponential(1)} in row ${worstRow}`;
  return `${rows} golden rows, of which ${differing} differ by more than ${TOLERANCE}${missing}; ${worst}`;
}
