// Encodes changes of alerts in the format of each kind of webhook. Pure: no network, no clock.
import { fnv1aOfText } from "../../features/fnv1a.ts";
import { type AlertChange, GATEWAY_SYMBOL, SEVERITIES } from "../../quality/alerts/alert-change.ts";
import type { Webhook, WebhookKind } from "../../settings/webhook-schema.ts";
import { spikeId, spikeMessage } from "../../spikes/spike-message.ts";
import { spikeOfChange } from "./spike-change.ts";

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

/** Names of symbols in the sentence of a message about many. */
const NAMED_SYMBOLS = 20;

/** What a message says: one change, or a summary of several with all of them beside it. */
type Message = AlertChange & { readonly changes?: readonly AlertChange[] };

/** The same changes on the same webhook have the same key however often they are sent. */
function idempotencyKey(message: Message): string {
  const spike = spikeOfChange(message);
  return spike === undefined ? `${message.id}:${message.state}` : spikeId(spike);
}

/**
 * Changes of one rule and state, at least one, as one request.
 * @param gateway name of this gateway, so that a receiver can distinguish several gateways.
 * @param known how many symbols there are, for the sentence of a message about many.
 */
export function encodeWebhook(
  changes: readonly AlertChange[],
  webhook: Webhook,
  gateway: string,
  known?: number,
): WebhookRequest {
  const message = messageOf(changes, known);
  const { kind, url, token } = webhook;
  const headers: Record<string, string> = {
    "Content-Type": kind === "cloudevents" ? "application/cloudevents+json; charset=utf-8" : "application/json",
    "User-Agent": USER_AGENT,
    "Idempotency-Key": idempotencyKey(message),
  };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (kind === "github") {
    headers["Accept"] = "application/vnd.github+json";
    headers["X-GitHub-Api-Version"] = GITHUB_API_VERSION;
  }
  const target = kind === "github" ? `${url.replace(/\/+$/, "")}/dispatches` : url;
  return { url: target, headers, body: JSON.stringify(BODIES[kind](message, gateway)) };
}

/** Several changes get the symbol `*`, the worst severity, the earliest beginning and the latest time. */
function messageOf(changes: readonly AlertChange[], known: number | undefined): Message {
  const [first, ...others] = changes;
  if (first === undefined) throw new RangeError("changes: got none, expected at least one");
  if (others.length === 0) return first;
  const symbols = changes.map(({ symbol }) => symbol);
  const more = symbols.length - NAMED_SYMBOLS;
  const named = symbols.slice(0, NAMED_SYMBOLS).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const severities = changes.map(({ severity }) => SEVERITIES.indexOf(severity));
  return {
    ...first,
    // Of these changes alone: when it is sent again, some of them may be over and others may have come.
    id: `${first.id}+${others.length}.${fnv1aOfText(changes.map(({ id }) => id).join(" ")).toString(16)}`,
    symbol: GATEWAY_SYMBOL,
    severity: SEVERITIES[Math.max(...severities)]!,
    atMs: Math.max(...changes.map(({ atMs }) => atMs)),
    sinceMs: Math.min(...changes.map(({ sinceMs }) => sinceMs)),
    summary: `${countOf(first, symbols.length, known)}: ${named}. The first: ${first.summary}`,
    figures: { symbols: symbols.length, ...(known === undefined ? {} : { known_symbols: known }) },
    model: changes.every(({ model }) => model === first.model) ? first.model : null,
    changes,
  };
}

/** What a rule says of several symbols, or feeds. */
const SAID: Readonly<Partial<Record<AlertChange["rule"], string>>> = {
  pr_auc_fell: "ranked worse than promised",
  not_better_than_baseline: "scored no better than by the reference",
  drift: "drifted",
  calibration: "with scores that promise wrongly",
  feed_silent: "silent",
  feed_down: "down",
  error_budget: "without scores",
  parity_mismatch: "unlike their archive",
};

/** E.g. `37 of 1,000 symbols silent`, and of their ends `37 of 1,000 symbols no longer silent`. */
function countOf({ rule, state }: AlertChange, count: number, known: number | undefined): string {
  const isAboutFeeds = rule === "feed_down";
  const share = known === undefined || known < count || isAboutFeeds ? "" : ` of ${known.toLocaleString("en-US")}`;
  const noun = isAboutFeeds ? "feeds" : "symbols";
  return `${count.toLocaleString("en-US")}${share} ${noun} ${state === "resolved" ? "no longer " : ""}${SAID[rule] ?? rule}`;
}

const BODIES: Readonly<Record<WebhookKind, (message: Message, gateway: string) => unknown>> = {
  json: jsonBody,
  slack: slackBody,
  cloudevents: cloudEventBody,
  github: githubBody,
};

/** The message itself, times as ISO 8601 beside the milliseconds. A spike has members of its own. */
function jsonBody(message: Message, gateway: string): Record<string, unknown> {
  const spike = spikeOfChange(message);
  if (spike !== undefined) return { gateway, ...spikeMessage(spike) };
  return { gateway, ...message, at: iso(message.atMs), since: iso(message.sinceMs) };
}

/** Slack's incoming-webhook format, which Mattermost and Discord's `/slack` also accept: `text` and blocks. */
function slackBody(message: Message, gateway: string): Record<string, unknown> {
  const { state, severity, rule, summary, sinceMs, atMs, model } = message;
  if (rule === "spike") return slackSpike(message, gateway);
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

function slackSpike({ state, summary, atMs }: Message, gateway: string): Record<string, unknown> {
  const text = `${state === "resolved" ? "📉" : "📈"} ${escapeSlack(summary).slice(0, SLACK_TEXT)}`;
  const details = `gateway ${gateway} · at ${iso(atMs)}`;
  return {
    text,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      { type: "context", elements: [{ type: "mrkdwn", text: escapeSlack(details) }] },
    ],
  };
}

/** CloudEvents 1.0, structured JSON. A repeated delivery has the same source and id, as the specification allows. */
function cloudEventBody(message: Message, gateway: string): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: idempotencyKey(message),
    source: `/volgate/${gateway}`,
    type: `dev.volgate.${typeOf(message)}`,
    subject: `${message.symbol}/${message.rule}`,
    time: iso(message.atMs),
    datacontenttype: "application/json",
    data: jsonBody(message, gateway),
  };
}

function typeOf(message: Message): string {
  return `${message.rule === "spike" ? "spike" : "alert"}.${spikeOfChange(message)?.state ?? message.state}`;
}

/** `repository_dispatch`: GitHub accepts at most ten properties in `client_payload`, so all figures share one. */
function githubBody(message: Message, gateway: string): Record<string, unknown> {
  const { id, symbol, rule, severity, summary, figures, model, atMs, sinceMs } = message;
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
