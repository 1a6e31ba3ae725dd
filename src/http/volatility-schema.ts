// Figures of the forecasts of the horizon's volatility, as answers show them.
import * as v from "valibot";
import { count, nullableNumber, nullableString } from "./field-schema.ts";

const byLevel = v.object({ "0.1": v.number(), "0.5": v.number(), "0.9": v.number() });

/** The quantiles of a forecast, and figures by their level. */
export const sigmaQuantilesSchema = byLevel;
export type ByLevel = v.InferOutput<typeof byLevel>;

const quantileFigures = v.object({
  coverage: v.pipe(
    byLevel,
    v.description("Share of the horizons that were at most so volatile, by the quantile's level"),
  ),
  inside_interval: v.pipe(v.number(), v.description("Share between the quantiles 0.1 and 0.9, of which 0.8 is stated")),
  pinball: v.pipe(byLevel, v.description("Mean pinball loss of ln σ")),
  width: v.pipe(v.number(), v.description("Mean of ln(quantile 0.9 ÷ quantile 0.1)")),
});

export const volatilitySchema = v.object({
  model: v.object({
    aliases: v.array(v.string()),
    name: nullableString,
    version: nullableString,
    sha256: v.string(),
  }),
  labels: v.pipe(count, v.description("Horizons that ended in the window, of steps that the model forecast")),
  qlike: v.pipe(nullableNumber, v.description("Mean QLIKE of the variance; lower is better")),
  compared: v.pipe(
    v.nullable(v.object({ labels: count, qlike: v.number(), ewma: v.number(), har: v.number() })),
    v.description("QLIKE of the model, EWMA and HAR on the same horizons; null until both have labels enough"),
  ),
  quantile_labels: v.pipe(count, v.description("Those whose steps were answered with quantiles")),
  corrected: v.pipe(v.nullable(quantileFigures), v.description("The quantiles that were answered")),
  uncorrected: v.pipe(
    v.nullable(quantileFigures),
    v.description("The same forecast with the offsets of its training, or of its first labels, never changed"),
  ),
  missing: v.pipe(nullableString, v.description("Why no quantiles are answered yet")),
});
export type VolatilityAnswer = v.InferOutput<typeof volatilitySchema>;
