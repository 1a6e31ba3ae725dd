// /admin/subscriptions, mounted by admin.ts behind its token: who is told of spikes.
import { Hono } from "hono";
import { alertsOf } from "../clients/alerts.ts";
import { readSubscriptions } from "../clients/subscriptions.ts";
import type { SubscriptionOutcome } from "../durable/alerts/spike-desk.ts";
import {
  queueOf,
  type ShownSubscription,
  type SpikeTarget,
  type WantedSubscription,
} from "../durable/alerts/subscription.ts";
import { shown } from "../schemas/shown.ts";
import type { Spike } from "../spikes/spike-message.ts";
import { parseSymbolList } from "../spikes/symbol-list.ts";
import { isPublicHost } from "../settings/public-address.ts";
import { type Env, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable, RequestOf } from "./contract.ts";
import { askedGrid } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import {
  changeSubscriptionContract,
  createSubscriptionContract,
  removeSubscriptionContract,
  type SubscriptionAnswer,
  subscriptionContract,
  subscriptionListContract,
  testSubscriptionContract,
} from "./subscriptions-schema.ts";

type Body = RequestOf<typeof createSubscriptionContract>["body"];
type Figures = Awaited<ReturnType<ReturnType<typeof alertsOf>["figures"]>>;

export const subscriptions = new Hono<AppEnv>()
  .get(subscriptionListContract.path, async (c) => {
    return sendAnswer(c, subscriptionListContract, { subscriptions: await listed(c.env) });
  })
  .post(createSubscriptionContract.path, async (c) => {
    const { body } = await readRequest(c, createSubscriptionContract);
    const key = newKey();
    const outcome = await alertsOf(c.env).createSubscription(newId(), wantedOf(c.env, body), key);
    const answer = await savedShape(c.env, outcome, key);
    await readSubscriptions(c.env);
    return sendAnswer(c, createSubscriptionContract, answer);
  })
  .get(subscriptionContract.path, async (c) => {
    const { id } = (await readRequest(c, subscriptionContract)).params;
    const found = (await listed(c.env)).find((one) => one.id === id);
    if (found === undefined) throw unknownSubscription(id);
    return sendAnswer(c, subscriptionContract, found);
  })
  .put(changeSubscriptionContract.path, async (c) => {
    const { params, body } = await readRequest(c, changeSubscriptionContract);
    const key = newKey();
    const outcome = await alertsOf(c.env).changeSubscription(params.id, wantedOf(c.env, body), key);
    const answer = await savedShape(c.env, outcome, key, params.id);
    await readSubscriptions(c.env);
    return sendAnswer(c, changeSubscriptionContract, answer);
  })
  .delete(removeSubscriptionContract.path, async (c) => {
    const { id } = (await readRequest(c, removeSubscriptionContract)).params;
    if (!(await alertsOf(c.env).removeSubscription(id))) throw unknownSubscription(id);
    await readSubscriptions(c.env);
    return sendAnswer(c, removeSubscriptionContract, { id });
  })
  .post(testSubscriptionContract.path, async (c) => {
    const { id } = (await readRequest(c, testSubscriptionContract)).params;
    const stub = alertsOf(c.env);
    const found = (await stub.subscriptions()).find((one) => one.id === id);
    if (found === undefined) throw unknownSubscription(id);
    const attempt = await stub.testSubscription(id, testSpike(found, Date.now()));
    if (attempt === undefined) throw unknownWebhook(c.env, "webhook" in found.target ? found.target.webhook : "");
    const { status, detail, tookMs } = attempt;
    const delivered = status !== null && status >= 200 && status < 300;
    return sendAnswer(c, testSubscriptionContract, { id, delivered, status, detail: detail || null, took_ms: tookMs });
  });

/** Throws `Problem` for what the fields do not say together, and for an address that may not be sent to. */
function wantedOf(env: Env, body: Body): WantedSubscription {
  const { threshold, fall_below: fallBelow, grid, horizon, enabled, note, on } = body;
  if (threshold !== null && fallBelow !== null && fallBelow > threshold) {
    throw malformed(`fall_below: got ${fallBelow}, expected at most threshold, which is ${threshold}`);
  }
  return {
    target: targetOf(env, body),
    ...{ enabled, note, on, threshold, fallBelow },
    grid: askedGrid(env, { grid, horizon }) ?? null,
    symbols: parseSymbolList(body.symbols) ?? "all",
    fallShare: body.fall_share,
    confirmSteps: body.confirm_steps,
    coolDownMs: body.cool_down_s * 1000,
  };
}

function targetOf(env: Env, { url, webhook, format, secret }: Body): SpikeTarget {
  if ((url === undefined) === (webhook === undefined)) {
    throw malformed(`body: got ${url === undefined ? "neither" : "both"} of url and webhook, expected exactly one`);
  }
  if (webhook !== undefined) {
    if (secret !== undefined) throw malformed("secret: got one beside webhook, expected none: that has its own");
    const found = settingsOf(env).alerts.webhooks.find(({ name }) => name === webhook);
    if (found === undefined) throw unknownWebhook(env, webhook);
    if (found.kind === "github") {
      throw malformed(`webhook: got ${shown(webhook)}, which is a repository, expected one that takes messages`);
    }
    return { webhook };
  }
  if (format === "slack" && secret !== undefined) {
    throw malformed("secret: got one, expected none: slack does not check signatures");
  }
  requirePublic(env, url!);
  return { url: url!, format, secret: secret ?? null };
}

/** Anywhere but in development, a message goes over https to a public address. */
function requirePublic(env: Env, url: string): void {
  const { protocol, hostname, origin } = new URL(url);
  // Tokens may be missing in development alone.
  if (!settingsOf(env).tokensRequired || (protocol === "https:" && isPublicHost(hostname))) return;
  throw malformed(`url: got ${origin}, expected https and a public address`);
}

async function listed(env: Env): Promise<Immutable<SubscriptionAnswer>[]> {
  const stub = alertsOf(env);
  const [all, figures] = await Promise.all([stub.subscriptions(), stub.figures()]);
  return all.map((one) => shape(one, figures));
}

async function savedShape(env: Env, outcome: SubscriptionOutcome, key: string, id = "") {
  if (!outcome.ok) {
    if (outcome.code === "unknown_subscription") throw unknownSubscription(id);
    throw new Problem(outcome.code, "subscriptions: there are 100 already, which is the most");
  }
  const figures = await alertsOf(env).figures();
  return { ...shape(outcome.subscription, figures), secret: outcome.isNewKeyUsed ? key : null };
}

function shape(subscription: ShownSubscription, figures: Figures): Immutable<SubscriptionAnswer> {
  const { id, target, grid, symbols, on, threshold, enabled, note, createdMs, changedMs } = subscription;
  const queue = queueOf(id);
  const counted = (outcome: string): number =>
    figures.deliveries.find((entry) => entry.webhook === queue && entry.outcome === outcome)?.count ?? 0;
  const sizes = figures.queues.find(({ webhook }) => webhook === queue);
  const own = "webhook" in target ? { origin: null, format: null, signed: null } : target;
  return {
    id,
    webhook: "webhook" in target ? target.webhook : null,
    origin: own.origin,
    format: own.format,
    signed: own.signed,
    ...{ grid, symbols, on, threshold },
    fall_share: subscription.fallShare,
    fall_below: subscription.fallBelow,
    confirm_steps: subscription.confirmSteps,
    cool_down_s: subscription.coolDownMs / 1000,
    ...{ enabled, note },
    created_at: new Date(createdMs).toISOString(),
    changed_at: new Date(changedMs).toISOString(),
    delivered: counted("delivered"),
    retried: counted("retried"),
    given_up: counted("dead"),
    waiting: sizes?.waiting ?? 0,
    dead_letters: sizes?.dead ?? 0,
  };
}

/** A message of the real form. Its step is the time: a receiver that drops repeats must not drop it. */
function testSpike({ id, threshold }: ShownSubscription, nowMs: number): Spike {
  const limit = threshold ?? 0.5;
  return {
    ...{ subscription: id, state: "rise", symbol: "*", step: nowMs, riseStep: nowMs, tsMs: nowMs },
    ...{ probability: limit, threshold: limit, sigmaBps: null, tauBps: null, horizonMs: 0, model: "test" },
  };
}

function malformed(detail: string): Problem {
  return new Problem("subscription_malformed", detail);
}

function unknownSubscription(id: string): Problem {
  return new Problem("unknown_subscription", `id: got ${shown(id)}, expected that of a subscription`);
}

function unknownWebhook(env: Env, name: string): Problem {
  const names = settingsOf(env).alerts.webhooks.map((webhook) => webhook.name);
  const expected = `one of ${names.join(", ") || "none, since none is configured"}`;
  return new Problem("unknown_webhook", `webhook: got ${shown(name)}, expected ${expected}`);
}

function newId(): string {
  return `sub_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}

/** 256 random bits in hex. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
