// GET /symbols/:symbol/explanation: what a prediction rests on.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { gridQuery, missing, nullableNumber, nullableString, timeMs } from "./field-schema.ts";
import { predictingModelSchema } from "./predict-schema.ts";
import { RECALIBRATION_EXAMPLE, recalibrationAnswer } from "./recalibration-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

/** How contributions are computed. */
export const EXPLANATION_METHOD = "one_at_median";

const symbolExplanationSchema = v.object({
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  ts: v.pipe(v.nullable(timeMs), v.description("End of the last closed step")),
  prediction_id: nullableString,
  probability: nullableNumber,
  probability_raw: v.pipe(nullableNumber, v.description("The model's own, which the features explain")),
  recalibration: v.pipe(
    v.nullable(recalibrationAnswer),
    v.description("The last step, from `probability_raw` to `probability`; null before the first closed step"),
  ),
  threshold: nullableNumber,
  model: v.pipe(v.nullable(predictingModelSchema), v.description("As in `/predict`")),
  method: v.pipe(
    v.literal(EXPLANATION_METHOD),
    v.description("Each feature by itself at its median of the training rows, all others as they are"),
  ),
  features: v.pipe(
    v.array(
      v.object({
        name: v.string(),
        value: v.pipe(nullableNumber, v.description("Null for one that the row lacks: the model imputes it")),
        reference: v.pipe(nullableNumber, v.description("Its median in training")),
        contribution: v.pipe(
          nullableNumber,
          v.description(
            "Log-odds of the row less those with this feature at `reference`: above 0 its value makes a spike " +
              "likelier. They do not add up to the log-odds: features go together",
          ),
        ),
      }),
    ),
    v.description("The largest contribution first"),
  ),
  missing,
});

export const explanationContract = contract({
  method: "get",
  path: "/symbols/:symbol/explanation",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "What a symbol's live prediction rests on",
  description:
    "The features of the last closed step, and what each does to the probability of the model that answered, before it " +
    "is recalibrated. It works for every model; one without a distribution of its training rows gives values alone.",
  params: symbolParams,
  query: gridQuery,
  parameterExamples: { symbol: "BTC-USD" },
  answer: {
    description: "The features by contribution",
    schema: symbolExplanationSchema,
    example: {
      symbol: "BTC-USD",
      ts: 1764979200000,
      prediction_id: "BTC-USD:1764979199:3f1c0a9be27d",
      probability: 0.0713,
      probability_raw: 0.0937,
      recalibration: RECALIBRATION_EXAMPLE,
      threshold: 0.2416,
      model: {
        name: "logistic",
        version: "2025.11",
        sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
        evidence: "recorded",
      },
      method: EXPLANATION_METHOD,
      features: [
        { name: "rv_60_over_tau", value: -0.91, reference: -0.44, contribution: -0.62 },
        { name: "imbalance_distance_60", value: 0.08, reference: 0.05, contribution: 0.02 },
      ],
      missing: [],
    },
  },
  errors: ["unknown_grid", "symbol_malformed", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});
