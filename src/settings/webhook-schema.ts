// The webhooks of ALERT_WEBHOOKS. Errors never show a secret, a token or more of an address than its origin.
import * as v from "valibot";
import { crossCheck, type Finding } from "../schemas/cross-check.ts";
import { ALERT_RULES, type AlertRule, ruleNamed, SEVERITIES } from "../quality/alerts/alert-change.ts";
import { oneOf, type Parsed } from "../schemas/schema-values.ts";
import { shown } from "../schemas/shown.ts";
import { lengthOf } from "./variable-schemas.ts";

export const WEBHOOK_KINDS = ["slack", "json", "cloudevents", "github"] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

const MAX_WEBHOOKS = 10;
/** Rules sent to a repository by default: those that retraining may fix. */
const RETRAINING: readonly AlertRule[] = ["pr_auc_fell", "drift", "calibration"];
const HTTPS = "https, or http on loopback in development";

/** An address for messages, without its fragment: https, or http on loopback, which only development may use. */
export const webhookUrl = v.pipe(v.unknown(), crossCheck(wrongAddress), v.string(), v.transform(addressOf));

/** The key of a signature, which no error shows. */
export const webhookSecret = hidden(/^[\s\S]{16,256}$/, "16 to 256 characters");

const entries = {
  /** The webhook's label in metrics and answers. */
  name: text(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a–z, 0–9 and -, no - in front"),
  kind: oneOf(WEBHOOK_KINDS),
  url: webhookUrl,
  /** Key of the signature. */
  secret: v.optional(webhookSecret),
  /** Sent as `Authorization: Bearer`. */
  token: v.optional(hidden(/^[\x21-\x7e]{1,512}$/, "1 to 512 printable ASCII characters without a space")),
  rules: v.optional(v.array(v.pipe(v.unknown(), v.transform(ruleNamed), oneOf(ALERT_RULES)), "a list of rules")),
  minSeverity: v.optional(oneOf(SEVERITIES), "info"),
};

/** Unknown fields are refused but not shown: a misspelt field may hold a secret. */
const webhookSchema = v.pipe(
  v.looseObject(entries, "an object"),
  crossCheck((given) => {
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(entries, name));
    if (unknown === undefined) return undefined;
    const expected = Object.keys(entries).join(", ");
    return { path: [unknown.slice(0, 32)], got: "an unknown field", expected };
  }),
  crossCheck(({ kind, secret, token }) => wrongSecrets(kind, secret, token)),
  v.transform(({ name, kind, url, secret, token, rules, minSeverity }) => {
    return { name, kind, url, secret, token, rules: rules ?? defaultRules(kind), minSeverity };
  }),
);

/** One webhook, checked. */
export type Webhook = Parsed<typeof webhookSchema>;

export const webhooksSchema = v.pipe(
  v.array(webhookSchema, "a list of webhooks"),
  v.maxLength(MAX_WEBHOOKS, `at most ${MAX_WEBHOOKS}`),
  crossCheck((webhooks) => {
    const names = webhooks.map(({ name }) => name);
    const again = names.findIndex((name, i) => names.indexOf(name) < i);
    if (again < 0) return undefined;
    return { path: [again, "name"], got: `${names[again]} again`, expected: "names that differ" };
  }),
);

/** Only development may send over http. */
export const httpsWebhooksSchema = v.pipe(
  webhooksSchema,
  crossCheck((webhooks) => plainHttp(webhooks)),
);

function plainHttp(webhooks: readonly Webhook[]): Finding | undefined {
  const i = webhooks.findIndex(({ url }) => !url.startsWith("https:"));
  const [webhook] = i < 0 ? [] : webhooks.slice(i);
  return webhook && { path: [i, "url"], got: new URL(webhook.url).origin, expected: HTTPS };
}

function defaultRules(kind: WebhookKind): readonly AlertRule[] {
  return kind === "github" ? RETRAINING : ALERT_RULES;
}

function text(form: RegExp, expected: string) {
  return v.pipe(v.string(expected), v.regex(form, expected));
}

/** A text of which an error shows only the length. */
function hidden(form: RegExp, expected: string) {
  return v.pipe(
    v.unknown(),
    crossCheck((value) =>
      typeof value === "string" && form.test(value) ? undefined : { path: [], got: lengthOf(value), expected },
    ),
    v.string(),
  );
}

function wrongSecrets(kind: WebhookKind, secret: string | undefined, token: string | undefined): Finding | undefined {
  if (kind === "github" && token === undefined) {
    return { path: ["token"], got: "nothing", expected: "a token for the repository" };
  }
  if (kind === "slack" && token !== undefined) {
    return { path: ["token"], got: "one", expected: "none: its address is its secret" };
  }
  if (kind !== "json" && kind !== "cloudevents" && secret !== undefined) {
    return { path: ["secret"], got: "one", expected: `none: ${kind} does not check signatures` };
  }
  return undefined;
}

function wrongAddress(value: unknown): Finding | undefined {
  if (typeof value !== "string") return { path: [], got: shown(value), expected: "https://…" };
  const url = value.length <= 2048 ? URL.parse(value) : null;
  if (url === null) return { path: [], got: "no address", expected: "https://…" };
  if (url.username !== "" || url.password !== "") {
    return { path: [], got: "an address with a password", expected: "one without" };
  }
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback)) return undefined;
  return { path: [], got: url.origin === "null" ? url.protocol : url.origin, expected: HTTPS };
}

function addressOf(text: string): string {
  const url = new URL(text);
  url.hash = "";
  return url.href;
}
