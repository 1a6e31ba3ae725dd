// A deployment's alert settings: the webhooks to notify and the limits of the rules.
import * as v from "valibot";
import { parseOrThrow, type Refusing } from "../schemas/parse-or-throw.ts";
import { type AlertChange, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { type AlertLimits, alertLimitsSchema, DEFAULT_ALERT_LIMITS } from "../quality/alerts/alert-limits.ts";
import { jsonVariable, wholeNumberVariable } from "./variable-schemas.ts";
import { httpsWebhooksSchema, type Webhook, webhooksSchema } from "./webhook-schema.ts";

const GATEWAY_NAME = "1 to 64 of A–Z, a–z, 0–9, . _ -";

/** The variables that this file reads. JSON content is checked separately from its text, which no error may show. */
export const alertVariables = {
  /** A secret: JSON list of webhooks, see `docs/operations/alerts.md`. */
  ALERT_WEBHOOKS: jsonVariable("JSON", true),
  /** JSON of the limits that differ from the defaults. */
  ALERT_RULES: jsonVariable("JSON", true),
  /** The gateway's name in messages; default `volgate`. */
  GATEWAY_NAME: v.pipe(
    v.optional(v.string(GATEWAY_NAME), ""),
    v.regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, GATEWAY_NAME),
  ),
  /** The timeout of a webhook, ms, and the backoff after the first failure; for tests. */
  WEBHOOK_DEADLINE_MS: wholeNumberVariable(10_000, 10, 30_000),
  WEBHOOK_BACKOFF_MS: wholeNumberVariable(5_000, 10, 3_600_000),
  /** Least time between two messages of one rule to a webhook, ms; what comes meanwhile goes with the next one. */
  WEBHOOK_GATHER_MS: wholeNumberVariable(60_000, 0, 3_600_000),
};

export interface AlertSettings {
  readonly gateway: string;
  readonly webhooks: readonly Webhook[];
  readonly limits: AlertLimits;
  readonly deadlineMs: number;
  readonly backoffMs: number;
  readonly gatherMs: number;
}

/**
 * The settings from the variables. Without them there are no webhooks, and the default limits apply.
 * @param isDevelopment whether a webhook may be sent over http to this machine.
 * @param refuse makes the error for an invalid variable.
 */
export function alertSettings(
  variables: v.InferOutput<v.ObjectSchema<typeof alertVariables, undefined>>,
  isDevelopment: boolean,
  refuse: Refusing["refuse"],
): AlertSettings {
  const { ALERT_WEBHOOKS, ALERT_RULES, GATEWAY_NAME, WEBHOOK_DEADLINE_MS, WEBHOOK_BACKOFF_MS, WEBHOOK_GATHER_MS } =
    variables;
  const schema = isDevelopment ? webhooksSchema : httpsWebhooksSchema;
  return {
    gateway: GATEWAY_NAME || "volgate",
    webhooks: parseOrThrow(schema, ALERT_WEBHOOKS ?? [], { name: "ALERT_WEBHOOKS", refuse }),
    limits:
      ALERT_RULES === undefined
        ? DEFAULT_ALERT_LIMITS
        : parseOrThrow(alertLimitsSchema, ALERT_RULES, { name: "ALERT_RULES", refuse }),
    deadlineMs: WEBHOOK_DEADLINE_MS,
    backoffMs: WEBHOOK_BACKOFF_MS,
    gatherMs: WEBHOOK_GATHER_MS,
  };
}

/** Whether a webhook is sent the ends of alerts. A repository dispatch starts work, so it is for beginnings alone. */
export function takesEnds({ kind }: Webhook): boolean {
  return kind !== "github";
}

/** Whether to notify a webhook of a change. */
export function wantsChange(webhook: Webhook, { rule, severity, state }: AlertChange): boolean {
  const { rules, minSeverity } = webhook;
  if (state !== "firing" && !takesEnds(webhook)) return false;
  if (rule === "test") return true;
  if (rule === "spike") return false;
  return rules.includes(rule) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minSeverity);
}
