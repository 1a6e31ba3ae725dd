// Runs an ONNX model in Node with the WASM runtime that the gateway uses: the same kernels, the same bits.
import * as ort from "onnxruntime-web";
import { onPlainMemory } from "../src/model/plain-memory.ts";
import { runtimeWasm } from "./runtime-wasm.ts";

ort.env.wasm.numThreads = 1;

/** Errors are thrown; the runtime would print them to stderr too. */
const QUIET = { logSeverityLevel: 4 } as const;

let started = false;

/** Names in the graphs that the trainer writes: float32 [N × F] in, [N × 1] out. */
export const INPUT = "features";
export const OUTPUT = "probability";
export const SIGMA_OUTPUT = "sigma_ratio";

/** A loaded model. Call `release` to free its memory in the runtime. */
export class OnnxSession {
  private readonly session: ort.InferenceSession;

  private constructor(session: ort.InferenceSession) {
    this.session = session;
  }

  /** Throws what the runtime throws for bytes that it cannot load. */
  static async load(bytes: Uint8Array): Promise<OnnxSession> {
    const create = (): Promise<ort.InferenceSession> => ort.InferenceSession.create(bytes, QUIET);
    if (started) return new OnnxSession(await create());
    ort.env.wasm.wasmBinary = runtimeWasm();
    const session = await onPlainMemory(create);
    started = true;
    return new OnnxSession(session);
  }

  /** @param rows float32 [N × width]; @returns N values of the output, by default the probabilities. */
  async run(rows: Float32Array, width: number, output = OUTPUT): Promise<Float32Array> {
    const [values] = await this.runOutputs(rows, width, { input: INPUT, outputs: [output] });
    return values!;
  }

  /**
   * As `run`, for a graph with other names; returns all outputs of one run in the order of their names. Throws
   * `TypeError` for an output that is not float32.
   */
  async runOutputs(
    rows: Float32Array,
    width: number,
    { input, outputs }: { readonly input: string; readonly outputs: readonly string[] },
  ): Promise<Float32Array[]> {
    const tensor = new ort.Tensor("float32", rows, [rows.length / width, width]);
    const results = await this.session.run({ [input]: tensor }, outputs, QUIET);
    return outputs.map((name) => {
      const { type, data } = results[name] ?? {};
      if (data instanceof Float32Array) return data.slice();
      throw new TypeError(`output ${name}: got ${type ?? "nothing"}, expected float32`);
    });
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
