// Alerts of all symbols: what is firing, and its delivery to webhooks. One object; the wiring only.
import { DurableObject } from "cloudflare:workers";
import { type AlertChange, GATEWAY_SYMBOL, parseAlertChange } from "../../quality/alerts/alert-change.ts";
import { AlertBook } from "../../quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../quality/alerts/alert-facts.ts";
import type { EventPage } from "../../stream/stream-event.ts";
import { AlertLog, type LoggedAlert } from "./alert-log.ts";
import { AlertStream } from "./alert-stream.ts";
import { sendCounts } from "../../clients/metrics.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { wantsChange } from "../../settings/alert-settings.ts";
import { type Env, settingsOf } from "../../settings.ts";
import type { Spike } from "../../spikes/spike-message.ts";
import type { WatchedSubscription } from "../../spikes/spike-watch.ts";
import { changeOfSpike } from "./spike-change.ts";
import { SpikeDesk, type SubscriptionOutcome } from "./spike-desk.ts";
import { queueOf, type ShownSubscription, shownSubscription, type WantedSubscription } from "./subscription.ts";
import { readDeadLetters, requeueDeadLetter } from "./webhook-dead-letters.ts";
import type { DeadLetter, DeliveryGroup } from "./webhook-delivery.ts";
import { type DeliveryCount, WebhookOutbox } from "./webhook-outbox.ts";
import { holdMs, judgeAttempt } from "./webhook-retry.ts";
import { type Attempt, postChanges } from "./webhook-send.ts";
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

/** Added to a webhook's deadline: an attempt without a result by then counts as lost. */
const LEASE_MARGIN_MS = 5_000;
/** Pause after an internal failure, such as an invalid variable. */
const REST_MS = 60_000;
const GATEWAY_BOOK = "gateway-book";

export class AlertsObject extends DurableObject<Env> {
  private readonly storage: DurableObjectStorage;
  private readonly log: AlertLog;
  private readonly outbox: WebhookOutbox;
  private readonly spikes: SpikeDesk;
  /**
   * Webhooks with a delivery in progress. Deliveries run in parallel per webhook, so that a slow one does not delay
   * others.
   */
  private readonly busy = new Set<string>();
  private restUntilMs = 0;
  private readonly stream: AlertStream;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.storage = countedStorage(ctx.storage, "alerts");
    this.log = new AlertLog(this.storage.sql);
    this.outbox = new WebhookOutbox(this.storage.sql);
    this.stream = new AlertStream(env, this.storage);
    this.spikes = new SpikeDesk(this.storage, this.outbox);
    // Left by webhooks that were removed, or that want other alerts than before.
    this.outbox.forgetEnded((id) => this.log.isFiring(id));
    ctx.waitUntil(this.rearm());
  }

  /**
   * Records changes and queues them for the webhooks that want them; durable before the answer. Repeating a change does
   * nothing. Returns the new changes.
   */
  async report(changes: readonly AlertChange[]): Promise<AlertChange[]> {
    const fresh = this.storage.transactionSync(() => this.record(changes, Date.now()));
    // Needed even without a new change: the report may be a retry because setting the alarm failed.
    await this.arm();
    return fresh;
  }

  /** A hub of the stream is sent the changes after the position that is returned. */
  listen(hub: string): number {
    return this.stream.listen(hub);
  }

  /** Changes for a reader of the stream that lacks them: see `AlertStream.page`. */
  streamPage(after: number, upTo: number): EventPage {
    return this.stream.page(after, upTo);
  }

  /** Judges facts about the whole gateway, such as a promotable challenger. Returns the changes. */
  async observe(facts: AlertFacts): Promise<AlertChange[]> {
    const { limits } = settingsOf(this.env).alerts;
    const nowMs = Date.now();
    const { kv } = this.storage;
    const changes = this.storage.transactionSync(() => {
      const book = AlertBook.fromJSON({ symbol: GATEWAY_SYMBOL, stepMs: 1000, limits }, kv.get(GATEWAY_BOOK));
      const changed = book.update(facts, nowMs);
      book.markReported(changed);
      kv.put(GATEWAY_BOOK, book.toJSON());
      return this.record(changed, nowMs);
    });
    await this.arm();
    return changes;
  }

  /** Firing alerts and recently resolved ones. */
  list(): AlertList {
    return { active: this.log.active(), recent: this.log.recent() };
  }

  /** Ends what fires for a symbol that was removed. Returns the changes. */
  async endAll(symbol: string): Promise<AlertChange[]> {
    const nowMs = Date.now();
    const summary = `${symbol} was removed`;
    const ended = this.log
      .active(symbol)
      .map((firing) => ({ ...firing, state: "resolved", atMs: nowMs, summary }) as const);
    const changes = this.storage.transactionSync(() => {
      this.spikes.forgetSymbol(symbol);
      return this.record(ended, nowMs);
    });
    await this.arm();
    return changes;
  }

  /** Subscriptions to spikes, the oldest first. */
  subscriptions(): ShownSubscription[] {
    return this.spikes.list().map(shownSubscription);
  }

  /** Those that are enabled, for the symbols. */
  watchedSubscriptions(): WatchedSubscription[] {
    return this.spikes.watched();
  }

  /** Makes a subscription. @param newKey of its signature, where none is given. */
  createSubscription(id: string, wanted: WantedSubscription, newKey: string): SubscriptionOutcome {
    return this.spikes.save(id, wanted, { isNew: true, newKey, nowMs: Date.now() });
  }

  /** Writes a subscription anew; what waits for it is sent to where it tells now. */
  changeSubscription(id: string, wanted: WantedSubscription, newKey: string): SubscriptionOutcome {
    return this.spikes.save(id, wanted, { isNew: false, newKey, nowMs: Date.now() });
  }

  /** Removes a subscription and what waits for it. Returns whether there was one. */
  removeSubscription(id: string): boolean {
    return this.spikes.remove(id);
  }

  /** Queues spikes for their subscriptions; durable before the answer. Repeating one does nothing. */
  async reportSpikes(spikes: readonly Spike[]): Promise<void> {
    this.spikes.report(spikes, Date.now());
    await this.arm();
  }

  /** Sends a spike to a subscription at once, beside its queue; `undefined` where there is none to tell. */
  async testSubscription(id: string, spike: Spike): Promise<Attempt | undefined> {
    const { webhooks, gateway, deadlineMs } = settingsOf(this.env).alerts;
    const webhook = this.spikes.webhookNamed(queueOf(id), webhooks);
    if (webhook === undefined) return undefined;
    return await postChanges([changeOfSpike(spike)], webhook, { gateway, deadlineMs, nowMs: Date.now() });
  }

  /** Firing alerts of one symbol, for a reporter that lost its state. */
  active(symbol: string): AlertChange[] {
    return this.log.active(symbol);
  }

  /** Dead letters, newest first. */
  deadLetters(): DeadLetter[] {
    return readDeadLetters(this.storage.sql);
  }

  /** Requeues a dead letter and the other dead letters of its alert. Empty when no dead letter has this number. */
  async redeliver(seq: number): Promise<DeadLetter[]> {
    const { storage } = this;
    const again = storage.transactionSync(() => requeueDeadLetter(storage.sql, seq, Date.now()));
    await this.arm();
    return again;
  }

  figures(): AlertFiguresOfAll {
    const active = this.log.active().map(({ symbol, rule }) => ({ symbol, rule }));
    return { active, deliveries: this.outbox.counts(), queues: this.outbox.sizes() };
  }

  /**
   * Starts the deliveries that are due and does not wait for them. Never throws: Cloudflare drops an alarm that keeps
   * failing.
   */
  override async alarm(): Promise<void> {
    alarmRuns.inc({ object: "alerts" });
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

  /** Sets the alarm if messages are waiting and none is set. */
  private async rearm(): Promise<void> {
    const alarmMs = await this.storage.getAlarm().catch(() => null);
    if (alarmMs === null) await this.armWhateverHappens();
  }

  /** Sets the alarm; if its time cannot be computed, the alarm runs after `REST_MS`. Never throws. */
  private async armWhateverHappens(): Promise<void> {
    try {
      await this.arm();
    } catch (error) {
      logError("alerts_arm_failed", { error: String(error) });
      await this.storage.setAlarm(Date.now() + REST_MS).catch((failed: unknown) => {
        // The next report sets the alarm again.
        logError("alerts_alarm_not_set", { error: String(failed) });
      });
    }
  }

  private record(changes: readonly AlertChange[], nowMs: number): AlertChange[] {
    const { webhooks, gatherMs } = settingsOf(this.env).alerts;
    return changes.flatMap((given) => {
      const change = parseAlertChange(given);
      if (change === undefined || change.rule === "test" || change.rule === "spike") {
        throw new TypeError(`change: got ${JSON.stringify(given)?.slice(0, 200)}, expected an alert change of a rule`);
      }
      const fresh = this.log.record(change);
      if (fresh === undefined) return [];
      this.stream.add(fresh);
      for (const webhook of webhooks) {
        if (wantsChange(webhook, fresh)) this.outbox.add(webhook.name, fresh, nowMs, gatherMs);
        else if (fresh.state === "resolved") this.outbox.forget(webhook.name, fresh.id);
      }
      return [fresh];
    });
  }

  /** Sends one webhook's due messages, one at a time, until none is due. */
  private async deliverDue(webhook: string): Promise<void> {
    try {
      for (;;) {
        const group = this.outbox.next(webhook, Date.now());
        if (group === undefined) break;
        await this.deliver(group);
      }
    } catch (error) {
      this.restUntilMs = Date.now() + REST_MS;
      logError("webhook_lane_failed", { webhook, error: String(error) });
    }
    this.busy.delete(webhook);
    await this.armWhateverHappens();
  }

  private async deliver(group: DeliveryGroup): Promise<void> {
    const { webhooks, gateway, deadlineMs, backoffMs } = settingsOf(this.env).alerts;
    const [first] = group;
    const webhook =
      webhooks.find(({ name }) => name === first.webhook) ?? this.spikes.webhookNamed(first.webhook, webhooks);
    if (webhook === undefined) {
      this.outbox.abandon(first.webhook, Date.now());
      return;
    }
    const startMs = Date.now();
    this.outbox.lease(group, startMs + deadlineMs + LEASE_MARGIN_MS);
    const changes = group.map(({ change }) => change);
    const attempt = await postChanges(changes, webhook, { gateway, deadlineMs, nowMs: startMs });
    const nowMs = Date.now();
    // One seed and one count of attempts: what failed together is tried again together.
    const seed = `${gateway} ${webhook.name} ${first.change.id} ${first.change.state}`;
    const attempts = Math.max(...group.map((delivery) => delivery.attempts)) + 1;
    const verdicts = group.map(({ createdMs }) =>
      judgeAttempt(attempt, { attempts, createdMs, nowMs, backoffMs, seed }),
    );
    this.storage.transactionSync(() => {
      // A subscription that was ended meanwhile leaves nothing behind.
      if (!this.outbox.has(first)) return;
      group.forEach((delivery, i) => {
        const wantsEnds = wantsChange(webhook, { ...delivery.change, state: "resolved" });
        this.outbox.settle(delivery, verdicts[i]!, nowMs, { isAnswered: attempt.status !== null, wantsEnds });
      });
      const pauseMs = holdMs(attempt);
      if (pauseMs > 0) this.outbox.hold(webhook.name, nowMs + pauseMs);
    });
    const verdict = verdicts[0]!.kind;
    if (verdict === "delivered") return;
    const about = { webhook: webhook.name, id: first.change.id, changes: group.length };
    logWarning("webhook_failed", { ...about, verdict, status: attempt.status });
  }

  /**
   * Sets the alarm to the next due message. A running delivery loop finds its own messages; the alarm covers the loss
   * of such a loop. Sends what was counted, too.
   */
  private async arm(): Promise<void> {
    this.ctx.waitUntil(sendCounts(this.env, "object"));
    const publishing = this.stream.publish();
    if (publishing !== undefined) this.ctx.waitUntil(publishing);
    const { deadlineMs } = settingsOf(this.env).alerts;
    const nowMs = Date.now();
    const lostMs = nowMs + deadlineMs + LEASE_MARGIN_MS;
    const times = this.outbox.dueTimes().map(({ webhook, dueMs }) => (this.busy.has(webhook) ? lostMs : dueMs));
    if (times.length === 0) return;
    // Not later than a whole rest, even if the clock was set back meanwhile.
    const restUntilMs = Math.min(this.restUntilMs, nowMs + REST_MS);
    await this.storage.setAlarm(Math.max(Math.min(...times), nowMs, restUntilMs));
  }
}
