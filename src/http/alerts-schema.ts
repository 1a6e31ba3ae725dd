// /admin/alerts: what fires and what did, the webhooks, and the messages that were given up.
import * as v from "valibot";
import { WEBHOOK_KINDS } from "../settings/webhook-schema.ts";
import { ALERT_RULES, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { contract } from "./contract.ts";
import { count, nullableString, time } from "./field-schema.ts";

const figures = v.record(v.string(), v.nullable(v.union([v.number(), v.string()])));

/** Fields of an alert. */
export const alertEntries = {
  id: v.string(),
  symbol: v.pipe(v.string(), v.description("`*` for the whole gateway")),
  rule: v.pipe(
    v.picklist([...ALERT_RULES, "test", "spike"]),
    v.description("`test` and `spike` are in dead letters alone: messages that no rule gave"),
  ),
  state: v.picklist(["firing", "resolved"]),
  severity: v.picklist(SEVERITIES),
  at: v.pipe(time, v.description("When it changed")),
  since: v.pipe(time, v.description("When the condition was first seen")),
  summary: v.string(),
  figures,
  model: v.pipe(nullableString, v.description("SHA-256 of the model that it is about")),
};
export const alertSchema = v.object(alertEntries);
export type AlertAnswer = v.InferOutput<typeof alertSchema>;

export const resolvedAlertSchema = v.object({
  ...alertEntries,
  state: v.literal("resolved"),
  resolved_at: v.nullable(time),
  resolved_summary: nullableString,
  resolved_figures: v.nullable(figures),
});
export type ResolvedAlertAnswer = v.InferOutput<typeof resolvedAlertSchema>;

const webhookSchema = v.object({
  name: v.string(),
  kind: v.picklist(WEBHOOK_KINDS),
  origin: v.pipe(v.string(), v.description("Of the address only the origin: with Slack the rest is the secret")),
  signed: v.boolean(),
  has_token: v.boolean(),
  rules: v.array(v.picklist(ALERT_RULES)),
  min_severity: v.picklist(SEVERITIES),
  delivered: count,
  retried: count,
  given_up: count,
  waiting: count,
  dead_letters: count,
});
export type WebhookAnswer = v.InferOutput<typeof webhookSchema>;

const alertListSchema = v.object({
  active: v.pipe(v.array(alertSchema), v.description("Oldest first, at most 1,000")),
  recent: v.pipe(v.array(resolvedAlertSchema), v.description("The last 200 that were resolved, newest first")),
  webhooks: v.array(webhookSchema),
});

const deadLetterSchema = v.object({
  id: count,
  webhook: v.string(),
  attempts: count,
  queued_at: time,
  given_up_at: time,
  reason: v.string(),
  alert: alertSchema,
});
export type DeadLetterAnswer = v.InferOutput<typeof deadLetterSchema>;

const deadLetterListSchema = v.object({ count, dead_letters: v.array(deadLetterSchema) });

const redeliverySchema = v.object({
  requeued: v.array(v.object({ id: count, alert: v.string(), state: v.picklist(["firing", "resolved"]) })),
});

const testDeliverySchema = v.object({
  webhook: v.string(),
  delivered: v.boolean(),
  status: v.pipe(v.nullable(v.number()), v.description("The receiver's status; null without an answer")),
  detail: nullableString,
  took_ms: v.number(),
});

const ALERT = {
  id: "BTC-USD:drift:1764979200000",
  symbol: "BTC-USD",
  rule: "drift",
  state: "firing",
  severity: "warning",
  at: "2025-12-06T00:00:00.000Z",
  since: "2025-12-05T23:00:00.000Z",
  summary: "Drift in two windows of 1 h in a row: 44.4 % of the features, the limit is 33.3 %",
  figures: { drifted_share: 0.444, threshold: 0.333 },
  model: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
};

export const alertsContract = contract({
  method: "get",
  path: "/admin/alerts",
  tag: "Alerts",
  summary: "What fires, and what did",
  token: "ADMIN_TOKEN",
  answer: {
    description: "Alerts and webhooks",
    schema: alertListSchema,
    example: {
      active: [ALERT],
      recent: [],
      webhooks: [
        {
          name: "ops",
          kind: "json",
          origin: "https://hooks.example.com",
          signed: true,
          has_token: false,
          rules: ["drift", "feed_silent"],
          min_severity: "warning",
          delivered: 12,
          retried: 1,
          given_up: 0,
          waiting: 0,
          dead_letters: 0,
        },
      ],
    },
  },
  errors: [],
});

export const deadLettersContract = contract({
  method: "get",
  path: "/admin/alerts/dead-letters",
  tag: "Alerts",
  summary: "Messages that could not be delivered",
  token: "ADMIN_TOKEN",
  answer: {
    description: "Messages given up, newest first, at most 1,000: the newest of each webhook",
    schema: deadLetterListSchema,
    example: {
      count: 1,
      dead_letters: [
        {
          id: 17,
          webhook: "ops",
          attempts: 9,
          queued_at: "2025-12-06T00:00:00.000Z",
          given_up_at: "2025-12-07T00:03:11.000Z",
          reason: "503 from the receiver, for a day",
          alert: ALERT,
        },
      ],
    },
  },
  errors: [],
});

const EXPECTED_ID = "a whole number";

export const redeliverContract = contract({
  method: "post",
  path: "/admin/alerts/dead-letters/:id/redeliver",
  tag: "Alerts",
  summary: "Queues a message again",
  description: "With it goes what else was given up of the same alert on the same webhook, in order.",
  token: "ADMIN_TOKEN",
  params: v.object({
    id: v.pipe(v.string(), v.regex(/^\d{1,15}$/, EXPECTED_ID), v.toNumber()),
  }),
  parameterExamples: { id: "17" },
  answer: {
    status: 202,
    description: "What was queued",
    schema: redeliverySchema,
    example: { requeued: [{ id: 17, alert: ALERT.id, state: "firing" }] },
  },
  errors: ["id_malformed", "unknown_dead_letter"],
});

/** @param expected the names of the webhooks that are configured. */
export function testWebhookContractFor(expected: string) {
  return contract({
    method: "post",
    path: "/admin/alerts/test",
    tag: "Alerts",
    summary: "Sends a test message to a webhook",
    token: "ADMIN_TOKEN",
    body: {
      schema: v.object({ webhook: v.string(expected) }),
      description: "Which webhook",
      example: { webhook: "ops" },
    },
    answer: {
      description: "Whether the receiver took it",
      schema: testDeliverySchema,
      example: { webhook: "ops", delivered: true, status: 204, detail: null, took_ms: 38 },
    },
    errors: ["webhook_malformed", "unknown_webhook"],
  });
}

export const testWebhookContract = testWebhookContractFor("the name of a webhook");
