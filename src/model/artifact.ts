// An artifact is an ONNX file and its manifest. This file decides whether one may be loaded: hash, schema, shapes and
// what it answers. Where artifacts are stored is left to artifact-store.ts.
import { type Manifest, featureColumns, parseManifest } from "./manifest.ts";
import { RuntimeUnavailableError, type Session, createSession, runSession } from "./runtime.ts";

/** Why an artifact was refused; a metric label and what `/health` shows. */
export type RefusalCode =
  | "not_found"
  | "manifest_invalid"
  | "hash_mismatch"
  | "schema_mismatch"
  | "not_onnx"
  | "wrong_inputs"
  | "wrong_shape"
  | "bad_output"
  | "store_unavailable";

/** A refused artifact: a code for machines, a message for people. */
export class ArtifactError extends Error {
  override name = "ArtifactError";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The two parts of an artifact as they rest in storage. */
export interface ArtifactFiles {
  readonly onnx: Uint8Array;
  readonly manifest: unknown;
}

/** Something that turns rows into probabilities, with the manifest that says which rows. */
export interface Scorer {
  readonly manifest: Manifest;
  /** Positions of its features in the row. */
  readonly columns: Int32Array;
  /**
   * @param rows float32 [n, columns.length].
   * @returns n values; one that `isProbability` refuses is the model's failure on that row alone. Throws `ArtifactError`
   * `wrong_shape`, or what the runtime throws.
   */
  score(rows: Float32Array): Promise<Float32Array>;
  /** Keeps it usable, released or not, until the returned function is called: for whoever has several runs to make. */
  hold(): () => Promise<void>;
  /** Frees its memory once nothing runs or holds it. It must not be used for new runs after this. */
  release(): Promise<void>;
}

/** Whether a model's output can be one; `NaN` cannot. */
export function isProbability(p: number): boolean {
  return p >= 0 && p <= 1;
}

/** Hex SHA-256. */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Verifies and loads an artifact: manifest, SHA-256 against `expectedSha256`, schema hash against one of
 * `schemaHashes`, then a session, its names, and a warm-up on rows of zeros and of `NaN` in batches of 1 and 3.
 * Throws `ArtifactError` with the reason, or `RuntimeUnavailableError`.
 */
export async function loadArtifact(
  files: ArtifactFiles,
  expectedSha256: string,
  schemaHashes: ReadonlySet<string>,
): Promise<Scorer> {
  const manifest = readManifest(files.manifest);
  const actual = await sha256Hex(files.onnx);
  if (actual !== expectedSha256 || actual !== manifest.onnxSha256) {
    const message = `model.onnx has SHA-256 ${actual}, its manifest says ${manifest.onnxSha256}, expected ${expectedSha256}`;
    throw new ArtifactError("hash_mismatch", message);
  }
  if (!schemaHashes.has(manifest.schemaHash)) {
    const message = `schemaHash: got ${manifest.schemaHash} (row ${manifest.row}), expected ${[...schemaHashes].join(" or ")}`;
    throw new ArtifactError("schema_mismatch", message);
  }
  const scorer = new OnnxScorer(manifest, await openSession(files.onnx));
  try {
    await warmUp(scorer);
  } catch (error) {
    await scorer.release();
    throw error;
  }
  return scorer;
}

class OnnxScorer implements Scorer {
  readonly manifest: Manifest;
  readonly columns: Int32Array;
  private readonly session: Session;
  private holders = 0;
  private released = false;

  constructor(manifest: Manifest, session: Session) {
    this.manifest = manifest;
    this.columns = featureColumns(manifest);
    this.session = session;
  }

  async score(rows: Float32Array): Promise<Float32Array> {
    const n = rows.length / this.columns.length;
    const letGo = this.hold();
    try {
      const output = await runSession(this.session, this.manifest, rows, this.columns.length);
      if (output.length === n) return output;
      throw new ArtifactError("wrong_shape", `output: got ${output.length} values for ${n} rows`);
    } finally {
      await letGo();
    }
  }

  hold(): () => Promise<void> {
    this.holders += 1;
    return async () => {
      this.holders -= 1;
      if (this.released && this.holders === 0) await this.session.release();
    };
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    if (this.holders === 0) await this.session.release();
  }
}

function readManifest(value: unknown): Manifest {
  try {
    return parseManifest(value);
  } catch (error) {
    // A ManifestError, or what a deeply nested value does to the code that would describe it.
    throw new ArtifactError("manifest_invalid", messageOf(error));
  }
}

async function openSession(onnx: Uint8Array): Promise<Session> {
  try {
    return await createSession(onnx);
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) throw error;
    throw new ArtifactError("not_onnx", `model.onnx: ${messageOf(error)}`);
  }
}

async function warmUp(scorer: OnnxScorer): Promise<void> {
  const { manifest, columns } = scorer;
  for (const rows of [1, 3]) {
    for (const fill of [0, NaN]) {
      try {
        const bad = (await scorer.score(new Float32Array(rows * columns.length).fill(fill))).find(
          (p) => !isProbability(p),
        );
        if (bad !== undefined) throw new ArtifactError("bad_output", `output: got ${bad}, expected a probability`);
      } catch (error) {
        if (error instanceof ArtifactError) throw error;
        const expected = `input ${manifest.input} [N, ${columns.length}], output ${manifest.output} [N, 1]`;
        throw new ArtifactError("wrong_inputs", `warm-up failed, expected ${expected}: ${messageOf(error)}`);
      }
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
