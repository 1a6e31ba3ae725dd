// Queues changes of alerts for the webhooks that want them, and sends one message of a queue. The clock is handed in.
import { logWarning } from "../../log.ts";
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import { type AlertSettings, takesEnds, wantsChange } from "../../settings/alert-settings.ts";
import type { Webhook } from "../../settings/webhook-schema.ts";
import type { DeliveryGroup } from "./webhook-delivery.ts";
import type { WebhookOutbox } from "./webhook-outbox.ts";
import { ALERT_PATIENCE, hasRefused, holdMs, judgeAttempt, SPIKE_PATIENCE, type Verdict } from "./webhook-retry.ts";
import { type Attempt, postChanges, type SendOptions } from "./webhook-send.ts";

/** Added to a webhook's deadline: an attempt without a result by then counts as lost. */
export const LEASE_MARGIN_MS = 10_000;

/** What waits for a webhook that is back is made due at most this often. */
const REVIVE_MS = 60_000;

/** The answer to a message that is too large: its changes are sent again in messages of half as many. */
const TOO_LARGE = 413;

/** What is remembered of a receiver while this object is in memory. */
interface Receiver {
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  /** When all that waited was last made due. */
  readonly revivedMs: number;
  /** Changes in a message at most. */
  readonly most: number;
}

const UNKNOWN_RECEIVER: Receiver = { failures: 0, revivedMs: -Infinity, most: Infinity };

interface CourierOptions {
  readonly storage: DurableObjectStorage;
  readonly outbox: WebhookOutbox;
  /** How many symbols there are; `undefined` where that is not known. Never throws. */
  readonly countSymbols?: () => Promise<number | undefined>;
  readonly clock?: () => number;
  readonly post?: (changes: readonly AlertChange[], webhook: Webhook, options: SendOptions) => Promise<Attempt>;
}

export class WebhookCourier {
  private readonly storage: DurableObjectStorage;
  private readonly outbox: WebhookOutbox;
  private readonly countSymbols: NonNullable<CourierOptions["countSymbols"]>;
  private readonly clock: () => number;
  private readonly post: NonNullable<CourierOptions["post"]>;
  /** By webhook. */
  private readonly receivers = new Map<string, Receiver>();

  constructor({
    storage,
    outbox,
    countSymbols = () => Promise.resolve(undefined),
    clock = Date.now,
    post = postChanges,
  }: CourierOptions) {
    this.storage = storage;
    this.countSymbols = countSymbols;
    this.outbox = outbox;
    this.clock = clock;
    this.post = post;
  }

  /** Queues a change that is new; call it in the transaction that records it. */
  queue(change: AlertChange, { webhooks, gatherMs }: Pick<AlertSettings, "webhooks" | "gatherMs">): void {
    const { outbox } = this;
    const nowMs = this.clock();
    const wanting = webhooks.filter((webhook) => wantsChange(webhook, change)).map(({ name }) => name);
    if (change.state === "firing") {
      for (const name of wanting) outbox.add(name, change, nowMs, gatherMs);
      return;
    }
    // One that wants no ends is told nothing of an alert that is over.
    const endless = webhooks.filter((webhook) => !takesEnds(webhook)).map(({ name }) => name);
    for (const name of endless) {
      outbox.withdraw(name, change.id, nowMs);
      outbox.told.forget(name, change.id);
    }
    // Who knows of the alert, or will when its beginning goes, is owed its end, also where it wants other rules now, or
    // a deployment left it out.
    const owed = [...outbox.told.webhooksOf(change.id), ...outbox.webhooksAwaiting(change.id)];
    for (const name of new Set([...wanting, ...owed])) {
      if (!endless.includes(name)) outbox.add(name, change, nowMs, gatherMs);
    }
  }

  /** The webhook's next message, no larger than it takes. */
  next(webhook: string): DeliveryGroup | undefined {
    return this.outbox.next(webhook, this.clock(), this.receivers.get(webhook)?.most);
  }

  /** Sends a message, and stores what became of it. */
  async deliver(
    group: DeliveryGroup,
    webhook: Webhook,
    { gateway, deadlineMs, backoffMs }: Pick<AlertSettings, "gateway" | "deadlineMs" | "backoffMs">,
  ): Promise<void> {
    const { outbox } = this;
    const [first] = group;
    const startMs = this.clock();
    const wantsEnds = first.change.rule !== "spike" && takesEnds(webhook);
    const isEnd = first.change.rule !== "spike" && first.change.state === "resolved";
    // The webhook is of another kind than when the end was queued.
    if (isEnd && !wantsEnds) return this.storage.transactionSync(() => outbox.release(group));
    outbox.lease(group, startMs + deadlineMs + LEASE_MARGIN_MS, wantsEnds);
    const changes = group.map(({ change }) => change);
    const symbols = group.length > 1 ? await this.countSymbols() : undefined;
    const attempt = await this.post(changes, webhook, { gateway, deadlineMs, nowMs: this.clock(), symbols });
    const nowMs = this.clock();
    // One seed: what failed together as often is tried again together.
    const seed = `${gateway} ${webhook.name} ${first.change.id} ${first.change.state}`;
    const patience = first.change.rule === "spike" ? SPIKE_PATIENCE : ALERT_PATIENCE;
    const isTooLarge = attempt.status === TOO_LARGE && group.length > 1;
    const verdicts = group.map(({ createdMs, attempts }): Verdict => {
      if (isTooLarge) return { kind: "retry", atMs: nowMs };
      return judgeAttempt(attempt, { attempts: attempts + 1, createdMs, nowMs, backoffMs, patience, seed });
    });
    this.storage.transactionSync(() => {
      // A subscription that was ended meanwhile leaves nothing behind.
      if (!outbox.has(first)) return;
      group.forEach((delivery, i) => {
        outbox.settle(delivery, verdicts[i]!, nowMs, { hasRefused: hasRefused(attempt), wantsEnds });
      });
      if (isTooLarge) this.halve(webhook.name, group.length);
      else if (this.isBack(group, verdicts[0]!.kind === "delivered", nowMs)) outbox.revive(webhook.name, nowMs);
      const pauseMs = holdMs(attempt);
      if (pauseMs > 0) outbox.hold(webhook.name, nowMs + pauseMs);
    });
    const verdict = verdicts[0]!.kind;
    if (verdict === "delivered") return;
    const about = { webhook: webhook.name, id: first.change.id, changes: group.length };
    logWarning("webhook_failed", { ...about, verdict, status: attempt.status });
  }

  private halve(webhook: string, changes: number): void {
    const receiver = this.receivers.get(webhook) ?? UNKNOWN_RECEIVER;
    this.receivers.set(webhook, { ...receiver, most: Math.ceil(changes / 2) });
  }

  /**
   * Notes the outcome of an attempt. Returns whether the webhook was away, for two attempts in a row at least, and is
   * back: one message that it never takes does not make it away. After an eviction the stored attempts tell it.
   */
  private isBack(group: DeliveryGroup, isDelivered: boolean, nowMs: number): boolean {
    const [{ webhook }] = group;
    const receiver = this.receivers.get(webhook) ?? UNKNOWN_RECEIVER;
    const { failures, revivedMs } = receiver;
    const wasAway = failures >= 2 || group.some(({ attempts }) => attempts >= 2);
    const isBack = isDelivered && wasAway && Math.abs(nowMs - revivedMs) >= REVIVE_MS;
    const outcome = { failures: isDelivered ? 0 : failures + 1, revivedMs: isBack ? nowMs : revivedMs };
    this.receivers.set(webhook, { ...receiver, ...outcome });
    return isBack;
  }
}
