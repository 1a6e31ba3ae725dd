// GET and POST /predict: the live prediction of symbols, and stateless scoring of rows.
import * as v from "valibot";
import { PREDICT_BODY } from "./body-limits.ts";
import { contract, type CodeOfFault } from "./contract.ts";
import {
  count,
  evidenceAnswer,
  gridFields,
  nullableNumber,
  nullableString,
  symbolName,
  venueInput,
} from "./field-schema.ts";
import { RECALIBRATION_EXAMPLE, recalibrationAnswer } from "./recalibration-schema.ts";
import { sigmaQuantilesSchema } from "./volatility-schema.ts";
import { legacyAnswerSchema, rowInput, rowsAnswerSchema, rowsInput } from "./rows-schema.ts";

/** Symbols of one `POST /predict` at most. */
const MAX_SYMBOLS = 100;

const probability = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));

/** The model that answered. */
export const predictingModelSchema = v.object({
  name: v.string(),
  version: v.string(),
  sha256: v.string(),
  evidence: evidenceAnswer,
});

/** The history that a symbol began with. */
export const warmEntries = {
  source: v.pipe(v.string(), v.description("`archive`, `ticks` for ticks of a request, or the venue's name")),
  steps: v.pipe(count, v.description("Steps that it closed; they are not counted for live quality")),
};

/** The last closed step of a symbol and what the models say of it. */
const closedStepSchema = v.object({
  prediction_id: v.pipe(
    nullableString,
    v.description("`<symbol>:<step>:<12 digits of the model's SHA-256>`; null without a probability"),
  ),
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  venue: v.optional(v.pipe(nullableString, v.description("In lower case; null for a symbol without one"))),
  ts: v.pipe(v.number(), v.integer(), v.description("End of the last closed step, ms since 1970 UTC")),
  horizon_s: v.number(),
  probability: v.pipe(probability, v.description("Calibrated probability that the horizon's volatility exceeds τ")),
  probability_raw: v.pipe(
    probability,
    v.description("The model's own, before it was recalibrated from this symbol's labels"),
  ),
  recalibration: recalibrationAnswer,
  threshold: v.pipe(nullableNumber, v.description("From which probability on `alert` is true")),
  threshold_source: v.pipe(
    v.nullable(v.picklist(["manifest", "operator", "followed"])),
    v.description("The model's own, an operator's choice, or one that follows the live labels; null without a model"),
  ),
  goal: v.pipe(nullableString, v.description("What the threshold is for, in words")),
  alert: v.pipe(
    v.nullable(v.boolean()),
    v.description("Whether the probability reaches the threshold; null without a probability and when `expired`"),
  ),
  sigma_bps: v.pipe(nullableNumber, v.description("Volatility to expect of the horizon")),
  sigma_quantiles_bps: v.pipe(
    v.nullable(sigmaQuantilesSchema),
    v.description(
      "Quantiles of that volatility, ascending: over time 10, 50 and 90 % of the horizons are at most so volatile. " +
        "Null with `sigma_quantiles_missing`",
    ),
  ),
  sigma_quantiles_missing: v.optional(v.pipe(v.string(), v.description("Without quantiles: why"))),
  tau_bps: v.pipe(nullableNumber, v.description("Threshold τ of a spike")),
  model: v.nullable(predictingModelSchema),
  variant: v.pipe(v.picklist(["champion", "challenger"]), v.description("Which of an experiment's models answered")),
  stand_in: v.pipe(
    v.boolean(),
    v.description("Whether the model serves in place of the one that the registry names: see `/health`"),
  ),
  baselines: v.pipe(
    v.object({
      zscore: probability,
      persistence: probability,
      "threshold-only": probability,
      reference: probability,
    }),
    v.description("`reference` is the strongest of them by the champion's training rows"),
  ),
  age_ms: v.pipe(v.number(), v.integer(), v.description("Age of the step at the moment of the answer, from 0")),
  stale: v.pipe(
    v.boolean(),
    v.description(
      "Whether the step was closed long after its end, or is older than A (10 s at steps of 1 s) plus a step",
    ),
  ),
  expired: v.pipe(v.boolean(), v.description("Whether the horizon is over: the forecast is of the past")),
  warming_up: v.pipe(v.boolean(), v.description("Whether only more ticks are needed; not with `flat_threshold`")),
  warm: v.pipe(
    v.nullable(v.object(warmEntries)),
    v.description("The history that the symbol began with, before its first live tick; null without one"),
  ),
  missing: v.optional(
    v.pipe(v.array(v.string()), v.description("Without a probability: what is not there yet, with figures")),
  ),
  code: v.optional(
    v.pipe(
      v.picklist(["too_sparse", "flat_threshold"]),
      v.description(
        "`too_sparse`: ticks came in less than half of the steps. `flat_threshold`: τ would be at most ε, because the " +
          "price hardly ever moves within a horizon",
      ),
    ),
  ),
  observed_share: v.optional(v.number()),
  smallest_step_s: v.optional(v.pipe(v.number(), v.description("The smallest step that would do, 0 for none"))),
});

/** A symbol that has received ticks and closed no step. */
const noStepSchema = v.object({
  symbol: v.string(),
  venue: v.optional(nullableString),
  probability: v.null(),
  warming_up: v.literal(true),
  missing: v.array(v.string()),
});

export const predictionSchema = v.union([closedStepSchema, noStepSchema]);
export type PredictionAnswer = v.InferOutput<typeof predictionSchema>;

/** A symbol without a prediction; the others of the request have theirs. */
const noPredictionSchema = v.object({
  symbol: v.string(),
  code: v.picklist(["unknown_symbol", "unknown_grid", "symbol_timeout", "symbol_failed", "directory_unavailable"]),
  error: v.string(),
});

const predictionsSchema = v.object({ predictions: v.array(v.union([predictionSchema, noPredictionSchema])) });
export type PredictionsAnswer = v.InferOutput<typeof predictionsSchema>;

const EXAMPLE = {
  prediction_id: "BTC-USD:1764979200:3f1c0a9be27d",
  symbol: "BTC-USD",
  venue: null,
  ts: 1764979201000,
  horizon_s: 60,
  probability: 0.0713,
  probability_raw: 0.0937,
  recalibration: RECALIBRATION_EXAMPLE,
  threshold: 0.2416,
  threshold_source: "manifest" as const,
  goal: "max F1",
  alert: false,
  sigma_bps: 4.82,
  sigma_quantiles_bps: { "0.1": 2.93, "0.5": 4.41, "0.9": 7.02 },
  tau_bps: 7.95,
  model: {
    name: "logistic",
    version: "2025.11",
    sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
    evidence: "recorded",
  },
  variant: "champion",
  stand_in: false,
  baselines: { zscore: 0.0911, persistence: 0.0852, "threshold-only": 0.1, reference: 0.0852 },
  age_ms: 412,
  stale: false,
  expired: false,
  warming_up: false,
  warm: null,
};

export const predictContract = contract({
  method: "get",
  path: "/predict",
  tag: "Predictions",
  token: "READ_TOKEN",
  summary: "The live prediction of a symbol",
  description:
    "Answered by the isolate for 250 ms, then by the symbol's object again. When the ticks stop, the last prediction is " +
    "`stale` after A plus a step (11 s at steps of 1 s), and `expired` with `alert` null when its horizon is over. Both " +
    "compare the wall clock with the ticks' own time: predictions of replayed recordings are expired.",
  query: v.object({ symbol: symbolName, venue: v.optional(venueInput), ...gridFields }),
  parameterExamples: { symbol: "BTC-USD" },
  answer: { description: "The last closed step", schema: predictionSchema, example: EXAMPLE },
  errors: ["symbol_malformed", "venue_malformed", "unknown_grid", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});

const EXPECTED_SYMBOLS = `a list of at most ${MAX_SYMBOLS}`;

export const predictManyContract = contract({
  method: "post",
  path: "/predict",
  tag: "Predictions",
  token: "READ_TOKEN",
  summary: "Predictions of several symbols, or scores of rows",
  description:
    "With `symbols`: their live predictions, in order. With `rows`: stateless scores of the row `peer-10`, by the model " +
    "that holds the alias `rows`. Exactly one of the two. A row needs `log_return_300s`, `realized_volatility_300s` and " +
    "`trade_intensity_300s`, by these names or as `ret_mean`, `ret_std` and `n`; what else is missing is imputed.",
  body: {
    schema: v.object({
      symbols: v.optional(
        // The length first: a long list must not be checked entry by entry.
        v.pipe(v.array(v.unknown(), EXPECTED_SYMBOLS), v.maxLength(MAX_SYMBOLS, EXPECTED_SYMBOLS), v.array(symbolName)),
      ),
      rows: v.optional(rowsInput),
      ...gridFields,
    }),
    description: "Either `symbols` or `rows`",
    limits: PREDICT_BODY,
    example: { symbols: ["BTC-USD", "NOBODY"] },
  },
  answer: {
    description: "Predictions for `symbols`, scores for `rows`",
    schema: v.union([predictionsSchema, rowsAnswerSchema]),
    example: {
      predictions: [
        EXAMPLE,
        { symbol: "NOBODY", code: "unknown_symbol", error: "symbol: got NOBODY, which has received no tick" },
      ],
    },
  },
  errors: [
    "symbols_or_rows",
    "symbols_malformed",
    "unknown_grid",
    "symbol_malformed",
    "rows_malformed",
    "too_many_rows",
    "row_malformed",
    "row_incomplete",
    "rows_out_of_range",
    "no_model",
  ],
  codeOfFault: codeOfPredictFault,
});

export const predictLegacyContract = contract({
  method: "post",
  path: "/predict/legacy",
  tag: "Predictions",
  summary: "The score of one row, for clients of the service before",
  description: "A stateless score of the row `peer-10`, like one row of `POST /predict`.",
  body: {
    schema: v.object({ features: rowInput }),
    description: "One row",
    example: { features: { ret_mean: 0.05, ret_std: 0.01, n: 50 } },
  },
  answer: {
    description: "The score",
    schema: legacyAnswerSchema,
    example: {
      prediction: 0,
      probability: 0.1183,
      alert: false,
      inference_time_ms: 0.4,
      model_version: "2025.11",
    },
  },
  errors: ["features_malformed", "row_malformed", "row_incomplete", "rows_out_of_range", "no_model"],
  codeOfFault: ({ path, got }) => (path.length < 2 ? "features_malformed" : codeOfField(got)),
});

/** A fault in a list's entry has the entry's code. */
function codeOfPredictFault({ path, got }: Parameters<CodeOfFault>[0]): ReturnType<CodeOfFault> {
  const [list, index, field] = path;
  if (list === "grid" || list === "horizon") return "unknown_grid";
  if (list === "symbols" && index !== undefined) return "symbol_malformed";
  if (list !== "rows") return undefined;
  if (index === undefined) return got.endsWith(" entries") ? "too_many_rows" : "rows_malformed";
  return field === undefined ? "row_malformed" : codeOfField(got);
}

function codeOfField(got: string): "row_incomplete" | "row_malformed" {
  return got === "nothing" || got === "null" ? "row_incomplete" : "row_malformed";
}
