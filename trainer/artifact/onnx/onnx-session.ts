// Runs an ONNX model in Node with the WASM runtime that the gateway uses: the same kernels, the same bits.
import * as ort from "onnxruntime-web";
import { INPUT, OUTPUT } from "./model-graph.ts";

ort.env.wasm.numThreads = 1;

/** A loaded model. `release` it: the runtime keeps its memory otherwise. */
export class OnnxSession {
  private readonly session: ort.InferenceSession;

  private constructor(session: ort.InferenceSession) {
    this.session = session;
  }

  /** Throws what the runtime throws for bytes that it cannot load. */
  static async load(bytes: Uint8Array): Promise<OnnxSession> {
    return new OnnxSession(await ort.InferenceSession.create(bytes));
  }

  /** @param rows float32 [N × width]; @returns N values of the output, the probabilities unless told. */
  async run(rows: Float32Array, width: number, name = OUTPUT): Promise<Float32Array> {
    const input = new ort.Tensor("float32", rows, [rows.length / width, width]);
    const output = (await this.session.run({ [INPUT]: input }))[name];
    if (!(output?.data instanceof Float32Array)) throw new Error(`${name}: got ${output?.type}, expected float32`);
    return output.data.slice();
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
