// Encodes an alert change in the format of each kind of webhook. Pure: no network, no clock.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import type { Webhook, WebhookKind } from "../../settings/webhook-schema.ts";

/** A POST, without the signature. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const USER_AGENT = "volgate-alerts";
/** The oldest API version with these fields; GitHub keeps a version for at least two years after its successor. */
const GITHUB_API_VERSION = "2022-11-28";
/** Slack's limit for one section, minus the room for formatting. */
const SLACK_TEXT = 2900;

/** The same change on the same webhook has the same key however often it is sent. */
function idempotencyKey({ id, state }: AlertChange): string {
  return `${id}:${state}`;
}

/**
 * A change as a request.
 * @param gateway name of this gateway, so that a receiver can distinguish several gateways.
 */
export function encodeWebhook(change: AlertChange, webhook: Webhook, gateway: string): WebhookRequest {
  const { kind, url, token } = webhook;
  const headers: Record<string, string> = {
    "Content-Type": kind === "cloudevents" ? "application/cloudevents+json; charset=utf-8" : "application/json",
    "User-Agent": USER_AGENT,
    "Idempotency-Key": idempotencyKey(change),
  };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (kind === "github") {
    headers["Accept"] = "application/vnd.github+json";
    headers["X-GitHub-Api-Version"] = GITHUB_API_VERSION;
  }
  const target = kind === "github" ? `${url.replace(/\/+$/, "")}/dispatches` : url;
  return { url: target, headers, body: JSON.stringify(BODIES[kind](change, gateway)) };
}

const BODIES: Readonly<Record<WebhookKind, (change: AlertChange, gateway: string) => unknown>> = {
  json: jsonBody,
  slack: slackBody,
  cloudevents: cloudEventBody,
  github: githubBody,
};

/** The change itself, times as ISO 8601 beside the milliseconds. */
function jsonBody(change: AlertChange, gateway: string): Record<string, unknown> {
  return { gateway, ...change, at: iso(change.atMs), since: iso(change.sinceMs) };
}

/** Slack's incoming-webhook format, which Mattermost and Discord's `/slack` also accept: `text` and blocks. */
function slackBody(change: AlertChange, gateway: string): Record<string, unknown> {
  const { state, severity, rule, summary, sinceMs, atMs, model } = change;
  const mark = state === "resolved" ? "✅ Resolved" : severity === "critical" ? "🚨 Firing" : "⚠️ Firing";
  const sentence = escapeSlack(summary).slice(0, SLACK_TEXT);
  const details = [
    `gateway ${gateway}`,
    `severity ${severity}`,
    `since ${iso(sinceMs)}`,
    ...(state === "resolved" ? [`until ${iso(atMs)}`] : []),
    ...(model === null ? [] : [`model ${model.slice(0, 12)}`]),
  ];
  return {
    text: `${mark}: ${rule} – ${sentence}`,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `*${mark}: ${rule}*\n${sentence}` } },
      { type: "context", elements: [{ type: "mrkdwn", text: escapeSlack(details.join(" · ")) }] },
    ],
  };
}

/** CloudEvents 1.0, structured JSON. A repeated delivery has the same source and id, as the specification allows. */
function cloudEventBody(change: AlertChange, gateway: string): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: idempotencyKey(change),
    source: `/volgate/${gateway}`,
    type: `dev.volgate.alert.${change.state}`,
    subject: `${change.symbol}/${change.rule}`,
    time: iso(change.atMs),
    datacontenttype: "application/json",
    data: jsonBody(change, gateway),
  };
}

/** `repository_dispatch`: GitHub accepts at most ten properties in `client_payload`, so all figures share one. */
function githubBody(change: AlertChange, gateway: string): Record<string, unknown> {
  const { id, symbol, rule, severity, summary, figures, model, atMs, sinceMs } = change;
  return {
    event_type: `volgate-${rule.replaceAll("_", "-")}`,
    client_payload: {
      id,
      gateway,
      symbol,
      rule,
      severity,
      summary,
      figures,
      model,
      at: iso(atMs),
      since: iso(sinceMs),
    },
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Escapes the three characters that Slack reads as markup. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
