// Why a converted model may differ from its library, as far as the graph tells, and what to change at the export.
import type { GraphProto } from "onnx-buf";
import type { GoldenComparison } from "./check-model.ts";
import type { ThresholdTally } from "./tree-thresholds.ts";

/** What to do about rows with missing values that differ. */
export const MISSING_ADVICE =
  "which the converted model handles differently: put an imputer in front " +
  "(scikit-learn: make_pipeline(SimpleImputer(), model)) and convert both";

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
    return `all of them have missing values, ${MISSING_ADVICE}`;
  }
  if (hasNearestSteps(graph)) return `${NEAREST_STEPS}: calibrate with method="sigmoid"`;
  if (differing > rows / 2) {
    return (
      "the converter computes something else than the library, as skl2onnx does of LinearDiscriminantAnalysis and of a " +
      "calibrated LightGBM: export another kind of model; or another column is the spike's: --column"
    );
  }
  if (thresholds > doubles) {
    return (
      "the converter rounded the trees' thresholds to float32, and these rows lie on one, as rows of data hardly do: " +
      "round them down before the export (docs/import.md), or allow the share with --max-differing"
    );
  }
  return "the export computes in float32 what the library computes in float64: scale the model's inputs, or export in float64";
}

/** What skl2onnx makes of isotonic calibration. */
const NEAREST_STEPS = "isotonic calibration was converted to the nearest known step, without interpolation";

/** A warning of what a golden table may miss, or none. */
export function converterWarnings(graph: GraphProto): string[] {
  return hasNearestSteps(graph) ? [`${NEAREST_STEPS}: scores between two steps differ from the library's`] : [];
}

/** Whether a step is looked up by the smallest distance to it. */
function hasNearestSteps({ node }: GraphProto): boolean {
  const distances = new Set(node.flatMap(({ opType, output }) => (opType === "Abs" ? output : [])));
  return node.some(({ opType, input }) => opType === "ArgMin" && distances.has(input[0] ?? ""));
}
