// GET /symbols and /symbols/:symbol: the directory, and what a symbol's object knows of itself.
import * as v from "valibot";
import { labelSpecSchema } from "../features/label-spec.ts";
import { contract } from "./contract.ts";
import { predictingModelSchema, warmEntries } from "./predict-schema.ts";
import { gridQuery, count, nullableNumber, nullableString, symbolInput, timeMs } from "./field-schema.ts";

export const symbolParams = v.object({ symbol: symbolInput });

const symbolListSchema = v.object({
  count,
  symbols: v.array(v.string()),
  unread_buckets: v.pipe(
    count,
    v.description("Parts of the directory, of 16, that do not answer; their newer symbols are missing here"),
  ),
});

/** A symbol's history in full. */
export const warmthSchema = v.object({
  ...warmEntries,
  ticks: v.pipe(count, v.description("Ticks of it that count")),
  from_ms: v.pipe(timeMs, v.description("Event time of its first tick")),
  to_ms: v.pipe(timeMs, v.description("Event time of its last tick")),
});

export const symbolStateSchema = v.object({
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  venue: v.pipe(nullableString, v.description("In lower case; null for a symbol without one")),
  step_ms: count,
  max_age_ms: v.pipe(count, v.description("A step is observed when its newest tick is at most this old at its end")),
  gap_steps: v.pipe(count, v.description("More steps than this without a tick start a new segment")),
  source: v.picklist(["last", "mid"]),
  labels: v.array(labelSpecSchema),
  ticks: v.object({ accepted: count, duplicate: count, late: count, outlier: count, price_outlier: count }),
  redelivered_ticks: count,
  receipt_timed_ticks: v.pipe(
    count,
    v.description("Ticks without a time of their own, given that of their receipt; since the object was loaded"),
  ),
  holding: v.pipe(v.boolean(), v.description("Whether a tick waits for the next one to agree with it")),
  batches: count,
  steps_closed: count,
  watermark_ms: v.pipe(v.nullable(timeMs), v.description("Event time of the newest applied tick")),
  price: nullableNumber,
  rv_60_bps: nullableNumber,
  spread_bps: nullableNumber,
  observed_share: nullableNumber,
  threshold_values: v.object({ have: count, need: count }),
  prediction_id: nullableString,
  probability: nullableNumber,
  model: v.pipe(v.nullable(predictingModelSchema), v.description("As in `/predict`")),
  tau_bps: nullableNumber,
  missing: v.pipe(v.array(v.string()), v.description("Why there is no probability; empty when there is one")),
  recovery: v.object({
    how: v.picklist(["new", "snapshot", "rebuilt"]),
    replayed_batches: count,
    damaged_batches: count,
    reason: nullableString,
  }),
  warm: v.pipe(
    v.nullable(warmthSchema),
    v.description("The history that it began with, before its first live tick; null without one"),
  ),
  storage_bytes: count,
  scoring_errors: count,
});
export type SymbolState = v.InferOutput<typeof symbolStateSchema>;

export const symbolListContract = contract({
  method: "get",
  path: "/symbols",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "Every symbol that has received a tick",
  answer: {
    description: "The directory",
    schema: symbolListSchema,
    example: { count: 2, symbols: ["BTC-USD", "ETH-USD"], unread_buckets: 0 },
  },
  errors: [],
});

export const symbolStateContract = contract({
  method: "get",
  path: "/symbols/:symbol",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "The state of a symbol",
  params: symbolParams,
  query: gridQuery,
  parameterExamples: { symbol: "BTC-USD" },
  answer: {
    description: "What its object knows of itself",
    schema: symbolStateSchema,
    example: {
      symbol: "BTC-USD",
      venue: null,
      step_ms: 1000,
      max_age_ms: 10_000,
      gap_steps: 300,
      source: "last",
      labels: [
        {
          kind: "trailing-quantile",
          source: "last",
          measure: "rv",
          horizonSteps: 60,
          windowSteps: 3600,
          minCount: 900,
          quantile: 0.9,
        },
      ],
      ticks: { accepted: 25_106, duplicate: 12, late: 3, outlier: 0, price_outlier: 0 },
      redelivered_ticks: 0,
      receipt_timed_ticks: 0,
      holding: false,
      batches: 502,
      steps_closed: 6280,
      watermark_ms: 1764979201137,
      price: 89412.5,
      rv_60_bps: 5.13,
      spread_bps: 0.022,
      observed_share: 0.998,
      threshold_values: { have: 3600, need: 900 },
      prediction_id: "BTC-USD:1764979200:3f1c0a9be27d",
      probability: 0.0713,
      model: {
        name: "logistic",
        version: "2025.11",
        sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
        evidence: "recorded",
      },
      tau_bps: 7.95,
      missing: [],
      recovery: { how: "snapshot", replayed_batches: 4, damaged_batches: 0, reason: null },
      warm: { source: "coinbase", steps: 1439, ticks: 5760, from_ms: 1764892740000, to_ms: 1764979139999 },
      storage_bytes: 2_318_336,
      scoring_errors: 0,
    },
  },
  errors: ["unknown_grid", "symbol_malformed", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});
