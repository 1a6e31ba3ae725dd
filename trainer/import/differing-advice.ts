// Why a converted model may differ from its library, as far as the graph tells, and what to change at the export.
import type { GraphProto } from "onnx-buf";
import type { GoldenComparison } from "./check-model.ts";
import type { ThresholdTally } from "./tree-thresholds.ts";

/**
 * One sentence for a model of which too many golden rows differ. What is certain comes first: rows with missing values,
 * then operators that only one converter's known fault leaves, then the share of rows.
 */
export function differingAdvice(
  graph: GraphProto,
  { rows, differing, differingWithMissing }: GoldenComparison,
  { thresholds, doubles }: ThresholdTally,
): string {
  if (differing === differingWithMissing) {
    return (
      "all of them have missing values, which the converted model handles differently: put an imputer in front " +
      "(scikit-learn: make_pipeline(SimpleImputer(), model)) and convert both"
    );
  }
  const operators = new Set(graph.node.map(({ opType }) => opType));
  if (operators.has("ArgMin")) {
    return (
      "isotonic calibration becomes the nearest known step, without interpolation, when it is converted: calibrate " +
      'with method="sigmoid"'
    );
  }
  if (differing > rows / 2) {
    return (
      "the converted model computes something else than the library: see what onnxruntime gives in Python; if it is " +
      "the same as here, export another kind of model, else name the column of a spike: --column"
    );
  }
  if (thresholds > doubles) {
    return (
      "the converter rounded the trees' thresholds to float32, and these rows lie on one: convert in float64, where " +
      'the import rounds them (to_onnx(model, X[:1].astype("float64"), target_opset={"": 17, "ai.onnx.ml": 3}))'
    );
  }
  return "the converted model computes in float32 what the library computes in float64: convert in float64, or scale the inputs";
}
