// How a model's score is calibrated to a probability, for people and tools that read manifests. The ONNX graph includes
// the calibration.
import * as v from "valibot";
import { crossCheck } from "../schemas/cross-check.ts";
import { ascending, fields, finiteNumber, type Parsed } from "../schemas/schema-values.ts";

/** probability = 1 / (1 + exp(−(slope · score + intercept))). */
const plattSchema = fields({ method: v.literal("platt"), slope: finiteNumber(), intercept: finiteNumber() });

/** With p = 1 / (1 + exp(−score)): probability = 1 / (1 + exp(−(a · ln p − b · ln(1 − p) + c))), a and b at least 0. */
const betaSchema = fields({ method: v.literal("beta"), a: finiteNumber(0), b: finiteNumber(0), c: finiteNumber() });

/** Linear between the points (scores[i], probabilities[i]), constant beyond them; both lists ascend. */
const isotonicSchema = fields({
  method: v.literal("isotonic"),
  scores: ascending(finiteNumber()),
  probabilities: ascending(finiteNumber(0, 1)),
});

/**
 * The output is used without calibration: an own model's score is log-odds, probability = 1 / (1 + exp(−score)); an
 * imported model's output is a probability.
 */
const noneSchema = fields({ method: v.literal("none") });

export const calibrationSchema = v.pipe(
  v.variant("method", [plattSchema, betaSchema, isotonicSchema, noneSchema], ({ path }) =>
    path === undefined ? "an object" : "platt, beta, isotonic or none",
  ),
  crossCheck((calibration) => {
    if (calibration.method !== "isotonic") return undefined;
    const [points, { length }] = [calibration.scores.length, calibration.probabilities];
    if (points === length && length > 0) return undefined;
    return { path: ["probabilities"], got: `${length} values`, expected: `${points} values, at least one` };
  }),
);

export type Calibration = Parsed<typeof calibrationSchema>;
export type PlattCalibration = Parsed<typeof plattSchema>;
export type BetaCalibration = Parsed<typeof betaSchema>;
export type IsotonicCalibration = Parsed<typeof isotonicSchema>;
