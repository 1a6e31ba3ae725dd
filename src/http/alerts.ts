// /admin/alerts, mounted by admin.ts behind its token: what fires and what did, the webhooks that are told, and what could
// not be told.
import { type Context, Hono } from "hono";
import { alertsOf } from "../clients/alerts.ts";
import type { Webhook } from "../webhook-schema.ts";
import { settingsOf } from "../settings.ts";
import { postChange } from "../durable/alerts/webhook-send.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { shown } from "../shown.ts";

type Alerts = ReturnType<typeof alertsOf>;
type List = Awaited<ReturnType<Alerts["list"]>>;
type Change = List["active"][number];
type Letter = Awaited<ReturnType<Alerts["deadLetters"]>>[number];
type Figures = Awaited<ReturnType<Alerts["figures"]>>;

export const alerts = new Hono<AppEnv>()
  .get("/admin/alerts", async (c) => {
    const stub = alertsOf(c.env);
    const [{ active, recent }, figures] = await Promise.all([stub.list(), stub.figures()]);
    return c.json({
      active: active.map(shape),
      recent: recent.map(({ firing, resolved }) => ({
        ...shape(firing),
        state: "resolved",
        resolved_at: resolved === null ? null : iso(resolved.atMs),
        resolved_summary: resolved?.summary ?? null,
        resolved_figures: resolved?.figures ?? null,
      })),
      webhooks: settingsOf(c.env).alerts.webhooks.map((webhook) => shapeWebhook(webhook, figures)),
    });
  })
  .get("/admin/alerts/dead-letters", async (c) => {
    const letters = await alertsOf(c.env).deadLetters();
    return c.json({ count: letters.length, dead_letters: letters.map(shapeLetter) });
  })
  .post("/admin/alerts/dead-letters/:id/redeliver", async (c) => {
    const id = c.req.param("id");
    if (!/^\d{1,15}$/.test(id)) throw new Problem(400, "id_malformed", `id: got ${shown(id)}, expected a whole number`);
    const again = await alertsOf(c.env).redeliver(Number(id));
    if (again.length === 0)
      throw new Problem(404, "unknown_dead_letter", `id: got ${id}, expected one of a dead letter`);
    return c.json(
      { requeued: again.map(({ seq, change }) => ({ id: seq, alert: change.id, state: change.state })) },
      202,
    );
  })
  .post("/admin/alerts/test", async (c) => {
    const webhook = await readWebhook(c);
    const { gateway, deadlineMs } = settingsOf(c.env).alerts;
    const nowMs = Date.now();
    const change = testChange(gateway, nowMs);
    const { status, detail, tookMs } = await postChange(change, webhook, { gateway, deadlineMs, nowMs });
    const delivered = status !== null && status >= 200 && status < 300;
    return c.json({ webhook: webhook.name, delivered, status, detail: detail || null, took_ms: tookMs });
  });

/** A message that no rule gave. Its time makes its id new: a receiver that drops repeats must not drop it. */
function testChange(gateway: string, nowMs: number): Change {
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

async function readWebhook(c: Context<AppEnv>): Promise<Webhook> {
  const name = ((await readJson(c.req.raw)) as { webhook?: unknown } | null)?.webhook;
  const { webhooks } = settingsOf(c.env).alerts;
  const names = webhooks.map((webhook) => webhook.name).join(", ") || "none, since none is configured";
  if (typeof name !== "string") {
    throw new Problem(400, "webhook_malformed", `webhook: got ${shown(name)}, expected one of ${names}`);
  }
  const found = webhooks.find((webhook) => webhook.name === name);
  if (found === undefined) {
    throw new Problem(404, "unknown_webhook", `webhook: got ${shown(name)}, expected one of ${names}`);
  }
  return found;
}

function shape({ id, symbol, rule, state, severity, atMs, sinceMs, summary, figures, model }: Change) {
  return { id, symbol, rule, state, severity, at: iso(atMs), since: iso(sinceMs), summary, figures, model };
}

function shapeLetter({ seq, webhook, change, attempts, createdMs, deadMs, reason }: Letter): Record<string, unknown> {
  const times = { queued_at: iso(createdMs), given_up_at: iso(deadMs) };
  return { id: seq, webhook, attempts, ...times, reason, alert: shape(change) };
}

/** Of the address only the origin: with Slack the rest is the secret. */
function shapeWebhook({ name, kind, url, secret, token, rules, minSeverity }: Webhook, figures: Figures) {
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
