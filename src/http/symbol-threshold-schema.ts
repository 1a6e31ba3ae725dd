// GET /symbols/:symbol/threshold: from which probability a symbol's models alert, and what that reached.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { count, gridQuery, nullableNumber, time } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const reachedSchema = v.object({
  tp: count,
  fp: count,
  fn: count,
  tn: count,
  precision: v.pipe(nullableNumber, v.description("Null without an alert")),
  recall: v.pipe(nullableNumber, v.description("Null without a spike")),
  alert_rate: v.pipe(nullableNumber, v.description("Share of the labelled steps that alerted")),
});

const windowSchema = v.object({
  from: v.pipe(time, v.description("Begin of the first block of six hours; `at_threshold` has the window itself")),
  as_served: v.pipe(reachedSchema, v.description("By the alerts that were given, each at the threshold of its time")),
  stated: v.pipe(reachedSchema, v.description("By the manifest's or an operator's threshold of that time")),
  followed: v.pipe(reachedSchema, v.description("By the threshold that follows, as of that time")),
  at_threshold: v.pipe(
    v.nullable(reachedSchema),
    v.description("As if `threshold` had been in force all the time, as `/quality` counts"),
  ),
});

const changeSchema = v.object({
  at: v.pipe(time, v.description("End of the first step under the new threshold")),
  from: v.number(),
  to: v.number(),
  reached: v.pipe(v.boolean(), v.description("Whether the remembered labels reach the goal within the bounds")),
  rows: v.pipe(v.number(), v.description("Remembered labels; they decay, so that counts are no whole numbers")),
  positives: v.number(),
  alerts: v.pipe(v.number(), v.description("At the new threshold")),
  true_positives: v.number(),
  stretches: v.number(),
});

const followedSchema = v.object({
  threshold: v.number(),
  lowest: v.number(),
  highest: v.pipe(v.number(), v.description("It never leaves these bounds about the manifest's")),
  stretches_since: v.pipe(count, v.description("Stretches with a spike since the last change; it needs 60")),
  change_count: count,
  changes: v.pipe(v.array(changeSchema), v.description("The last 50, the oldest first")),
  windows: v.object({ "24h": windowSchema, "30d": windowSchema }),
});

const aliasSchema = v.object({
  alias: v.picklist(["champion", "challenger"]),
  model: v.object({ name: v.string(), version: v.string(), sha256: v.string() }),
  threshold: v.pipe(v.number(), v.description("By which it alerts now")),
  source: v.picklist(["manifest", "operator", "followed"]),
  goal: v.string(),
  manifest_threshold: v.number(),
  followed: v.pipe(
    v.nullable(followedSchema),
    v.description("Also where it is not served; null where it is off, or the manifest's goal cannot be followed"),
  ),
});

const symbolThresholdSchema = v.object({
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  mode: v.pipe(v.picklist(["shadow", "on", "off"]), v.description("`THRESHOLD_FOLLOWS`")),
  models: v.array(aliasSchema),
});
export type SymbolThresholdAnswer = v.InferOutput<typeof symbolThresholdSchema>;

const REACHED = { tp: 812, fp: 1204, fn: 205, tn: 83120, precision: 0.4028, recall: 0.7984, alert_rate: 0.0236 };
const WINDOW = {
  from: "2025-12-05T00:00:00.000Z",
  as_served: REACHED,
  stated: REACHED,
  followed: REACHED,
  at_threshold: REACHED,
};

export const symbolThresholdContract = contract({
  method: "get",
  path: "/symbols/:symbol/threshold",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "From which probability a symbol's models alert",
  description:
    "Where the threshold comes from, how it followed the live labels, and what was reached: by the alerts that were " +
    "really given, and by those that either threshold would have given. A change is a fact of the symbol's ticks alone.",
  params: symbolParams,
  query: gridQuery,
  parameterExamples: { symbol: "BTC-USD" },
  answer: {
    description: "The thresholds of champion and challenger",
    schema: symbolThresholdSchema,
    example: {
      symbol: "BTC-USD",
      mode: "shadow",
      models: [
        {
          alias: "champion",
          model: {
            name: "logistic",
            version: "2025.11",
            sha256: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
          },
          threshold: 0.1127,
          source: "manifest",
          goal: "recall at least 0.8",
          manifest_threshold: 0.1127,
          followed: {
            threshold: 0.0984,
            lowest: 0.0064,
            highest: 0.7166,
            stretches_since: 12,
            change_count: 1,
            changes: [
              {
                at: "2025-12-05T18:00:01.000Z",
                from: 0.1127,
                to: 0.0984,
                reached: true,
                rows: 171204.3,
                positives: 2034.1,
                alerts: 4961.7,
                true_positives: 1631.2,
                stretches: 91.6,
              },
            ],
            windows: { "24h": WINDOW, "30d": WINDOW },
          },
        },
      ],
    },
  },
  errors: ["unknown_grid", "symbol_malformed", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});
