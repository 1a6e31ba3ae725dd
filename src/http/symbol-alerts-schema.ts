// GET /symbols/:symbol/alerts: why an alert fires, or why none does.
import * as v from "valibot";
import { ALERT_RULES, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { HOURS_FORM, MarketHours } from "../quality/alerts/market-hours.ts";
import { contract } from "./contract.ts";
import { booleanInput, count, nullableNumber, time } from "./field-schema.ts";
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

const MUTE_UNTIL = "a time like 2026-12-01T08:00:00Z, or null";
const HOURS = `${HOURS_FORM}, or null`;

const settingsSchema = v.object({
  mute: v.pipe(v.boolean(), v.description("Whether no alert of the symbol is judged")),
  mute_until: v.pipe(v.nullable(time), v.description("Until when no alert of the symbol is judged")),
  hours: v.pipe(
    v.nullable(v.string()),
    v.description("When its market trades, in UTC; outside of them its silence is no fault. `null`: always"),
  ),
});
/** One symbol's settings as an answer shows them. */
export type AlertSettingsAnswer = v.InferOutput<typeof settingsSchema>;

const EXAMPLE_SETTINGS = { mute: false, mute_until: null, hours: "Mon-Fri 13:30-20:00" };

const symbolAlertsSchema = v.object({
  symbol: v.string(),
  settings: settingsSchema,
  firing: count,
  rules: v.array(ruleStatusSchema),
});

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
      settings: EXAMPLE_SETTINGS,
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
  errors: ["symbol_malformed", "unknown_symbol", "symbol_timeout", "symbol_failed"],
});

export const symbolAlertSettingsContract = contract({
  method: "put",
  path: "/admin/symbols/:symbol/alerts",
  tag: "Alerts",
  summary: "Mutes a symbol's alerts, or sets the hours of its market",
  description: "What is left out stays as it is. What fires while it is muted ends.",
  token: "ADMIN_TOKEN",
  params: symbolParams,
  parameterExamples: { symbol: "BTC-USD" },
  body: {
    schema: v.strictObject({
      mute: v.exactOptional(booleanInput),
      mute_until: v.exactOptional(v.nullable(v.pipe(v.string(MUTE_UNTIL), v.isoTimestamp(MUTE_UNTIL)))),
      hours: v.exactOptional(
        v.nullable(
          v.pipe(
            v.string(HOURS),
            v.check((text) => MarketHours.parse(text) !== undefined, HOURS),
          ),
        ),
      ),
    }),
    description: "At least one of `mute`, `mute_until` and `hours`.",
    example: { hours: "Mon-Fri 13:30-20:00" },
  },
  answer: { schema: settingsSchema, description: "The settings as they are now", example: EXAMPLE_SETTINGS },
  errors: [
    "symbol_malformed",
    "unknown_symbol",
    "field_unknown",
    "mute_malformed",
    "mute_until_malformed",
    "hours_malformed",
    "nothing_to_change",
  ],
});
