// What the alerts object does for subscriptions to spikes: keeps them, and queues what symbols report for them.
import { parseSpike } from "../../spikes/spike-message.ts";
import type { WatchedSubscription } from "../../spikes/spike-watch.ts";
import type { Webhook } from "../../settings/webhook-schema.ts";
import { changeOfSpike } from "./spike-change.ts";
import {
  queueOf,
  type ShownSubscription,
  shownSubscription,
  type SpikeTarget,
  type Subscription,
  type WantedSubscription,
  watchedSubscription,
  webhookOf,
} from "./subscription.ts";
import { SubscriptionStore } from "./subscription-store.ts";
import type { WebhookOutbox } from "./webhook-outbox.ts";

/** A subscription that was made or changed, or why not. */
export type SubscriptionOutcome =
  | {
      readonly ok: true;
      readonly subscription: ShownSubscription;
      /** Whether its messages are signed with the key that the call brought along. */
      readonly isNewKeyUsed: boolean;
    }
  | { readonly ok: false; readonly code: "subscription_limit" | "unknown_subscription" };

export class SpikeDesk {
  private readonly storage: DurableObjectStorage;
  private readonly store: SubscriptionStore;
  private readonly outbox: WebhookOutbox;

  constructor(storage: DurableObjectStorage, outbox: WebhookOutbox) {
    this.storage = storage;
    this.store = new SubscriptionStore(storage.sql);
    this.outbox = outbox;
  }

  list(): readonly Subscription[] {
    return this.store.list();
  }

  find(id: string): Subscription | undefined {
    return this.store.find(id);
  }

  /** Those that are enabled, as symbols know them. */
  watched(): WatchedSubscription[] {
    return this.store.list().flatMap((one) => (one.enabled ? [watchedSubscription(one)] : []));
  }

  /**
   * Makes a subscription, or writes it anew. Where no key is given, it keeps the one that it has, else it takes the new
   * one: what can be signed is signed.
   * @param isNew whether there must be none of this id.
   */
  save(
    id: string,
    wanted: WantedSubscription,
    { isNew, newKey, nowMs }: { readonly isNew: boolean; readonly newKey: string; readonly nowMs: number },
  ): SubscriptionOutcome {
    const { store } = this;
    const before = store.find(id);
    if (!isNew && before === undefined) return { ok: false, code: "unknown_subscription" };
    if (isNew && store.isFull) return { ok: false, code: "subscription_limit" };
    const { target, isNewKeyUsed } = withKey(wanted.target, before?.target, newKey);
    const subscription = { ...wanted, target, id, createdMs: before?.createdMs ?? nowMs, changedMs: nowMs };
    this.storage.transactionSync(() => store.save(subscription));
    return { ok: true, subscription: shownSubscription(subscription), isNewKeyUsed };
  }

  /** Removes a subscription and all that waits for it. Returns whether there was one. */
  remove(id: string): boolean {
    return this.storage.transactionSync(() => {
      this.outbox.drop(queueOf(id));
      return this.store.remove(id);
    });
  }

  forgetSymbol(symbol: string): void {
    this.store.forgetSymbol(symbol);
  }

  /** Whom a queue of a subscription is for; `undefined` for another queue, and where nobody is to be told. */
  webhookNamed(queue: string, configured: readonly Webhook[]): Webhook | undefined {
    const found = this.store.find(queue.slice(queueOf("").length));
    return found && queueOf(found.id) === queue ? webhookOf(found, configured) : undefined;
  }

  /** Queues what is new of them. What is for no subscription any more is dropped. */
  report(given: readonly unknown[], nowMs: number): void {
    this.storage.transactionSync(() => {
      for (const value of given) {
        const spike = parseSpike(value);
        if (spike === undefined) {
          throw new TypeError(`spike: got ${JSON.stringify(value)?.slice(0, 200)}, expected a spike`);
        }
        if (this.store.find(spike.subscription) === undefined || !this.store.note(spike)) continue;
        this.outbox.add(queueOf(spike.subscription), changeOfSpike(spike), nowMs);
      }
    });
  }
}

function withKey(
  target: SpikeTarget,
  before: SpikeTarget | undefined,
  newKey: string,
): { readonly target: SpikeTarget; readonly isNewKeyUsed: boolean } {
  if ("webhook" in target || target.format === "slack" || target.secret !== null)
    return { target, isNewKeyUsed: false };
  const kept = before !== undefined && "secret" in before ? before.secret : null;
  return { target: { ...target, secret: kept ?? newKey }, isNewKeyUsed: kept === null };
}
