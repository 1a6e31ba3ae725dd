// A subscription to spikes as it is kept: whom it tells, and what it watches.
import * as v from "valibot";
import { fields, finiteNumber, oneOf, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";
import type { Webhook } from "../../settings/webhook-schema.ts";
import type { WatchedSubscription } from "../../spikes/spike-watch.ts";

/** Formats of a message to an address of the subscription's own. A repository dispatch starts work, so it is none. */
export const SPIKE_FORMATS = ["json", "slack", "cloudevents"] as const;

const nullableText = v.nullable(v.string("a text"));
const nullableProbability = v.nullable(finiteNumber(0, 1));

/** To a configured webhook by its name, or to an address with a key for its signature. */
const targetSchema = v.union([
  fields({ webhook: v.string("a text") }),
  fields({ url: v.string("a text"), format: oneOf(SPIKE_FORMATS), secret: nullableText }),
]);
export type SpikeTarget = Parsed<typeof targetSchema>;

const wantedEntries = {
  target: targetSchema,
  enabled: v.boolean("true or false"),
  note: nullableText,
  grid: nullableText,
  symbols: v.union([v.literal("all"), v.array(v.string("a text"))]),
  on: oneOf(["rise", "rise_and_fall"]),
  threshold: nullableProbability,
  fallShare: finiteNumber(0, 1),
  fallBelow: nullableProbability,
  confirmSteps: wholeNumber(1),
  coolDownMs: wholeNumber(0),
};
const subscriptionSchema = fields({
  id: v.string("a text"),
  createdMs: v.number(),
  changedMs: v.number(),
  ...wantedEntries,
});
export type Subscription = Parsed<typeof subscriptionSchema>;

/** What an operator says of it. */
export type WantedSubscription = Omit<Subscription, "id" | "createdMs" | "changedMs">;

/** As it is shown: of an address only the origin, and of a key whether there is one. */
export interface ShownSubscription extends Omit<Subscription, "target"> {
  readonly target:
    | { readonly webhook: string }
    | { readonly origin: string; readonly format: (typeof SPIKE_FORMATS)[number]; readonly signed: boolean };
}

/** `undefined` for what is none. */
export function parseSubscription(value: unknown): Subscription | undefined {
  const { success, output } = v.safeParse(subscriptionSchema, value);
  return success ? output : undefined;
}

export function shownSubscription({ target, ...rest }: Subscription): ShownSubscription {
  if ("webhook" in target) return { ...rest, target };
  const { url, format, secret } = target;
  return { ...rest, target: { origin: new URL(url).origin, format, signed: secret !== null } };
}

/** What symbols need of it. */
export function watchedSubscription(subscription: Subscription): WatchedSubscription {
  const { id, symbols, grid, on, threshold, fallShare, fallBelow, confirmSteps, coolDownMs } = subscription;
  return { id, symbols, grid, on, threshold, fallShare, fallBelow, confirmSteps, coolDownMs };
}

/** The name of its queue in the outbox, and in metrics: no webhook of the settings can have it. */
export function queueOf(id: string): string {
  return `subscription:${id}`;
}

/** Whom it tells, under the name of its queue; `undefined` where its webhook is not configured any more. */
export function webhookOf({ id, target }: Subscription, configured: readonly Webhook[]): Webhook | undefined {
  const name = queueOf(id);
  if ("webhook" in target) {
    const found = configured.find((webhook) => webhook.name === target.webhook);
    return found && { ...found, name };
  }
  const { url, format: kind, secret } = target;
  return { name, kind, url, secret: secret ?? undefined, token: undefined, rules: [], minSeverity: "info" };
}
