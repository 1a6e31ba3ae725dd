// The codes of refused artifacts.

/** Why an artifact was refused; shown as a metric label and in `/health`. */
export const REFUSAL_CODES = [
  "not_found",
  "manifest_invalid",
  "hash_mismatch",
  "decision_mismatch",
  "schema_mismatch",
  "horizon_mismatch",
  "too_large",
  "not_onnx",
  "unbounded_graph",
  "too_slow",
  "wrong_inputs",
  "wrong_shape",
  "bad_output",
  "scorer_differs",
  "store_unavailable",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];
