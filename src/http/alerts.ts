// /admin/alerts, mounted by admin.ts behind its token: what fires and what did, the webhooks that are told, and what
// could not be told.
import { Hono } from "hono";
import { alertsOf } from "../clients/alerts.ts";
import type { Webhook } from "../settings/webhook-schema.ts";
import { settingsOf } from "../settings.ts";
import { postChanges } from "../durable/alerts/webhook-send.ts";
import { alertShape, resolvedShape, type ShownChange } from "./alert-shape.ts";
import {
  alertsContract,
  type DeadLetterAnswer,
  deadLettersContract,
  redeliverContract,
  testWebhookContract,
  testWebhookContractFor,
  type WebhookAnswer,
} from "./alerts-schema.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { shown } from "../schemas/shown.ts";

type Alerts = ReturnType<typeof alertsOf>;
type Letter = Awaited<ReturnType<Alerts["deadLetters"]>>[number];
type Figures = Awaited<ReturnType<Alerts["figures"]>>;

export const alerts = new Hono<AppEnv>()
  .get(alertsContract.path, async (c) => {
    const stub = alertsOf(c.env);
    const [{ active, recent }, figures] = await Promise.all([stub.list(), stub.figures()]);
    return sendAnswer(c, alertsContract, {
      active: active.map(alertShape),
      recent: recent.map(resolvedShape),
      webhooks: settingsOf(c.env).alerts.webhooks.map((webhook) => shapeWebhook(webhook, figures)),
    });
  })
  .get(deadLettersContract.path, async (c) => {
    const letters = await alertsOf(c.env).deadLetters();
    return sendAnswer(c, deadLettersContract, { count: letters.length, dead_letters: letters.map(shapeLetter) });
  })
  .post(redeliverContract.path, async (c) => {
    const { id } = (await readRequest(c, redeliverContract)).params;
    const again = await alertsOf(c.env).redeliver(id);
    if (again.length === 0) throw new Problem("unknown_dead_letter", `id: got ${id}, expected one of a dead letter`);
    const requeued = again.map(({ seq, change }) => ({ id: seq, alert: change.id, state: change.state }));
    return sendAnswer(c, redeliverContract, { requeued });
  })
  .post(testWebhookContract.path, async (c) => {
    const { gateway, deadlineMs, webhooks } = settingsOf(c.env).alerts;
    const expected = expectedNames(webhooks);
    const { body } = await readRequest(c, testWebhookContractFor(expected));
    const webhook = webhooks.find(({ name }) => name === body.webhook);
    if (webhook === undefined) {
      throw new Problem("unknown_webhook", `webhook: got ${shown(body.webhook)}, expected ${expected}`);
    }
    const nowMs = Date.now();
    const change = testChange(gateway, nowMs);
    const { status, detail, tookMs } = await postChanges([change], webhook, { gateway, deadlineMs, nowMs });
    const delivered = status !== null && status >= 200 && status < 300;
    const outcome = { delivered, status, detail: detail || null, took_ms: tookMs };
    return sendAnswer(c, testWebhookContract, { webhook: webhook.name, ...outcome });
  });

/** A message that no rule gave. Its time makes its id new: a receiver that drops repeats must not drop it. */
function testChange(gateway: string, nowMs: number): ShownChange {
  return {
    id: `*:test:${nowMs}`,
    symbol: "*",
    rule: "test",
    state: "firing",
    severity: "info",
    atMs: nowMs,
    sinceMs: nowMs,
    summary: `A test message from ${gateway}; nothing is wrong.`,
    figures: {},
    model: null,
  };
}

function expectedNames(webhooks: readonly Webhook[]): string {
  return `one of ${webhooks.map(({ name }) => name).join(", ") || "none, since none is configured"}`;
}

function shapeLetter({
  seq,
  webhook,
  change,
  attempts,
  createdMs,
  deadMs,
  reason,
}: Letter): Immutable<DeadLetterAnswer> {
  const times = { queued_at: iso(createdMs), given_up_at: iso(deadMs) };
  return { id: seq, webhook, attempts, ...times, reason, alert: alertShape(change) };
}

/** Of the address only the origin: with Slack the rest is the secret. */
function shapeWebhook(
  { name, kind, url, secret, token, rules, minSeverity }: Webhook,
  figures: Figures,
): Immutable<WebhookAnswer> {
  const counted = (outcome: string): number =>
    figures.deliveries.find((entry) => entry.webhook === name && entry.outcome === outcome)?.count ?? 0;
  const queue = figures.queues.find(({ webhook }) => webhook === name);
  return {
    name,
    kind,
    origin: new URL(url).origin,
    signed: secret !== undefined,
    has_token: token !== undefined,
    rules,
    min_severity: minSeverity,
    delivered: counted("delivered"),
    retried: counted("retried"),
    given_up: counted("dead"),
    waiting: queue?.waiting ?? 0,
    dead_letters: queue?.dead ?? 0,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
