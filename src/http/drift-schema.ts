// GET /symbols/:symbol/drift: how far the newest windows are from the training data, and what the detectors found.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { count, flagInput, gridFields, nullableNumber, nullableString, time } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const judgement = v.picklist(["ok", "drift", "uncalibrated", "no_reference", "too_few_rows"]);
const windowLength = v.picklist(["1h", "24h"]);

const featureSchema = v.object({
  name: v.string(),
  wasserstein: v.pipe(nullableNumber, v.description("Normed Wasserstein distance; it decides")),
  psi: nullableNumber,
  ks: nullableNumber,
  jensen_shannon: nullableNumber,
  threshold: nullableNumber,
  drifted: v.pipe(v.nullable(v.boolean()), v.description("null: not counted")),
  presence: v.pipe(
    v.nullable(v.picklist(["vanished", "appeared"])),
    v.description("Whether its values are fewer, or more, than in training windows: then it drifted"),
  ),
  drifted_at_tenth: v.pipe(v.boolean(), v.description("What a fixed threshold of 0.1 would say; decides nothing")),
  missing_share: v.number(),
  reference_missing_share: v.number(),
  words: v.string(),
});

/** A closed window against the training data. */
const driftVerdictSchema = v.object({
  verdict: judgement,
  words: v.string(),
  reason: nullableString,
  from: time,
  to: time,
  rows: count,
  model_sha256: v.string(),
  drifted_share: nullableNumber,
  threshold: nullableNumber,
  largest_ratio: nullableNumber,
  largest_ratio_feature: nullableString,
  ratio_threshold: nullableNumber,
  alarmed_by: v.array(v.picklist(["share", "ratio", "presence"])),
  false_alarms: v.object({
    stated_rate: nullableNumber,
    highest_rate: v.pipe(
      nullableNumber,
      v.description("What the realised rate stays below with 95 % certainty, from so many training windows"),
    ),
    training_windows: count,
  }),
  customary: v.object({
    share_at_0_1: nullableNumber,
    verdicts: v.array(v.object({ words: v.string(), drift: v.nullable(v.boolean()) })),
  }),
  features: v.array(featureSchema),
});

const noWindowSchema = v.object({ verdict: v.literal("none"), reason: v.string(), features: v.array(featureSchema) });

export const windowVerdictSchema = v.union([driftVerdictSchema, noWindowSchema]);
export type WindowVerdict = v.InferOutput<typeof windowVerdictSchema>;

/** A verdict of the history. */
export const driftVerdictLineSchema = v.object({
  window: windowLength,
  to: time,
  verdict: judgement,
  drifted_share: nullableNumber,
  threshold: nullableNumber,
  largest_ratio: nullableNumber,
  ratio_threshold: nullableNumber,
});

const historyLineSchema = v.object({
  ...driftVerdictLineSchema.entries,
  ratios: v.optional(
    v.pipe(
      v.nullable(v.record(v.string(), nullableNumber)),
      v.description(
        "With `ratios=1`: each feature's distance over its own threshold, null without either; null for a window of an " +
          "older version, or of a model without a training distribution",
      ),
    ),
  ),
});

const symbolDriftSchema = v.object({
  symbol: v.string(),
  windows: v.object({ "1h": windowVerdictSchema, "24h": windowVerdictSchema }),
  history: v.pipe(v.array(historyLineSchema), v.description("The last 175 verdicts, oldest first")),
  concept: v.object({
    events: v.array(
      v.object({
        at: time,
        detector: v.picklist(["page-hinkley", "adwin"]),
        what: v.picklist(["error", "score"]),
        mean_before: v.number(),
        mean_after: v.number(),
      }),
    ),
    words: v.string(),
  }),
});
export type SymbolDriftAnswer = v.InferOutput<typeof symbolDriftSchema>;

const LINE = { drifted_share: 0.11, threshold: 0.33, largest_ratio: 1.42, ratio_threshold: 2.4 };

export const driftContract = contract({
  method: "get",
  path: "/symbols/:symbol/drift",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "Whether a symbol's inputs have drifted",
  description:
    "The newest closed windows of one hour and of one day against the champion's training data, feature by feature, with " +
    "the false-alarm rate that the verdict states; and what the detectors on its errors and scores found.",
  params: symbolParams,
  query: v.object({ ratios: flagInput, ...gridFields }),
  parameterExamples: { symbol: "BTC-USD", ratios: "0" },
  answer: {
    description: "The newest verdicts",
    schema: symbolDriftSchema,
    example: {
      symbol: "BTC-USD",
      windows: {
        "1h": {
          verdict: "ok",
          words: "No drift: 11.1 % of the features drifted, the limit is 33.3 %.",
          reason: null,
          from: "2025-12-05T23:00:00.000Z",
          to: "2025-12-06T00:00:00.000Z",
          rows: 360,
          model_sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
          ...LINE,
          largest_ratio_feature: "rv_10",
          alarmed_by: [],
          false_alarms: { stated_rate: 0.05, highest_rate: 0.069, training_windows: 412 },
          customary: {
            share_at_0_1: 0.2,
            verdicts: [{ words: "at least 50 % of the features at 0.1 or more", drift: false }],
          },
          features: [
            {
              name: "rv_10",
              wasserstein: 0.21,
              psi: 0.08,
              ks: 0.11,
              jensen_shannon: 0.06,
              threshold: 0.3,
              drifted: false,
              presence: null,
              drifted_at_tenth: true,
              missing_share: 0,
              reference_missing_share: 0.01,
              words: "within what training windows showed",
            },
          ],
        },
        "24h": {
          verdict: "none",
          reason: "no whole day of event time has been closed since the symbol was created",
          features: [],
        },
      },
      history: [{ window: "1h", to: "2025-12-06T00:00:00.000Z", verdict: "ok", ...LINE }],
      concept: { events: [], words: "no detector has fired on the champion's errors or scores" },
    },
  },
  errors: ["unknown_grid", "symbol_malformed", "ratios_malformed", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});
