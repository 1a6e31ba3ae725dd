// How a model's score became a probability: for people and for the tools that read manifests. The graph has it built in.
import { finite, list, object, type Raw, wrong } from "./manifest-fields.ts";

/** probability = 1 / (1 + exp(−(slope · score + intercept))). */
export interface PlattCalibration {
  readonly method: "platt";
  readonly slope: number;
  readonly intercept: number;
}

/** With p = 1 / (1 + exp(−score)): probability = 1 / (1 + exp(−(a · ln p − b · ln(1 − p) + c))), a and b at least 0. */
export interface BetaCalibration {
  readonly method: "beta";
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Linear between the points (scores[i], probabilities[i]), constant beyond them; both lists ascend. */
export interface IsotonicCalibration {
  readonly method: "isotonic";
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/** The model's output is taken as it is. */
interface NoCalibration {
  readonly method: "none";
}

export type Calibration = PlattCalibration | BetaCalibration | IsotonicCalibration | NoCalibration;

/** Throws `ManifestError`. */
export function parseCalibration(value: unknown): Calibration {
  const raw = object(value, "calibration");
  switch (raw["method"]) {
    case "platt":
      return { method: "platt", slope: finite(raw, "slope"), intercept: finite(raw, "intercept") };
    case "beta":
      return { method: "beta", a: finite(raw, "a", 0), b: finite(raw, "b", 0), c: finite(raw, "c") };
    case "isotonic":
      return isotonic(raw);
    case "none":
      return { method: "none" };
    default:
      throw wrong("calibration.method", raw["method"], "platt, beta, isotonic or none");
  }
}

function isotonic(raw: Raw): IsotonicCalibration {
  const scores = ascending(raw, "scores");
  const probabilities = ascending(raw, "probabilities");
  if (scores.length !== probabilities.length || scores.length === 0) {
    throw wrong("calibration.probabilities", `${probabilities.length} values`, `${scores.length} values, at least one`);
  }
  const outside = probabilities.find((p) => p < 0 || p > 1);
  if (outside !== undefined) throw wrong("calibration.probabilities", outside, "numbers from 0 to 1");
  return { method: "isotonic", scores, probabilities };
}

function ascending(raw: Raw, field: string): number[] {
  const values = list(raw[field], `calibration.${field}`).map((x) => {
    if (typeof x !== "number" || !Number.isFinite(x)) throw wrong(`calibration.${field}`, x, "finite numbers");
    return x;
  });
  if (values.some((x, i) => i > 0 && x < values[i - 1]!))
    throw wrong(`calibration.${field}`, values, "ascending numbers");
  return values;
}
