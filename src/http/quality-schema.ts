// GET /symbols/:symbol/quality: how good every served model is on a symbol now.
import * as v from "valibot";
import { contract } from "./contract.ts";
import type { figure } from "./field-schema.ts";
import {
  confusion,
  count,
  flagInput,
  gridFields,
  missing,
  nullableBounds,
  nullableFigure,
  nullableNumber,
  nullableString,
  time,
  WINDOW_NAMES,
  windowInput,
} from "./field-schema.ts";
import { modelName } from "./model-name-schema.ts";
import { modelRecalibrationSchema, RECALIBRATION_EXAMPLE } from "./recalibration-schema.ts";
import { symbolParams } from "./symbols-schema.ts";
import { volatilitySchema } from "./volatility-schema.ts";

const expected = v.object({
  base_rate: nullableNumber,
  precision: nullableNumber,
  recall: nullableNumber,
  pr_auc: nullableNumber,
  brier: nullableNumber,
});

const reliabilityBin = v.object({
  from: v.number(),
  to: v.number(),
  count,
  mean_probability: nullableNumber,
  spike_share: nullableNumber,
});

const curvePoint = { low: nullableNumber, high: nullableNumber };

const curvesSchema = v.object({
  precision_recall: v.pipe(
    v.array(v.object({ recall: v.number(), precision: v.number(), ...curvePoint, probability: v.number() })),
    v.description(
      "Steps: `precision` is the mean over the spikes found between the recall before and this one, so that the mean of " +
        "all is PR-AUC; `probability` is the score from which on they are found. Empty unless there are spikes and calm steps",
    ),
  ),
  reliability: v.array(v.object({ ...reliabilityBin.entries, ...curvePoint })),
});

/** One model's figures; those with an interval are `null` below two blocks. */
export const modelQualitySchema = v.object({
  model: modelName,
  followed: v.pipe(v.boolean(), v.description("Whether it scores new steps")),
  threshold: v.number(),
  resolved: count,
  pending: count,
  void: v.pipe(count, v.description("Steps without a label: their horizon had too many holes")),
  episodes: count,
  blocks: count,
  base_rate: nullableNumber,
  pr_auc: nullableFigure,
  pr_auc_bounds: nullableBounds,
  lift: nullableFigure,
  roc_auc: nullableFigure,
  brier: nullableFigure,
  brier_skill: nullableFigure,
  log_loss: nullableFigure,
  ece: nullableFigure,
  confusion,
  precision: nullableNumber,
  recall: nullableNumber,
  f1: nullableNumber,
  expected: v.pipe(expected, v.description("What calibrated scores promise, before any label")),
  realised_minus_expected: v.object({ base_rate: nullableFigure, brier: nullableFigure }),
  reliability: v.array(reliabilityBin),
  curves: v.optional(
    v.pipe(
      v.nullable(curvesSchema),
      v.description("With `curves=1`: each point with its own 95 % interval; null below two blocks"),
    ),
  ),
  first_alert_bin: v.optional(v.pipe(v.number(), v.integer(), v.description("With `bins=1`"))),
  counts: v.optional(
    v.pipe(v.object({ calm: v.array(v.number()), spike: v.array(v.number()) }), v.description("With `bins=1`")),
  ),
  missing,
});
export type ModelQuality = v.InferOutput<typeof modelQualitySchema>;

export const labelQualitySchema = v.object({
  label: v.pipe(v.string(), v.description("What the models predict, as one line")),
  horizon_steps: count,
  scored_steps: count,
  pending: count,
  void: count,
  resolved: count,
  spikes: count,
  base_rate: nullableNumber,
  episodes: count,
  blocks: count,
  tau_bps_mean: nullableNumber,
  models: v.array(modelQualitySchema),
});
export type LabelQualityAnswer = v.InferOutput<typeof labelQualitySchema>;

export const pairQualitySchema = v.object({
  reference: modelName,
  model: modelName,
  blocks: count,
  brier_gain: v.pipe(nullableFigure, v.description("Above 0: `model` is better")),
  pr_auc_gain: nullableFigure,
  reason: nullableString,
});

export type PairAnswer = v.InferOutput<typeof pairQualitySchema>;

const feedback = v.object({
  model: modelName,
  labels: count,
  spikes: count,
  confusion: v.nullable(confusion),
  pr_auc: nullableNumber,
  pr_auc_bounds: nullableBounds,
  reason: nullableString,
});

export const symbolQualitySchema = v.object({
  symbol: v.string(),
  window: v.picklist(WINDOW_NAMES),
  from: v.nullable(time),
  to: v.nullable(time),
  step_ms: count,
  block_steps: count,
  interval: v.pipe(v.string(), v.description("How intervals are made")),
  tau_bps: nullableNumber,
  labels: v.array(labelQualitySchema),
  pairs: v.array(pairQualitySchema),
  volatility: v.pipe(
    v.array(volatilitySchema),
    v.description(
      "Forecasts of the horizon's volatility, by models that give one: QLIKE against EWMA and HAR, and the quantiles' " +
        "coverage. Labels count in the block in which they arrive, one horizon after their step",
    ),
  ),
  experiment: v.string(),
  histories: v.pipe(
    v.object({ kept: count, most: count, next_dropped: v.array(modelName) }),
    v.description(
      "Models with figures here; those of `next_dropped` go, in this order, when a set of new models is promoted",
    ),
  ),
  recalibrations: v.pipe(
    v.array(modelRecalibrationSchema),
    v.description("What recalibrates each served model here; the figures of `labels` are of what was answered"),
  ),
  feedback: v.pipe(
    v.array(feedback),
    v.description("Labels from `POST /feedback`, never mixed with those of the ticks"),
  ),
  since_creation: v.object({
    resolved: count,
    voids: count,
    unresolved: count,
    uncounted: count,
    breaks: count,
    disordered: count,
  }),
  missing,
});
export type SymbolQualityAnswer = v.InferOutput<typeof symbolQualitySchema>;

const CHAMPION = {
  aliases: ["champion"],
  name: "logistic",
  version: "2025.11",
  sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
};
const NO_FIGURES = {
  pr_auc: null,
  pr_auc_bounds: null,
  lift: null,
  roc_auc: null,
  brier: null,
  brier_skill: null,
  log_loss: null,
  ece: null,
};
const GAIN = { value: 0.0021, low: 0.0008, high: 0.0034 } satisfies v.InferOutput<typeof figure>;

export const qualityContract = contract({
  method: "get",
  path: "/symbols/:symbol/quality",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "How good the models are on a symbol",
  description:
    "Champion, challenger and baselines over one window, each figure with its interval and what it stands on, and paired " +
    "gains. A figure that does not exist is null, and `missing` says why.",
  params: symbolParams,
  query: v.object({ window: windowInput, bins: flagInput, curves: flagInput, ...gridFields }),
  parameterExamples: { symbol: "BTC-USD", window: "24h", bins: "0", curves: "0" },
  answer: {
    description: "The window's figures",
    schema: symbolQualitySchema,
    example: {
      symbol: "BTC-USD",
      window: "24h",
      from: "2025-12-05T00:00:00.000Z",
      to: "2025-12-06T00:00:01.000Z",
      step_ms: 1000,
      block_steps: 900,
      interval: "95 %, Student's t on a jackknife over groups of blocks",
      tau_bps: 7.95,
      labels: [
        {
          label: "trailing-quantile source=last measure=rv horizon=60 window=3600 min=900 quantile=0.9",
          horizon_steps: 60,
          scored_steps: 860,
          pending: 60,
          void: 0,
          resolved: 800,
          spikes: 91,
          base_rate: 0.11375,
          episodes: 3,
          blocks: 1,
          tau_bps_mean: 7.81,
          models: [
            {
              model: CHAMPION,
              followed: true,
              threshold: 0.2416,
              resolved: 800,
              pending: 60,
              void: 0,
              episodes: 3,
              blocks: 1,
              base_rate: 0.11375,
              ...NO_FIGURES,
              confusion: { tp: 40, fp: 22, fn: 51, tn: 687 },
              precision: 0.6452,
              recall: 0.4396,
              f1: 0.5229,
              expected: { base_rate: 0.108, precision: 0.51, recall: 0.38, pr_auc: 0.41, brier: 0.079 },
              realised_minus_expected: { base_rate: null, brier: null },
              reliability: [{ from: 0, to: 0.1, count: 610, mean_probability: 0.041, spike_share: 0.039 }],
              missing: ["figures with an interval: 1 block with resolved steps, at least 2 are needed"],
            },
          ],
        },
      ],
      pairs: [
        {
          reference: { aliases: ["reference"], name: "har", version: "2025.11", sha256: "9ad1…" },
          model: CHAMPION,
          blocks: 96,
          brier_gain: GAIN,
          pr_auc_gain: null,
          reason: null,
        },
      ],
      volatility: [
        {
          model: CHAMPION,
          labels: 799,
          qlike: 0.312,
          compared: { labels: 799, qlike: 0.312, ewma: 0.371, har: 0.324 },
          quantile_labels: 799,
          corrected: {
            coverage: { "0.1": 0.098, "0.5": 0.503, "0.9": 0.901 },
            inside_interval: 0.803,
            pinball: { "0.1": 0.073, "0.5": 0.184, "0.9": 0.087 },
            width: 1.18,
          },
          uncorrected: {
            coverage: { "0.1": 0.124, "0.5": 0.521, "0.9": 0.882 },
            inside_interval: 0.758,
            pinball: { "0.1": 0.075, "0.5": 0.185, "0.9": 0.089 },
            width: 1.06,
          },
          missing: null,
        },
      ],
      experiment: "no_pair: there is no challenger",
      histories: { kept: 4, most: 16, next_dropped: [] },
      recalibrations: [{ model: CHAMPION, ...RECALIBRATION_EXAMPLE, prior: null, months: [], changes: [] }],
      feedback: [],
      since_creation: { resolved: 800, voids: 0, unresolved: 0, uncounted: 4, breaks: 1, disordered: 0 },
      missing: [],
    },
  },
  errors: [
    "unknown_grid",
    "symbol_malformed",
    "window_malformed",
    "bins_malformed",
    "curves_malformed",
    "unknown_symbol",
    "symbol_timeout",
    "symbol_failed",
  ],
});
