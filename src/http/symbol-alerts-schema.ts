// GET /symbols/:symbol/alerts: why an alert fires, or why none does.
import * as v from "valibot";
import { ALERT_RULES, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { HOURS_FORM, MarketHours } from "../quality/alerts/market-hours.ts";
import { contract } from "./contract.ts";
import { booleanInput, count, nullableNumber, time } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const level = { value: v.number(), limit: v.number() };

/** The evidence that decides a rule on live quality. */
const evidenceSchema = v.object({
  ...level,
  phase: v.pipe(
    v.picklist(["new", "told", "well"]),
    v.description("`new`: neither the condition nor its end was shown yet; `told`: it was; `well`: its end was"),
  ),
  ending: v.pipe(
    v.nullable(v.object(level)),
    v.description("Evidence that the condition is over; `null` where a figure decides that"),
  ),
  groups: v.pipe(count, v.description("Groups of steps that were judged")),
  rate_per_month: v.pipe(v.number(), v.description("Most false alarms a quiet month, for which the limit is made")),
});

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
  evidence: v.pipe(
    v.nullable(evidenceSchema),
    v.description("What decides the rule: it fires when `value` reaches `limit`; `null` where `value` above decides"),
  ),
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
export type SymbolAlertsAnswer = v.InferOutput<typeof symbolAlertsSchema>;

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
          summary:
            "more spikes are not shown to come than the scores promise; over 24 h the difference is 0.002 (−0.003 to 0.007)",
          value: 0.002,
          fire_at: 0.02,
          resolve_at: null,
          figures: { difference: 0.002, direction: "more", evidence: 12.3, evidence_limit: 288_000 },
          evidence: {
            ...{ value: 12.3, limit: 288_000, phase: "well", ending: { value: 1e12, limit: 2_880 } },
            ...{ groups: 4_000, rate_per_month: 0.01 },
          },
          samples: [],
          confirmations: { have: 0, need: 1 },
          since: null,
          cool_down_until: null,
          missing: ["condition: the evidence of it is 12.3 of 2.9e5", "confirmations: 0 of 1 in a row"],
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
