// Alerts of all symbols: what is firing, and its delivery to webhooks. One object; the wiring only.
import { DurableObject } from "cloudflare:workers";
import { type AlertChange, GATEWAY_SYMBOL, parseAlertChange } from "../../quality/alerts/alert-change.ts";
import { AlertBook } from "../../quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../quality/alerts/alert-facts.ts";
import { AlertLog, type LoggedAlert } from "./alert-log.ts";
import { wantsChange } from "../../settings/alert-settings.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { readDeadLetters, requeueDeadLetter } from "./webhook-dead-letters.ts";
import type { DeadLetter, Delivery } from "./webhook-delivery.ts";
import { type DeliveryCount, WebhookOutbox } from "./webhook-outbox.ts";
import { holdMs, judgeAttempt } from "./webhook-retry.ts";
import { postChange } from "./webhook-send.ts";
import { logError, logWarning } from "../../log.ts";

export interface AlertList {
  /** Oldest first. */
  readonly active: readonly AlertChange[];
  /** Resolved ones, newest first. */
  readonly recent: readonly LoggedAlert[];
}

export interface AlertFiguresOfAll {
  readonly active: readonly { readonly symbol: string; readonly rule: string }[];
  readonly deliveries: readonly DeliveryCount[];
  readonly queues: readonly { readonly webhook: string; readonly waiting: number; readonly dead: number }[];
}

/** Beyond a webhook's deadline: after this an attempt that never came back is taken for lost. */
const LEASE_MARGIN_MS = 5_000;
/** After a failure of its own, a wrong variable say, the object rests so long. */
const REST_MS = 60_000;
const GATEWAY_BOOK = "gateway-book";

export class AlertsObject extends DurableObject<Env> {
  private readonly log: AlertLog;
  private readonly outbox: WebhookOutbox;
  /** Webhooks that are being delivered to: each in a lane of its own, so that a slow one holds up no other. */
  private readonly busy = new Set<string>();
  private restUntilMs = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.log = new AlertLog(ctx.storage.sql);
    this.outbox = new WebhookOutbox(ctx.storage.sql);
    ctx.waitUntil(this.rearm());
  }

  /**
   * Records changes and queues them for the webhooks that want them; durable before the answer. The same change again
   * does nothing. Answers those that were new.
   */
  async report(changes: readonly AlertChange[]): Promise<AlertChange[]> {
    const fresh = this.ctx.storage.transactionSync(() => this.record(changes, Date.now()));
    // Also when nothing is new: it may be reported again because the alarm could not be set the first time.
    await this.arm();
    return fresh;
  }

  /** Judges facts about the whole gateway, such as a challenger that may be promoted. Answers what changed. */
  async observe(facts: AlertFacts): Promise<AlertChange[]> {
    const { limits } = settingsOf(this.env).alerts;
    const nowMs = Date.now();
    const { kv } = this.ctx.storage;
    const changes = this.ctx.storage.transactionSync(() => {
      const book = AlertBook.fromJSON({ symbol: GATEWAY_SYMBOL, stepMs: 1000, limits }, kv.get(GATEWAY_BOOK));
      const changed = book.update(facts, nowMs);
      book.markReported(changed);
      kv.put(GATEWAY_BOOK, book.toJSON());
      return this.record(changed, nowMs);
    });
    await this.arm();
    return changes;
  }

  /** What fires and what did lately. */
  list(): AlertList {
    return { active: this.log.active(), recent: this.log.recent() };
  }

  /** What fires of one symbol, for a reporter that lost its memory. */
  active(symbol: string): AlertChange[] {
    return this.log.active(symbol);
  }

  /** Messages given up, newest first. */
  deadLetters(): DeadLetter[] {
    return readDeadLetters(this.ctx.storage.sql);
  }

  /**
   * Queues a message that was given up, and what else was of its alert, again. Empty when there is none of that number.
   */
  async redeliver(seq: number): Promise<DeadLetter[]> {
    const { storage } = this.ctx;
    const again = storage.transactionSync(() => requeueDeadLetter(storage.sql, seq, Date.now()));
    await this.arm();
    return again;
  }

  figures(): AlertFiguresOfAll {
    const active = this.log.active().map(({ symbol, rule }) => ({ symbol, rule }));
    return { active, deliveries: this.outbox.counts(), queues: this.outbox.sizes() };
  }

  /**
   * Starts what is due; nothing is waited for here. Never throws: a failing alarm would be given up by the platform.
   */
  override async alarm(): Promise<void> {
    try {
      const nowMs = Date.now();
      for (const { webhook, dueMs } of this.outbox.dueTimes()) {
        if (dueMs > nowMs || this.busy.has(webhook)) continue;
        this.busy.add(webhook);
        this.ctx.waitUntil(this.deliverDue(webhook));
      }
    } catch (error) {
      logError("alerts_alarm_failed", { error: String(error) });
    }
    await this.armWhateverHappens();
  }

  /** Sets an alarm that is missing although messages wait. */
  private async rearm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.armWhateverHappens();
  }

  /** Where the time of the alarm cannot be told, it rings after a rest. */
  private async armWhateverHappens(): Promise<void> {
    try {
      await this.arm();
    } catch (error) {
      logError("alerts_arm_failed", { error: String(error) });
      await this.ctx.storage.setAlarm(Date.now() + REST_MS);
    }
  }

  private record(changes: readonly AlertChange[], nowMs: number): AlertChange[] {
    const { webhooks } = settingsOf(this.env).alerts;
    return changes.flatMap((given) => {
      const change = parseAlertChange(given);
      if (change === undefined || change.rule === "test") {
        throw new TypeError(`change: got ${JSON.stringify(given)?.slice(0, 200)}, expected an alert change of a rule`);
      }
      const fresh = this.log.record(change);
      if (fresh === undefined) return [];
      for (const webhook of webhooks) if (wantsChange(webhook, fresh)) this.outbox.add(webhook.name, fresh, nowMs);
      return [fresh];
    });
  }

  /** One webhook's lane: one message after another, for as long as any is due. */
  private async deliverDue(webhook: string): Promise<void> {
    try {
      for (;;) {
        const delivery = this.outbox.next(webhook, Date.now());
        if (delivery === undefined) break;
        await this.deliver(delivery);
      }
    } catch (error) {
      this.restUntilMs = Date.now() + REST_MS;
      logError("webhook_lane_failed", { webhook, error: String(error) });
    }
    this.busy.delete(webhook);
    await this.armWhateverHappens();
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { webhooks, gateway, deadlineMs, backoffMs } = settingsOf(this.env).alerts;
    const webhook = webhooks.find(({ name }) => name === delivery.webhook);
    if (webhook === undefined) {
      this.outbox.settle(delivery, { kind: "dead", reason: "no such webhook is configured any more" }, Date.now());
      return;
    }
    const startMs = Date.now();
    this.outbox.lease(delivery, startMs + deadlineMs + LEASE_MARGIN_MS);
    const attempt = await postChange(delivery.change, webhook, { gateway, deadlineMs, nowMs: startMs });
    const nowMs = Date.now();
    const { change, createdMs } = delivery;
    const seed = `${gateway} ${webhook.name} ${change.id} ${change.state}`;
    const verdict = judgeAttempt(attempt, { attempts: delivery.attempts + 1, createdMs, nowMs, backoffMs, seed });
    const pauseMs = holdMs(attempt);
    this.outbox.settle(delivery, verdict, nowMs, pauseMs > 0 ? nowMs + pauseMs : undefined);
    if (verdict.kind === "delivered") return;
    const { name } = webhook;
    const { status } = attempt;
    logWarning("webhook_failed", { webhook: name, id: change.id, verdict: verdict.kind, status });
  }

  /**
   * Sets the alarm to what is due next. A webhook in its lane looks by itself; the alarm is there should it be lost.
   */
  private async arm(): Promise<void> {
    const { deadlineMs } = settingsOf(this.env).alerts;
    const nowMs = Date.now();
    const lostMs = nowMs + deadlineMs + LEASE_MARGIN_MS;
    const times = this.outbox.dueTimes().map(({ webhook, dueMs }) => (this.busy.has(webhook) ? lostMs : dueMs));
    if (times.length === 0) return;
    await this.ctx.storage.setAlarm(Math.max(Math.min(...times), nowMs, this.restUntilMs));
  }
}
