// From the bytes of a foreign ONNX model to an artifact of the gateway. Reading and writing files is left to the
// program.
import { gridConfig, type PriceSource } from "../../src/features/event-grid.ts";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import { type RowName, schemaText } from "../../src/features/schema.ts";
import { MAX_MODEL_BYTES } from "../../src/model/artifact-limits.ts";
import { inspectOnnx } from "../../src/model/inspect-onnx.ts";
import { type Evidence, MANIFEST_FORMAT } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sealArtifact } from "../artifact/make-artifact.ts";
import type { Decision } from "../../src/model/decision.ts";
import { INPUT, OUTPUT } from "../../onnx/onnx-session.ts";
import { UserError } from "../../command-line/user-error.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { checkModel, type GoldenComparison, TOLERANCE } from "./check-model.ts";
import { converterWarnings, differingAdvice, MISSING_ADVICE } from "./differing-advice.ts";
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
  /** The output of the graph that holds the spike's probability, and its column from 0, where they are not plain. */
  readonly output?: string | undefined;
  readonly column?: number | undefined;
  /** What the model was trained on; the manifest says nothing where nobody did. */
  readonly evidence?: Evidence | undefined;
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
  /** What to change at the export if too many golden rows differ; `null` if none does. */
  readonly advice: string | null;
  /** What a user should know, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Rewrites, runs and describes a model. The manifest claims nothing: no evaluation, and a gate refused with
 * `not_evaluated`, so that only a forced promotion serves it. Its `dataFingerprint` is the SHA-256 of the file as it
 * came. Throws `UserError` for a file that cannot become an artifact.
 */
export async function importModel(bytes: Uint8Array, request: ImportRequest): Promise<ImportedModel> {
  const { row, features, golden, output: name, column } = request;
  const original = parseOnnx(bytes, request.file);
  const producer = `${original.producerName} ${original.producerVersion}`.trim() || "an unnamed program";
  const grid = gridConfig(request.stepMs, request.source);
  const schemaHash = sha256Hex(schemaText(row, grid, request.label.horizonSteps));
  const metadata = { family: FAMILY, row, schema_sha256: schemaHash, producer };
  const model = rewriteModel(original, features, metadata, { name, column });
  requireServable(model.onnx, request.file);
  const { comparison, warnings: ofCheck } = await checkModel(model, { row, features }, golden);
  const warnings = [...converterWarnings(original.graph), ...ofCheck];
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
    goal: [`threshold as given at the import; ${checkedText(comparison)}`, ...warnings].join("; ").slice(0, 2000),
    drift: null,
    scoreEdges: null,
    ...(request.evidence === undefined ? {} : { evidence: request.evidence }),
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
    advice:
      comparison === null || comparison.differing === 0
        ? null
        : differingAdvice(original.graph, comparison, model.thresholds),
    warnings,
  };
}

/**
 * Why an import is refused of which golden rows differ; `undefined` when it is not. A share of them may, where a
 * converter rounds thresholds; of rows with missing values none may, because few of them stand for whole feeds.
 */
export function tooManyDiffering({ comparison, advice }: ImportedModel, maxDiffering: number): string | undefined {
  if (comparison === null) return undefined;
  const { rows, differing, differingWithMissing } = comparison;
  if (differing > maxDiffering * rows) {
    const allowed = `expected at most ${maxDiffering * 100} % (--max-differing)`;
    return `${differing} of ${rows} rows differ by more than ${TOLERANCE}, ${allowed}; ${advice}`;
  }
  if (differingWithMissing === 0) return undefined;
  const what = `${differingWithMissing} of ${rows} rows differ by more than ${TOLERANCE} and have missing values, ${MISSING_ADVICE}`;
  return `${what}; expected no such row to differ`;
}

/** Before the model is run: a graph without an end cannot be stopped. Throws `UserError` for what no gateway serves. */
function requireServable(onnx: Uint8Array, file: string): void {
  if (onnx.length > MAX_MODEL_BYTES) {
    throw new UserError(`${file}: got ${onnx.length} bytes, expected at most ${MAX_MODEL_BYTES}, as a gateway takes`);
  }
  let objection: string | undefined;
  try {
    ({ objection } = inspectOnnx(onnx));
  } catch (error) {
    throw new UserError(`${file}: got no plain ONNX (${error instanceof Error ? error.message : String(error)})`);
  }
  if (objection === undefined) return;
  const inlined = "; write them out at the export (onnx.inliner.inline_local_functions(model))";
  throw new UserError(`${file}: ${objection}${objection.startsWith("functions:") ? inlined : ""}`);
}

/** What was checked against the original library, in one sentence. */
export function checkedText(comparison: GoldenComparison | null): string {
  if (comparison === null) return "nothing was checked against the original library: there was no golden table";
  const { rows, differing, differingWithMissing, maxDifference, worstRow } = comparison;
  const missing = differing === 0 ? "" : `, and ${differingWithMissing} of them have missing values`;
  const worst = `the largest difference is ${maxDifference.toExponential(1)} in row ${worstRow}`;
  return `${rows} golden rows, of which ${differing} differ by more than ${TOLERANCE}${missing}; ${worst}`;
}
