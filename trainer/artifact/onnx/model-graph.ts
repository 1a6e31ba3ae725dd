// A calibrated score as an ONNX file: features in, probability out, everything between inside the graph.
import { TensorProto_DataType } from "onnx-buf";
import type { Calibration } from "../../../src/model/manifest-calibration.ts";
import { addCalibration } from "../../calibrate/add-calibration.ts";
import type { Score } from "../../score/score.ts";
import { INPUT, OUTPUT, SIGMA_OUTPUT } from "../../../onnx/onnx-session.ts";
import { OnnxGraph } from "./graph.ts";

/** What goes into a file. */
export interface ModelParts {
  readonly score: Score;
  readonly calibration: Calibration;
  /** Forecasts ln of the horizon's volatility over τ, on columns that `score` takes too; gives the second output. */
  readonly logSigma?: Score | undefined;
}

/**
 * The bytes of the model: input `features` float32 [N, F] in the order of `score.features`, `NaN` for missing; output
 * `probability` float32 [N, 1], and `sigma_ratio` float32 [N, 1] where there is a volatility model.
 *
 * @param metadata goes into `metadata_props`.
 * @throws RangeError when the volatility model takes a column that the score does not.
 */
export function encodeModel(
  { score, calibration, logSigma }: ModelParts,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const input = graph.input(INPUT, score.features.length);
  const probability = addCalibration(graph, calibration, score.addTo(graph, input, ""), "calibration_");
  graph.node("Cast", [probability], OUTPUT, { to: TensorProto_DataType.FLOAT });
  graph.output(OUTPUT, 1);
  if (logSigma !== undefined) {
    const columns = columnsOf(graph, input, score, logSigma);
    const sigma = graph.node("Exp", [logSigma.addTo(graph, columns, "sigma_")], "sigma_double");
    graph.node("Cast", [sigma], SIGMA_OUTPUT, { to: TensorProto_DataType.FLOAT });
    graph.output(SIGMA_OUTPUT, 1);
  }
  return graph.encode("volgate", metadata);
}

/** The input's columns that the volatility model takes, in its order. */
function columnsOf(graph: OnnxGraph, input: string, score: Score, logSigma: Score): string {
  if (logSigma.features.join() === score.features.join()) return input;
  const places = logSigma.features.map((feature) => score.features.indexOf(feature));
  if (places.includes(-1)) {
    throw new RangeError(
      `logSigma.features: got ${logSigma.features.join()}, expected some of ${score.features.join()}`,
    );
  }
  return graph.node("Gather", [input, graph.integers("sigma_places", places)], "sigma_columns", { axis: 1 });
}
