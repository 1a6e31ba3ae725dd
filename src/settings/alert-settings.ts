// What a deployment says of its alerts: the webhooks to tell and the limits of the rules.
import * as v from "valibot";
import { parseOrThrow, type Refusing } from "../schemas/parse-or-throw.ts";
import { type AlertChange, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { type AlertLimits, alertLimitsSchema, DEFAULT_ALERT_LIMITS } from "../quality/alerts/alert-limits.ts";
import { jsonVariable, wholeNumberVariable } from "./variable-schemas.ts";
import { httpsWebhooksSchema, type Webhook, webhooksSchema } from "./webhook-schema.ts";

const GATEWAY_NAME = "1 to 64 of A–Z, a–z, 0–9, . _ -";

/**
 * The variables that this file reads. What JSON holds is checked apart from its text, of which no error may show
 * anything.
 */
export const alertVariables = {
  /** A secret: JSON list of webhooks, see `docs/operations/alerts.md`. */
  ALERT_WEBHOOKS: jsonVariable("JSON", true),
  /** JSON of the limits that differ from the defaults. */
  ALERT_RULES: jsonVariable("JSON", true),
  /** How this gateway calls itself in messages; default `volgate`. */
  GATEWAY_NAME: v.pipe(
    v.optional(v.string(GATEWAY_NAME), ""),
    v.regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, GATEWAY_NAME),
  ),
  /** How long a webhook may take to answer, ms, and the wait after a first failure; for tests. */
  WEBHOOK_DEADLINE_MS: wholeNumberVariable(10_000, 10, 30_000),
  WEBHOOK_BACKOFF_MS: wholeNumberVariable(5_000, 10, 3_600_000),
};

export interface AlertSettings {
  readonly gateway: string;
  readonly webhooks: readonly Webhook[];
  readonly limits: AlertLimits;
  readonly deadlineMs: number;
  readonly backoffMs: number;
}

/**
 * The settings that the variables are; without them there are no webhooks, and the default limits.
 * @param isDevelopment whether a webhook may be sent over http to this machine.
 * @param refuse makes the error of a wrong variable.
 */
export function alertSettings(
  variables: v.InferOutput<v.ObjectSchema<typeof alertVariables, undefined>>,
  isDevelopment: boolean,
  refuse: Refusing["refuse"],
): AlertSettings {
  const { ALERT_WEBHOOKS, ALERT_RULES, GATEWAY_NAME, WEBHOOK_DEADLINE_MS, WEBHOOK_BACKOFF_MS } = variables;
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
  };
}

/**
 * Whether a webhook is told of a change. A repository dispatch starts work, so it is sent only when an alert begins.
 */
export function wantsChange({ kind, rules, minSeverity }: Webhook, { rule, severity, state }: AlertChange): boolean {
  if (kind === "github" && state !== "firing") return false;
  if (rule === "test") return true;
  return rules.includes(rule) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minSeverity);
}
