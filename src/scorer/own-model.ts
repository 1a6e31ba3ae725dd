// A model that the project's trainer made, scored without onnxruntime and with its bits. The graph is recognised node
// by node; anything that the trainer does not write is left to onnxruntime.
import { ExpPart } from "./exp-part.ts";
import { GraphWalk } from "./graph-walk.ts";
import { NotOwnGraphError, requireOwn } from "./not-own-graph.ts";
import { readOnnxGraph } from "./onnx-graph.ts";
import { readProbability } from "./read-probability.ts";
import { readScore } from "./read-score.ts";
import type { ScorePart } from "./score-part.ts";

const FLOAT = 1;

/** A larger file is left to onnxruntime, whose memory is bounded: decoded trees take several times their bytes. */
export const MOST_OWN_BYTES = 2 * 1024 * 1024;

/** A model, or why it is not one of the trainer's. */
export type OwnModelResult = { readonly model: OwnModel } | { readonly model: undefined; readonly reason: string };

/**
 * Reads the bytes of an ONNX file: float32 [N, width] in, a probability [N, 1] out, and maybe an expected volatility
 * [N, 1] out.
 */
export function readOwnModel(onnx: Uint8Array): OwnModelResult {
  try {
    return { model: readModel(onnx) };
  } catch (error) {
    // A stack that is too deep, or an array that is too long: onnxruntime says what is wrong with the file.
    if (error instanceof NotOwnGraphError || error instanceof RangeError) {
      return { model: undefined, reason: error.message };
    }
    throw error;
  }
}

function readModel(onnx: Uint8Array): OwnModel {
  requireOwn(onnx.length <= MOST_OWN_BYTES, `${onnx.length} bytes, more than ${MOST_OWN_BYTES}`);
  const graph = readOnnxGraph(onnx);
  const walk = new GraphWalk(graph);
  const [output, sigmaOutput, ...more] = graph.outputs;
  requireOwn(output !== undefined && more.length === 0, `${graph.outputs.length} outputs`);
  const parts = [readProbability(walk, walk.take(output, "Cast", 1, { to: FLOAT })[0]!)];
  if (sigmaOutput !== undefined) {
    const [sigma] = walk.take(sigmaOutput, "Cast", 1, { to: FLOAT });
    parts.push(new ExpPart(readScore(walk, walk.take(sigma!, "Exp", 1)[0]!)));
  }
  walk.requireNothingLeft();
  return new OwnModel({ input: graph.input, outputs: graph.outputs, width: graph.width }, parts);
}

/** The names and the width of a model. */
export interface ModelShape {
  readonly input: string;
  /** The probability's, then that of the expected volatility where there is one. */
  readonly outputs: readonly string[];
  /** Columns of a row. */
  readonly width: number;
}

/** Scores rows. A row's bits depend on nothing but the row. */
export class OwnModel {
  readonly shape: ModelShape;
  private readonly parts: readonly ScorePart[];
  private scratch = new Float64Array(1);

  constructor(shape: ModelShape, parts: readonly ScorePart[]) {
    this.shape = shape;
    this.parts = parts;
  }

  /**
   * @param rows float32 [n, width], `NaN` for missing.
   * @returns n float32 values of each output. Throws `RangeError` for rows that are not whole.
   */
  score(rows: Float32Array): Float32Array[] {
    const { width } = this.shape;
    const count = rows.length / width;
    if (!Number.isInteger(count)) {
      throw new RangeError(`rows: got ${rows.length} values, expected whole rows of ${width}`);
    }
    if (this.scratch.length < count) this.scratch = new Float64Array(count);
    const { scratch } = this;
    return this.parts.map((part) => {
      part.scoreInto(rows, width, count, scratch);
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = scratch[i]!;
      return values;
    });
  }
}
