// GET /symbols/:symbol/alerts: why an alert fires, or why none does.
import * as v from "valibot";
import { ALERT_RULES, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { contract } from "./contract.ts";
import { count, nullableNumber, time } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

/** Where one rule stands. */
const ruleStatusSchema = v.object({
  rule: v.picklist(ALERT_RULES),
  state: v.pipe(
    v.picklist(["firing", "pending", "quiet", "unknown", "off"]),
    v.description(
      "`pending`: bad, but not yet confirmed or still cooling down; `quiet` covers what is merely uncertain too; " +
        "`unknown`: the figures do not suffice; `off`: switched off by the deployment",
    ),
  ),
  severity: v.picklist(SEVERITIES),
  summary: v.string(),
  value: v.pipe(nullableNumber, v.description("The figure that is judged, in the rule's own unit")),
  fire_at: nullableNumber,
  resolve_at: nullableNumber,
  figures: v.record(v.string(), v.nullable(v.union([v.number(), v.string()]))),
  samples: v.array(v.object({ what: v.string(), have: v.number(), need: v.number() })),
  confirmations: v.pipe(v.object({ have: count, need: count }), v.description("Looks in a row that confirm a change")),
  since: v.pipe(v.nullable(time), v.description("When the condition was first seen")),
  cool_down_until: v.pipe(v.nullable(time), v.description("Until when it does not fire again after its last end")),
  missing: v.pipe(
    v.array(v.string()),
    v.description("What is missing for the alert to begin or, while it fires, to end"),
  ),
});
export type RuleStatusAnswer = v.InferOutput<typeof ruleStatusSchema>;

const symbolAlertsSchema = v.object({ symbol: v.string(), firing: count, rules: v.array(ruleStatusSchema) });

export const symbolAlertsContract = contract({
  method: "get",
  path: "/symbols/:symbol/alerts",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "Where every alert rule stands",
  description: "Says why an alert fires, or what is missing for one to fire. Asking counts nothing.",
  params: symbolParams,
  parameterExamples: { symbol: "BTC-USD" },
  answer: {
    schema: symbolAlertsSchema,
    description: "Every rule that is judged for a symbol",
    example: {
      symbol: "BTC-USD",
      firing: 0,
      rules: [
        {
          rule: "calibration",
          state: "quiet",
          severity: "warning",
          summary: "realised minus expected share of spikes is 0.002",
          value: 0.002,
          fire_at: 0.02,
          resolve_at: 0.01,
          figures: { difference: 0.002 },
          samples: [{ what: "resolved steps", have: 80_000, need: 3_600 }],
          confirmations: { have: 0, need: 3 },
          since: null,
          cool_down_until: null,
          missing: ["condition: the difference is 0.002, it must be above 0.02"],
        },
      ],
    },
  },
  errors: ["symbol_malformed", "unknown_symbol", "symbol_timeout"],
});
