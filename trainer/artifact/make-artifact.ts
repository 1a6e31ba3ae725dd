// From a fitted model to an artifact: its ONNX file, and the manifest that says what it is.
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { applyModel } from "../score/apply-model.ts";
import type { DriftReference } from "../../src/drift/drift-reference.ts";
import { schemaText } from "../../src/features/schema.ts";
import {
  type Evidence,
  type Manifest,
  MANIFEST_FORMAT,
  type ModelSet,
  parseManifest,
} from "../../src/model/manifest.ts";
import type { Evaluation, Gate } from "../../src/model/manifest-evaluation.ts";
import type { Dataset } from "../rows/dataset.ts";
import { type Decision, DECISION_KEY } from "../../src/model/decision.ts";
import { decisionSha256 } from "../../model-artifacts/decision-hash.ts";
import type { FittedModel } from "../fit/fit-model.ts";
import { appendMetadata } from "./onnx/append-metadata.ts";
import { INPUT, OUTPUT, SIGMA_OUTPUT } from "../../onnx/onnx-session.ts";
import { encodeModel } from "./onnx/model-graph.ts";
import type { Score } from "../score/score.ts";
import { scoreEdges } from "../calibrate/score-edges.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";

/** Where the training data came from, and when and by which code the artifact was made. */
export interface Provenance {
  /** For people, at most 2,000 characters. */
  readonly source: string;
  readonly evidence: Evidence;
  /** SHA-256 (hex) over the data. */
  readonly dataFingerprint: string;
  readonly codeCommit: string;
  readonly createdAtMs: number;
}

/** What a manifest claims about a model besides its identity. */
export interface Claims {
  readonly evaluation: Evaluation | null;
  readonly gate: Gate | null;
  /** Absent for baselines, which are not monitored for drift. */
  readonly drift?: DriftReference;
  /** The models that are promoted with it; absent for baselines. */
  readonly set?: ModelSet;
  /** The baseline that it was compared with; absent for baselines. */
  readonly reference?: Manifest["reference"];
}

/** A volatility model. */
export interface SigmaForecast {
  /** Forecasts ln of the horizon's volatility over τ. */
  readonly logSigma: Score;
  /** Offsets of its quantiles by level; absent where they are not known. */
  readonly offsets?: readonly number[] | undefined;
}

/** The unsealed ONNX file of a fitted model. It depends on the model and the schema only. */
export function encodeArtifact(model: FittedModel, data: Dataset, logSigma?: Score): Uint8Array<ArrayBuffer> {
  const { family, score, calibration } = model;
  const metadata = { family, row: score.row, schema_sha256: schemaHash(model, data) };
  return encodeModel({ score, calibration, logSigma }, metadata);
}

/**
 * The artifact of a model fitted on `rows`, as `sealArtifact` makes it.
 * @param sigma a volatility model on the same columns, for the second output.
 */
export function makeArtifact(
  model: FittedModel,
  data: Dataset,
  rows: Int32Array,
  claims: Claims,
  provenance: Provenance,
  sigma?: SigmaForecast,
): Artifact {
  const { operating } = model;
  const operatingPoints = model.operatingPoints.map(({ goal, threshold, precision, recall, alertRate }) => {
    return { goal, threshold, precision, recall, alertRate };
  });
  const thresholds = [operating.threshold, ...operatingPoints.map(({ threshold }) => threshold)];
  const decision: Decision = {
    format: MANIFEST_FORMAT,
    name: model.family,
    family: model.family,
    row: model.score.row,
    schemaHash: schemaHash(model, data),
    features: model.score.features,
    dropped: model.score.dropped,
    label: data.config.label,
    input: INPUT,
    output: OUTPUT,
    ...(sigma === undefined ? {} : { sigmaOutput: SIGMA_OUTPUT }),
    ...(sigma?.offsets === undefined ? {} : { sigmaQuantiles: { offsets: sigma.offsets } }),
    calibration: model.calibration,
    threshold: operating.threshold,
    goal: operating.text,
    operatingPoints,
    evidence: provenance.evidence,
    training: {
      fromMs: data.rows.tsMs[rows[0]!]!,
      toMs: data.rows.tsMs[rows[rows.length - 1]!]!,
      rows: rows.length,
      source: provenance.source,
    },
    evaluation: claims.evaluation,
    gate: claims.gate,
    drift: claims.drift ?? null,
    scoreEdges: scoreEdges(applyModel(model, data, rows), thresholds),
    ...(claims.set === undefined ? {} : { set: claims.set }),
    ...(claims.reference === undefined ? {} : { reference: claims.reference }),
    dataFingerprint: provenance.dataFingerprint,
  };
  return sealArtifact(encodeArtifact(model, data, sigma?.logSigma), decision, provenance);
}

/**
 * Seals an ONNX file with its decision: the decision's hash is stored in the file as `decision_sha256`. Another
 * threshold, goal, gate or evaluation therefore gives another artifact, and equal ones give equal bytes at any time.
 * The manifest is parsed with `parseManifest`; an exception there is a bug.
 * @param onnx an unsealed file.
 */
export function sealArtifact(
  onnx: Uint8Array,
  decision: Decision,
  { codeCommit, createdAtMs }: Pick<Provenance, "codeCommit" | "createdAtMs">,
): Artifact {
  const createdAt = new Date(createdAtMs).toISOString();
  // The parsed manifest is published, so the hash is computed from it. Version and file hash are set afterwards.
  const draft = parseManifest({ ...decision, version: "", codeCommit, createdAt, onnxSha256: sha256Hex(onnx) });
  const sealed = appendMetadata(onnx, { [DECISION_KEY]: decisionSha256(draft) });
  const onnxSha256 = sha256Hex(sealed);
  const version = `${createdAt.slice(0, 10)}-${onnxSha256.slice(0, 8)}`;
  return { manifest: { ...draft, version, onnxSha256 }, onnx: sealed };
}

function schemaHash(model: FittedModel, data: Dataset): string {
  const { grid, label } = data.config;
  return sha256Hex(schemaText(model.score.row, grid, label.horizonSteps));
}
