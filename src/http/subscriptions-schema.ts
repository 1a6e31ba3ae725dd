// /admin/subscriptions: who is told when a symbol's probability crosses its threshold.
import * as v from "valibot";
import { SPIKE_FORMATS } from "../durable/alerts/subscription.ts";
import { oneOf, textUpTo, wholeNumber } from "../schemas/schema-values.ts";
import { webhookSecret, webhookUrl } from "../settings/webhook-schema.ts";
import { EXPECTED_SYMBOLS, parseSymbolList } from "../spikes/symbol-list.ts";
import { contract } from "./contract.ts";
import { booleanInput, count, gridFields, nullableNumber, nullableString, time } from "./field-schema.ts";

const ABOVE_0 = "a number above 0, at most 1: no probability falls below 0, so that a rise would never end";
const probability = v.pipe(v.number(ABOVE_0), v.gtValue(0, ABOVE_0), v.maxValue(1, ABOVE_0));
const NAME = "the name of a configured webhook";

const body = {
  schema: v.strictObject({
    url: v.exactOptional(webhookUrl),
    format: v.optional(oneOf(SPIKE_FORMATS), "json"),
    secret: v.exactOptional(webhookSecret),
    webhook: v.exactOptional(v.string(NAME)),
    ...gridFields,
    symbols: v.pipe(
      v.union([v.literal("all"), v.array(v.string(EXPECTED_SYMBOLS), EXPECTED_SYMBOLS)], EXPECTED_SYMBOLS),
      v.check((value) => parseSymbolList(value) !== undefined, EXPECTED_SYMBOLS),
    ),
    on: v.optional(oneOf(["rise", "rise_and_fall"]), "rise"),
    threshold: v.optional(v.nullable(probability), null),
    fall_share: v.optional(probability, 0.8),
    fall_below: v.optional(v.nullable(probability), null),
    confirm_steps: v.optional(wholeNumber(1, 1000), 1),
    cool_down_s: v.optional(wholeNumber(0, 86_400), 300),
    enabled: v.optional(booleanInput, true),
    note: v.optional(v.nullable(textUpTo(200)), null),
  }),
  description:
    "Exactly one of `url` and `webhook`, which names one of `ALERT_WEBHOOKS`. `symbols` are `all` or names in which `*` " +
    "stands for any characters. `threshold` is a probability in place of the served one. After a rise it must " +
    "fall below `fall_share` of the threshold, or below `fall_below`, before it can rise again; `confirm_steps` adjacent " +
    "steps decide, and within `cool_down_s` after a rise no other is told.",
  example: {
    url: "https://hooks.example.com/volgate",
    symbols: ["BTC-USD", "*@kraken"],
    on: "rise_and_fall",
    confirm_steps: 2,
    cool_down_s: 600,
    note: "the desk",
  },
};

const subscriptionAnswer = v.object({
  id: v.string(),
  webhook: v.pipe(nullableString, v.description("Of `ALERT_WEBHOOKS`; null with an address of its own")),
  origin: v.pipe(nullableString, v.description("Of the address only the origin; null with `webhook`")),
  format: v.nullable(v.picklist(SPIKE_FORMATS)),
  signed: v.pipe(v.nullable(v.boolean()), v.description("Null with `webhook`, which `GET /admin/alerts` shows")),
  grid: v.pipe(nullableString, v.description("Null: each symbol's own")),
  symbols: v.union([v.literal("all"), v.array(v.string())]),
  on: v.picklist(["rise", "rise_and_fall"]),
  threshold: v.pipe(nullableNumber, v.description("Null: the one that the symbol serves at each step")),
  fall_share: v.number(),
  fall_below: nullableNumber,
  confirm_steps: count,
  cool_down_s: count,
  enabled: v.boolean(),
  note: nullableString,
  created_at: time,
  changed_at: time,
  delivered: v.pipe(count, v.description("Messages that were taken, retried, and given up")),
  retried: count,
  given_up: count,
  waiting: count,
  dead_letters: v.pipe(count, v.description("See `GET /admin/alerts/dead-letters`, where each can be sent again")),
});
export type SubscriptionAnswer = v.InferOutput<typeof subscriptionAnswer>;

const savedAnswer = v.object({
  ...subscriptionAnswer.entries,
  secret: v.pipe(
    nullableString,
    v.description("The key of its signatures where the gateway has just made it: it is shown this once"),
  ),
});

const EXAMPLE = {
  id: "sub_5d1f0c7a9b3e",
  webhook: null,
  origin: "https://hooks.example.com",
  format: "json",
  signed: true,
  grid: null,
  symbols: ["BTC-USD", "*@kraken"],
  on: "rise_and_fall",
  threshold: null,
  fall_share: 0.8,
  fall_below: null,
  confirm_steps: 2,
  cool_down_s: 600,
  enabled: true,
  note: "the desk",
  created_at: "2026-11-30T08:00:00.000Z",
  changed_at: "2026-11-30T08:00:00.000Z",
  delivered: 0,
  retried: 0,
  given_up: 0,
  waiting: 0,
  dead_letters: 0,
} as const;

const FIELD_ERRORS = ["field_unknown", "subscription_malformed", "unknown_grid", "unknown_webhook"] as const;
/** A detail names the field. */
const codeOfFault = (): "subscription_malformed" => "subscription_malformed";
const params = v.object({ id: v.pipe(v.string(), v.description("Of the subscription")) });
const parameterExamples = { id: EXAMPLE.id };

export const subscriptionListContract = contract({
  method: "get",
  path: "/admin/subscriptions",
  tag: "Alerts",
  summary: "The subscriptions to spikes",
  token: "ADMIN_TOKEN",
  answer: {
    description: "The oldest first",
    schema: v.object({ subscriptions: v.array(subscriptionAnswer) }),
    example: { subscriptions: [EXAMPLE] },
  },
  errors: [],
});

export const createSubscriptionContract = contract({
  method: "post",
  path: "/admin/subscriptions",
  tag: "Alerts",
  summary: "Subscribes to spikes",
  description:
    "Sends a message when the live probability of a symbol rises above its threshold, and when it falls again. Only " +
    "live steps are told: a replay of the past tells nobody. Symbols know of it within ten seconds.",
  token: "ADMIN_TOKEN",
  body,
  answer: {
    status: 201,
    description: "The subscription",
    schema: savedAnswer,
    example: { ...EXAMPLE, secret: "4f0c6e1d2b3a59788796a5b4c3d2e1f04f0c6e1d2b3a59788796a5b4c3d2e1f0" },
  },
  errors: [...FIELD_ERRORS, "subscription_limit"],
  codeOfFault,
});

export const subscriptionContract = contract({
  method: "get",
  path: "/admin/subscriptions/:id",
  tag: "Alerts",
  summary: "One subscription to spikes",
  token: "ADMIN_TOKEN",
  params,
  parameterExamples,
  answer: { description: "The subscription", schema: subscriptionAnswer, example: EXAMPLE },
  errors: ["unknown_subscription"],
});

export const changeSubscriptionContract = contract({
  method: "put",
  path: "/admin/subscriptions/:id",
  tag: "Alerts",
  summary: "Changes a subscription to spikes",
  description:
    "What is left out gets its default, but for `secret`: without it the key stays. What waits is sent to where it tells " +
    "now; `enabled: false` makes symbols forget what they saw for it.",
  token: "ADMIN_TOKEN",
  params,
  parameterExamples,
  body,
  answer: { description: "The subscription as it is now", schema: savedAnswer, example: { ...EXAMPLE, secret: null } },
  errors: [...FIELD_ERRORS, "unknown_subscription"],
  codeOfFault,
});

export const removeSubscriptionContract = contract({
  method: "delete",
  path: "/admin/subscriptions/:id",
  tag: "Alerts",
  summary: "Ends a subscription to spikes",
  description: "With what waits for it and its dead letters.",
  token: "ADMIN_TOKEN",
  params,
  parameterExamples,
  answer: {
    description: "The subscription that was ended",
    schema: v.object({ id: v.string() }),
    example: { id: EXAMPLE.id },
  },
  errors: ["unknown_subscription"],
});

export const testSubscriptionContract = contract({
  method: "post",
  path: "/admin/subscriptions/:id/test",
  tag: "Alerts",
  summary: "Sends a subscription a spike that is none",
  description: "Its symbol is `*`, which no symbol is called.",
  token: "ADMIN_TOKEN",
  params,
  parameterExamples,
  answer: {
    description: "Whether the receiver took it",
    schema: v.object({
      id: v.string(),
      delivered: v.boolean(),
      status: v.pipe(v.nullable(v.number()), v.description("The receiver's status; null without an answer")),
      detail: nullableString,
      took_ms: v.number(),
    }),
    example: { id: EXAMPLE.id, delivered: true, status: 204, detail: null, took_ms: 38 },
  },
  errors: ["unknown_subscription", "unknown_webhook"],
});
