// What computes a model's outputs: the project's own scorer where the graph is one that the trainer writes, else
// onnxruntime.
import { type OwnModel, readOwnModel } from "../scorer/own-model.ts";
import { ArtifactError } from "./artifact-error.ts";
import { MAX_RUNTIME_BYTES } from "./artifact-limits.ts";
import { createSession, RuntimeUnavailableError, runSession, type Session } from "./runtime.ts";

/** Who scores a model. */
export type ScorerKind = "own" | "onnxruntime";

/** The names in a model's graph, and the columns of its rows. */
export interface ModelNames {
  readonly input: string;
  readonly outputs: readonly string[];
  readonly width: number;
}

export interface ModelRunner {
  readonly kind: ScorerKind;
  /** The outputs of float32 rows [n, width], in the order of their names. Throws what its scorer throws. */
  run(rows: Float32Array): Promise<Float32Array[]>;
  /** Frees its memory. No run may follow. */
  release(): Promise<void>;
}

/** `undefined` for a graph that the trainer does not write, and for one with other names than these. */
export function ownRunner(onnx: Uint8Array, { input, outputs, width }: ModelNames): ModelRunner | undefined {
  const { model } = readOwnModel(onnx);
  if (model === undefined) return undefined;
  const { shape } = model;
  // A sigma output that the manifest does not name is not asked for, and may be there.
  const isNamed = shape.input === input && outputs.every((name, i) => shape.outputs[i] === name);
  return isNamed && shape.width === width ? new OwnRunner(model, outputs.length) : undefined;
}

class OwnRunner implements ModelRunner {
  readonly kind = "own";
  private model: OwnModel | undefined;
  private readonly outputs: number;

  constructor(model: OwnModel, outputs: number) {
    this.model = model;
    this.outputs = outputs;
  }

  run(rows: Float32Array): Promise<Float32Array[]> {
    const { model } = this;
    if (model === undefined) return Promise.reject(new Error("model: it was released"));
    try {
      return Promise.resolve(model.score(rows).slice(0, this.outputs));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  release(): Promise<void> {
    this.model = undefined;
    return Promise.resolve();
  }
}

/** Throws `ArtifactError` `not_onnx` or `too_large`, or `RuntimeUnavailableError`. */
export async function sessionRunner(onnx: Uint8Array, names: ModelNames): Promise<ModelRunner> {
  try {
    return new SessionRunner(await createSession(onnx), names);
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) throw error;
    if (isOutOfMemory(error)) throw outOfMemory("to load");
    throw new ArtifactError("not_onnx", `model.onnx: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class SessionRunner implements ModelRunner {
  readonly kind = "onnxruntime";
  private readonly session: Session;
  private readonly names: ModelNames;

  constructor(session: Session, names: ModelNames) {
    this.session = session;
    this.names = names;
  }

  run(rows: Float32Array): Promise<Float32Array[]> {
    return runSession(this.session, this.names, rows, this.names.width);
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** How onnxruntime says that an allocation failed. */
export function isOutOfMemory(error: unknown): boolean {
  return /bad_alloc|Failed to allocate memory|out of memory/i.test(String(error));
}

export function outOfMemory(what: string): ArtifactError {
  const most = `${MAX_RUNTIME_BYTES} bytes, which all models of an isolate share`;
  return new ArtifactError("too_large", `memory ${what}: got more than there is, expected at most ${most}`);
}
