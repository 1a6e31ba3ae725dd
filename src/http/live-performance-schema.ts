// GET /metrics/live-performance: the champion's live quality over all symbols, under the names that clients of the
// service before this one read.
import * as v from "valibot";
import { contract } from "./contract.ts";
import {
  gridFields,
  count,
  nullableBounds,
  nullableFigure,
  nullableNumber,
  nullableString,
  symbolInput,
  time,
  WINDOW_NAMES,
  windowInput,
} from "./field-schema.ts";

const symbolPerformanceSchema = v.union([
  v.object({
    symbol: v.string(),
    included: v.boolean(),
    reason: v.pipe(nullableString, v.description("Why the symbol is left out")),
    sample_count: count,
    pending: count,
    void: count,
    base_rate: nullableNumber,
    episodes: count,
    blocks: count,
    tau_bps_mean: nullableNumber,
    pr_auc: nullableNumber,
    lift: nullableNumber,
    brier: nullableNumber,
    ece: nullableNumber,
    missing: v.pipe(nullableString, v.description("Why figures of its own are null")),
  }),
  v.object({ symbol: v.string(), included: v.literal(false), reason: nullableString }),
]);
export type SymbolPerformance = v.InferOutput<typeof symbolPerformanceSchema>;

const baseEntries = {
  time_window_hours: v.number(),
  window: v.picklist(WINDOW_NAMES),
  model_version: nullableString,
  model_sha256: nullableString,
  timestamp: time,
  pooling: v.pipe(v.string(), v.description("How figures of several symbols are added up")),
  symbols: v.array(symbolPerformanceSchema),
};

const pooledEntries = {
  metrics: v.object({
    pr_auc: nullableNumber,
    pr_auc_bounds: nullableBounds,
    precision: nullableNumber,
    recall: nullableNumber,
    f1_score: nullableNumber,
    true_positives: count,
    false_positives: count,
    true_negatives: count,
    false_negatives: count,
    lift: nullableNumber,
    roc_auc: nullableNumber,
    brier: v.number(),
    ece: v.number(),
  }),
  confusion_matrix: v.pipe(v.array(v.array(count)), v.description("[[tn, fp], [fn, tp]]")),
  sample_count: count,
  positive_samples: count,
  negative_samples: count,
  spike_rate: v.number(),
  base_rate: v.number(),
  episodes: count,
  symbol_count: count,
  blocks: count,
  intervals: v.nullable(
    v.object({
      pr_auc: nullableFigure,
      lift: nullableFigure,
      roc_auc: nullableFigure,
      brier: nullableFigure,
      ece: nullableFigure,
    }),
  ),
  missing: v.array(v.string()),
};
export type PooledPerformanceAnswer = v.InferOutput<v.ObjectSchema<typeof pooledEntries, undefined>>;

const livePerformanceSchema = v.union([
  v.object({ status: v.literal("success"), ...pooledEntries, ...baseEntries }),
  v.object({ status: v.literal("no_data"), message: v.string(), sample_count: v.literal(0), ...baseEntries }),
]);

export const livePerformanceContract = contract({
  method: "get",
  path: "/metrics/live-performance",
  tag: "Operations",
  token: "READ_TOKEN",
  summary: "The champion's quality over all symbols",
  query: v.object({ window: windowInput, symbol: v.optional(symbolInput), ...gridFields }),
  parameterExamples: { window: "24h" },
  answer: {
    description: "The figures, or why there are none",
    schema: livePerformanceSchema,
    example: {
      status: "no_data",
      message: "No labelled predictions of the champion in the last 24 hour(s)",
      sample_count: 0,
      time_window_hours: 24,
      window: "24h",
      model_version: "2025.11",
      model_sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
      timestamp: "2025-12-06T00:00:01.412Z",
      pooling: "Counts of predictions and outcomes are summed over the symbols.",
      symbols: [{ symbol: "BTC-USD", included: false, reason: "no label has come yet" }],
    },
  },
  errors: ["unknown_grid", "window_malformed", "symbol_malformed", "unknown_symbol"],
});
