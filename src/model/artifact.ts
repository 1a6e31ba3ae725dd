// An artifact is an ONNX file and its manifest. This file verifies and loads one: hashes, schema, limits, shapes and
// trial outputs. artifact-store.ts reads artifacts from storage.
import type { GridConfig } from "../features/event-grid.ts";
import { schemaText } from "../features/schema.ts";
import { ArtifactError } from "./artifact-error.ts";
import { MAX_MODEL_BYTES, MAX_ROWS_PER_RUN, MAX_RUN_MS } from "./artifact-limits.ts";
import { DECISION_KEY, decisionText } from "./decision.ts";
import { inspectOnnx, type OnnxSummary } from "./inspect-onnx.ts";
import { type Manifest, featureColumns, parseManifest } from "./manifest.ts";
import {
  isOutOfMemory,
  type ModelNames,
  type ModelRunner,
  outOfMemory,
  ownRunner,
  type ScorerKind,
  sessionRunner,
} from "./model-runner.ts";
import { RuntimeUnavailableError } from "./runtime.ts";
import { checkRows, giveSameBits } from "./scorer-check.ts";
import { ordinaryRows } from "./trial-rows.ts";

/** The two parts of an artifact as stored. */
export interface ArtifactFiles {
  readonly onnx: Uint8Array;
  readonly manifest: unknown;
}

/** A model's output for n rows. */
export interface Scores {
  /** One per row; if `isProbability` refuses a value, the model failed on that row only. */
  readonly probabilities: Float32Array;
  /**
   * One per row: expected volatility of the horizon over τ. If `isSigmaRatio` refuses a value, it is missing on that
   * row only. Absent if the manifest has no `sigmaOutput`.
   */
  readonly sigmaRatios?: Float32Array;
}

/** A loaded model that turns rows into probabilities, with its manifest. */
export interface Scorer {
  readonly manifest: Manifest;
  /**
   * Whether the ONNX file names the manifest's decision by its hash. A file made before that, or elsewhere, does not:
   * its threshold could have been changed unnoticed.
   */
  readonly sealed: boolean;
  /** Positions of the model's features in the row. */
  readonly columns: Int32Array;
  /**
   * Runs the model once; does not check the values it returns.
   * @param rows float32 [n, columns.length].
   * @returns n values of each kind. Throws `ArtifactError` `wrong_shape`, or what the runtime throws.
   */
  score(rows: Float32Array): Promise<Scores>;
  /**
   * Keeps the model usable until the returned function is called, even if it is released meanwhile. For callers with
   * several runs.
   */
  retain(): () => Promise<void>;
  /** Frees its memory once no run or retainer uses it. Start no new runs after this. */
  release(): Promise<void>;
}

/** Whether a model's output is a valid probability; `NaN` is not. */
export function isProbability(p: number): boolean {
  return p >= 0 && p <= 1;
}

/** Whether a model's output is a valid expected volatility over τ: finite and not negative; `NaN` is not. */
export function isSigmaRatio(x: number): boolean {
  return x >= 0 && x < Infinity;
}

/** Hex SHA-256. */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface LoadOptions {
  /** Longest time of one run on trial. */
  readonly maxRunMs?: number;
  /** Why onnxruntime does not start, where that is known; it is not tried again then. */
  readonly runtimeError?: string | undefined;
}

/**
 * Verifies and loads an artifact: manifest, SHA-256 against `expectedSha256`, the decision against the hash in the
 * file, schema hash against that of its row on `grid` and of its own label's horizon, that horizon against the grid's
 * where it has only one, size, graph, then what scores it, its names, and a warm-up (`warmUp`). Whether a symbol has
 * that horizon is checked for each symbol.
 * Throws `ArtifactError` with the reason, or `RuntimeUnavailableError`.
 */
export async function loadArtifact(
  files: ArtifactFiles,
  expectedSha256: string,
  grid: GridConfig,
  { maxRunMs = MAX_RUN_MS, runtimeError }: LoadOptions = {},
): Promise<LoadedScorer> {
  const manifest = readManifest(files.manifest);
  requireSize("model.onnx", files.onnx.length, MAX_MODEL_BYTES);
  const actual = await sha256Hex(files.onnx);
  if (actual !== expectedSha256 || actual !== manifest.onnxSha256) {
    const message = `model.onnx has SHA-256 ${actual}, its manifest says ${manifest.onnxSha256}, expected ${expectedSha256}`;
    throw new ArtifactError("hash_mismatch", message);
  }
  const { metadata, objection } = readOnnx(files.onnx);
  const sealed = await isSealed(files.manifest, metadata.get(DECISION_KEY));
  const schemaHash = await schemaHashOf(manifest, grid);
  if (manifest.schemaHash !== schemaHash) {
    const message =
      `schemaHash: got ${manifest.schemaHash} (row ${manifest.row}), expected ${schemaHash}: ` +
      "made for another grid (step, price source) or other feature definitions than this gateway's";
    throw new ArtifactError("schema_mismatch", message);
  }
  requireHorizon(manifest, grid);
  if (objection !== undefined) throw new ArtifactError("unbounded_graph", objection);
  const scorer = await LoadedScorer.open(manifest, sealed, files.onnx, runtimeError);
  try {
    await warmUp(scorer, maxRunMs);
  } catch (error) {
    await scorer.release();
    throw error;
  }
  return scorer;
}

/** What the schema hash of a model must be on a grid: the row `default-2` has its label's horizon in its schema. */
async function schemaHashOf({ row, label }: Manifest, grid: GridConfig): Promise<string> {
  return await sha256Hex(schemaText(row, grid, label.horizonSteps));
}

/** Whether a model's label has the only horizon of a grid, or the grid takes any. */
function isOfHorizon({ label }: Manifest, { stepMs, horizonMs }: GridConfig): boolean {
  return horizonMs === undefined || label.horizonSteps * stepMs === horizonMs;
}

function requireHorizon(manifest: Manifest, grid: GridConfig): void {
  if (isOfHorizon(manifest, grid)) return;
  const { stepMs, horizonMs = NaN } = grid;
  const { horizonSteps } = manifest.label;
  const message =
    `label.horizonSteps: got ${horizonSteps} (${(horizonSteps * stepMs) / 1000} s), expected ${horizonMs / stepMs} ` +
    `(${horizonMs / 1000} s): made for another horizon`;
  throw new ArtifactError("horizon_mismatch", message);
}

/** Throws `ArtifactError` `too_large` for a file of more than `most` bytes. */
export function requireSize(name: string, bytes: number, most: number): void {
  if (bytes > most) throw new ArtifactError("too_large", `${name}: got ${bytes} bytes, expected at most ${most}`);
}

/** A verified model with what computes it. */
export class LoadedScorer implements Scorer {
  readonly manifest: Manifest;
  readonly sealed: boolean;
  readonly columns: Int32Array;
  private readonly outputs: readonly string[];
  private readonly runner: ModelRunner;
  private retainers = 0;
  private released = false;

  constructor(manifest: Manifest, sealed: boolean, runner: ModelRunner) {
    this.manifest = manifest;
    this.sealed = sealed;
    this.columns = featureColumns(manifest);
    this.outputs = outputNames(manifest);
    this.runner = runner;
  }

  /**
   * By the own scorer where it knows the graph, else by onnxruntime. Throws `ArtifactError`, or
   * `RuntimeUnavailableError`, at once where it is known that the runtime does not start.
   */
  static async open(
    manifest: Manifest,
    sealed: boolean,
    onnx: Uint8Array,
    runtimeError: string | undefined,
  ): Promise<LoadedScorer> {
    const names = namesOf(manifest);
    const own = ownRunner(onnx, names);
    if (own === undefined && runtimeError !== undefined) throw new RuntimeUnavailableError(runtimeError);
    return new LoadedScorer(manifest, sealed, own ?? (await sessionRunner(onnx, names)));
  }

  /** Who scores it. */
  get kind(): ScorerKind {
    return this.runner.kind;
  }

  /**
   * Whether the own scorer gives onnxruntime's bits, for rows that meet every branch of the arithmetic. Throws what
   * onnxruntime throws where it does not start, or not score them.
   * @param onnx the file that this was loaded from.
   */
  async hasRuntimesBits(onnx: Uint8Array): Promise<boolean> {
    const referee = await sessionRunner(onnx, namesOf(this.manifest));
    try {
      const rows = checkRows(this.manifest.row, this.columns);
      return await giveSameBits(this.runner, referee, rows, this.columns.length);
    } finally {
      await referee.release();
    }
  }

  async score(rows: Float32Array): Promise<Scores> {
    const n = rows.length / this.columns.length;
    const release = this.retain();
    try {
      const outputs = await this.runner.run(rows);
      const bad = outputs.findIndex((values) => values.length !== n);
      if (bad >= 0) {
        const message = `output ${this.outputs[bad]}: got ${outputs[bad]!.length} values for ${n} rows`;
        throw new ArtifactError("wrong_shape", message);
      }
      const [probabilities, sigmaRatios] = outputs as [Float32Array, Float32Array?];
      return sigmaRatios === undefined ? { probabilities } : { probabilities, sigmaRatios };
    } finally {
      await release();
    }
  }

  retain(): () => Promise<void> {
    this.retainers += 1;
    return async () => {
      this.retainers -= 1;
      if (this.released && this.retainers === 0) await this.runner.release();
    };
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    if (this.retainers === 0) await this.runner.release();
  }
}

function readManifest(value: unknown): Manifest {
  try {
    return parseManifest(value);
  } catch (error) {
    // A ManifestError, or a stack overflow while describing a deeply nested value.
    throw new ArtifactError("manifest_invalid", messageOf(error));
  }
}

function readOnnx(onnx: Uint8Array): OnnxSummary {
  try {
    return inspectOnnx(onnx);
  } catch (error) {
    throw new ArtifactError("not_onnx", `model.onnx: ${messageOf(error)}`);
  }
}

/** Throws `ArtifactError` `decision_mismatch` if the file was made for another decision than the manifest's. */
async function isSealed(manifest: unknown, expected: string | undefined): Promise<boolean> {
  if (expected === undefined) return false;
  const actual = await sha256Hex(decisionText(manifest as object));
  if (actual === expected) return true;
  const message =
    `manifest.json: got a decision with SHA-256 ${actual}, expected ${expected}, which model.onnx names: ` +
    "the manifest (threshold, goal, gate, calibration, …) was changed after the artifact was made";
  throw new ArtifactError("decision_mismatch", message);
}

/**
 * Runs rows of zeros and of `NaN` in batches of 1 and 3, ordinary rows, and as many rows as one run may have. Every
 * output must be valid for its kind, and no run may take longer than `maxRunMs`. A Worker's clock may stand still
 * while it computes; there the platform ends what takes too long.
 */
async function warmUp(scorer: LoadedScorer, maxRunMs: number): Promise<void> {
  const { manifest, columns } = scorer;
  const blank = (rows: number, fill: number): Float32Array => new Float32Array(rows * columns.length).fill(fill);
  const ordinary = ordinaryRows(manifest.row, columns, MAX_ROWS_PER_RUN);
  const few = ordinary.slice(0, ORDINARY_ROWS * columns.length);
  for (const rows of [blank(1, 0), blank(1, NaN), blank(3, 0), blank(3, NaN), few, ordinary]) {
    await tryRows(scorer, rows, maxRunMs);
  }
}

/** Ordinary rows that are tried before a whole run's. */
const ORDINARY_ROWS = 16;

async function tryRows(scorer: LoadedScorer, rows: Float32Array, maxRunMs: number): Promise<void> {
  const { manifest, columns } = scorer;
  const count = rows.length / columns.length;
  const startedMs = Date.now();
  try {
    requireGoodScores(await scorer.score(rows), manifest);
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    if (isOutOfMemory(error)) throw outOfMemory(`for ${count} rows`);
    const outputs = outputNames(manifest).map((name) => `output ${name} [N, 1]`);
    const expected = [`input ${manifest.input} [N, ${columns.length}]`, ...outputs].join(", ");
    throw new ArtifactError("wrong_inputs", `warm-up failed, expected ${expected}: ${messageOf(error)}`);
  }
  const tookMs = Date.now() - startedMs;
  if (tookMs <= maxRunMs) return;
  throw new ArtifactError("too_slow", `warm-up: got ${tookMs} ms for ${count} rows, expected at most ${maxRunMs}`);
}

function requireGoodScores({ probabilities, sigmaRatios }: Scores, { output, sigmaOutput }: Manifest): void {
  const p = probabilities.find((value) => !isProbability(value));
  if (p !== undefined) throw new ArtifactError("bad_output", `output ${output}: got ${p}, expected a probability`);
  const ratio = sigmaRatios?.find((value) => !isSigmaRatio(value));
  if (ratio === undefined) return;
  throw new ArtifactError("bad_output", `output ${sigmaOutput}: got ${ratio}, expected a finite number of at least 0`);
}

function namesOf(manifest: Manifest): ModelNames {
  return { input: manifest.input, outputs: outputNames(manifest), width: manifest.features.length };
}

function outputNames({ output, sigmaOutput }: Manifest): readonly string[] {
  return sigmaOutput === undefined ? [output] : [output, sigmaOutput];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
