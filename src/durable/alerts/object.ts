// Alerts of all symbols: what is firing, and its delivery to webhooks. One object; the wiring only.
import { DurableObject } from "cloudflare:workers";
import { type AlertChange, GATEWAY_SYMBOL, parseAlertChange } from "../../quality/alerts/alert-change.ts";
import { AlertBook } from "../../quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../quality/alerts/alert-facts.ts";
import type { EventPage } from "../../stream/stream-event.ts";
import { AlertLog, type LoggedAlert } from "./alert-log.ts";
import { AlertStream } from "./alert-stream.ts";
import { listSymbols, unreadBuckets } from "../../clients/directory.ts";
import { sendCounts } from "../../clients/metrics.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { type Env, settingsOf } from "../../settings.ts";
import type { Spike } from "../../spikes/spike-message.ts";
import type { WatchedSubscription } from "../../spikes/spike-watch.ts";
import { changeOfSpike } from "./spike-change.ts";
import { SpikeDesk, type SubscriptionOutcome } from "./spike-desk.ts";
import { queueOf, type ShownSubscription, shownSubscription, type WantedSubscription } from "./subscription.ts";
import { LEASE_MARGIN_MS, WebhookCourier } from "./webhook-courier.ts";
import { readDeadLetters, requeueDeadLetter } from "./webhook-dead-letters.ts";
import type { DeadLetter, DeliveryGroup } from "./webhook-delivery.ts";
import { type DeliveryCount, WebhookOutbox } from "./webhook-outbox.ts";
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
  /** Alerts that a webhook knows of, or may know of, and whose end it has not got. */
  readonly open: readonly { readonly webhook: string; readonly open: number }[];
}

/** Pause after an internal failure, such as an invalid variable. */
const REST_MS = 60_000;
const GATEWAY_BOOK = "gateway-book";

export class AlertsObject extends DurableObject<Env> {
  private readonly storage: DurableObjectStorage;
  private readonly log: AlertLog;
  private readonly outbox: WebhookOutbox;
  private readonly courier: WebhookCourier;
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
    this.courier = new WebhookCourier({
      storage: this.storage,
      outbox: this.outbox,
      countSymbols: () => this.countSymbols(),
    });
    this.stream = new AlertStream(env, this.storage);
    this.spikes = new SpikeDesk(this.storage, this.outbox);
    // Left by webhooks that were removed, or that want other alerts than before.
    this.outbox.told.forgetEnded((id) => this.log.isFiring(id));
    ctx.waitUntil(this.rearm());
  }

  /**
   * Records changes and queues them for the webhooks that want them; durable before the answer. Repeating a change does
   * nothing. Returns the new changes.
   */
  async report(changes: readonly AlertChange[]): Promise<AlertChange[]> {
    const fresh = this.storage.transactionSync(() => this.record(changes));
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
      return this.record(changed);
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
      return this.record(ended);
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
    const { outbox } = this;
    return { active, deliveries: outbox.counts(), queues: outbox.sizes(), open: outbox.told.sizes() };
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

  private record(changes: readonly AlertChange[]): AlertChange[] {
    const { alerts } = settingsOf(this.env);
    return changes.flatMap((given) => {
      const change = parseAlertChange(given);
      if (change === undefined || change.rule === "test" || change.rule === "spike") {
        throw new TypeError(`change: got ${JSON.stringify(given)?.slice(0, 200)}, expected an alert change of a rule`);
      }
      const fresh = this.log.record(change);
      if (fresh === undefined) return [];
      this.stream.add(fresh);
      this.courier.queue(fresh, alerts);
      return [fresh];
    });
  }

  /** How many symbols there are; `undefined` where a part of the directory does not answer, never too few. */
  private async countSymbols(): Promise<number | undefined> {
    try {
      const symbols = await listSymbols(this.env);
      return unreadBuckets() === 0 ? symbols.length : undefined;
    } catch (error) {
      logWarning("symbols_not_counted", { error: String(error) });
      return undefined;
    }
  }

  /** Sends one webhook's due messages, one at a time, until none is due. */
  private async deliverDue(webhook: string): Promise<void> {
    try {
      for (;;) {
        const group = this.courier.next(webhook);
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
    const { alerts } = settingsOf(this.env);
    const { webhooks } = alerts;
    const [{ webhook: name }] = group;
    const webhook = webhooks.find((one) => one.name === name) ?? this.spikes.webhookNamed(name, webhooks);
    if (webhook === undefined) this.outbox.abandon(name, Date.now());
    else await this.courier.deliver(group, webhook, alerts);
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
