// The state of a recalibration as answers give it.
import * as v from "valibot";
import { RECALIBRATION_STATES } from "../recalibration/recalibration-facts.ts";
import { count, nullableNumber } from "./field-schema.ts";
import { modelName } from "./model-name-schema.ts";

const recalibrationEntries = {
  state: v.pipe(
    v.picklist(RECALIBRATION_STATES),
    v.description(
      "`learning`: not shown to gain yet. `serving`: `probability` is recalibrated. `shadow`: proven, and " +
        "`RECALIBRATION` keeps it from serving. `undone`: harm was shown, and it must prove itself anew. `fault`: " +
        "it failed, and begins again with the next batch",
    ),
  ),
  slope: v.pipe(v.number(), v.description("Of the line in log-odds: logit(q) = slope · logit(p) + level")),
  level: v.number(),
  labels: v.pipe(count, v.description("Labels that it has learnt from")),
  e_value: v.pipe(
    v.number(),
    v.description("Evidence for the next change: for a gain, and for harm while it serves; 20 is enough"),
  ),
  since: v.pipe(
    nullableNumber,
    v.description("`ts` of the first prediction that the state holds for; null before the first change"),
  ),
};

export const recalibrationAnswer = v.pipe(
  v.object(recalibrationEntries),
  v.description("What recalibrates the answering model from this symbol's own labels: docs/recalibration.md"),
);

export const RECALIBRATION_EXAMPLE = {
  state: "serving",
  slope: 0.91,
  level: -0.18,
  labels: 412033,
  e_value: 0.02,
  since: 1764118800000,
} as const;

const calibration = v.object({
  rows: count,
  spikes: count,
  brier: v.number(),
  brier_skill: nullableNumber,
  ece: v.number(),
});

const prior = v.object({
  slope: v.number(),
  level: v.number(),
  symbols: v.pipe(count, v.description("Other symbols that it is the mean of")),
  horizons: v.pipe(v.number(), v.description("Their weights together, in horizons of labels")),
  at: v.pipe(v.number(), v.description("When it was pooled, ms")),
});

/** Of one model in `/symbols/:symbol/quality`. */
export const modelRecalibrationSchema = v.object({
  model: modelName,
  ...recalibrationEntries,
  prior: v.pipe(
    v.nullable(prior),
    v.description("The line that it began with and is held near, from other symbols; null: it began with no change"),
  ),
  months: v.pipe(
    v.array(v.object({ month: v.string(), raw: calibration, recalibrated: calibration, served: calibration })),
    v.description(
      "Calendar months (UTC), the last 14: of the model's own scores, of the recalibrated ones, and of what was answered",
    ),
  ),
  changes: v.pipe(
    v.array(
      v.object({
        step: v.pipe(v.number(), v.description("Number of the first step that it holds for")),
        to: v.picklist(["serving", "undone"]),
        e_value: v.number(),
        mean_gain: v.pipe(v.number(), v.description("Mean Brier gain over the raw scores since the change before")),
        rows: count,
      }),
    ),
    v.description("What began or ceased to serve, the last 20"),
  ),
});
export type ModelRecalibration = v.InferOutput<typeof modelRecalibrationSchema>;
export type PriorAnswer = v.InferOutput<typeof prior>;
export type RecalibrationAnswer = v.InferOutput<typeof recalibrationAnswer>;
export type CalibrationAnswer = v.InferOutput<typeof calibration>;
