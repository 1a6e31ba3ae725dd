// What a deployment says of its alerts: the webhooks to tell and the limits of the rules. Errors never show a secret, a
// token or more of an address than its origin.
import {
  ALERT_RULES,
  type AlertChange,
  type AlertRule,
  SEVERITIES,
  type Severity,
} from "./quality/alerts/alert-change.ts";
import { type AlertLimits, parseAlertLimits } from "./quality/alerts/alert-limits.ts";
import { SettingsError } from "./settings-error.ts";

/** The variables that this file reads. */
export interface AlertVariables {
  /** A secret: JSON list of webhooks, see `docs/operations/alerts.md`. */
  readonly ALERT_WEBHOOKS?: string;
  /** JSON of the limits that differ from the defaults. */
  readonly ALERT_RULES?: string;
  /** How this gateway calls itself in messages; default `volgate`. */
  readonly GATEWAY_NAME?: string;
  /** How long a webhook may take to answer, ms, and the wait after a first failure; for tests. */
  readonly WEBHOOK_DEADLINE_MS?: string;
  readonly WEBHOOK_BACKOFF_MS?: string;
}

export const WEBHOOK_KINDS = ["slack", "json", "cloudevents", "github"] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** One webhook, checked. */
export interface Webhook {
  /** Its label in metrics and answers. */
  readonly name: string;
  readonly kind: WebhookKind;
  readonly url: string;
  /** Key of the signature. */
  readonly secret: string | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly token: string | undefined;
  readonly rules: readonly AlertRule[];
  readonly minSeverity: Severity;
}

export interface AlertSettings {
  readonly gateway: string;
  readonly webhooks: readonly Webhook[];
  readonly limits: AlertLimits;
  readonly deadlineMs: number;
  readonly backoffMs: number;
}

const MAX_WEBHOOKS = 10;
const FIELDS = ["name", "kind", "url", "secret", "token", "rules", "minSeverity"];
/** What a repository is told of by default: what retraining may mend. */
const RETRAINING: readonly AlertRule[] = ["pr_auc_fell", "drift", "calibration"];

/** Parses the variables; without them there are no webhooks, and the default limits. Throws `SettingsError`. */
export function parseAlertSettings(env: AlertVariables & { readonly ENVIRONMENT?: string }): AlertSettings {
  const loopbackAllowed = env.ENVIRONMENT === "development" || env.ENVIRONMENT === "test";
  return {
    gateway: parseGatewayName(env.GATEWAY_NAME),
    webhooks: parseWebhooks(env.ALERT_WEBHOOKS, loopbackAllowed),
    limits: parseLimits(env.ALERT_RULES),
    deadlineMs: milliseconds("WEBHOOK_DEADLINE_MS", env.WEBHOOK_DEADLINE_MS, 10_000, 30_000),
    backoffMs: milliseconds("WEBHOOK_BACKOFF_MS", env.WEBHOOK_BACKOFF_MS, 5_000, 3_600_000),
  };
}

/** Whether a webhook is told of a change. A repository dispatch starts work, so it is sent only when an alert begins. */
export function wantsChange({ kind, rules, minSeverity }: Webhook, { rule, severity, state }: AlertChange): boolean {
  if (kind === "github" && state !== "firing") return false;
  if (rule === "test") return true;
  return rules.includes(rule) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minSeverity);
}

function parseWebhooks(text: string | undefined, loopbackAllowed: boolean): Webhook[] {
  const list = parseJson("ALERT_WEBHOOKS", text) ?? [];
  if (!Array.isArray(list)) throw wrong("ALERT_WEBHOOKS", kindOf(list), "a list of webhooks");
  if (list.length > MAX_WEBHOOKS) throw wrong("ALERT_WEBHOOKS", `${list.length} webhooks`, `at most ${MAX_WEBHOOKS}`);
  const webhooks = list.map((entry: unknown, i) => parseWebhook(`ALERT_WEBHOOKS[${i}]`, entry, loopbackAllowed));
  webhooks.forEach(({ name }, i) => {
    if (webhooks.findIndex((other) => other.name === name) < i) {
      throw wrong(`ALERT_WEBHOOKS[${i}].name`, `${name} again`, "names that differ");
    }
  });
  return webhooks;
}

function parseWebhook(field: string, value: unknown, loopbackAllowed: boolean): Webhook {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(field, kindOf(value), "an object");
  }
  const raw = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(raw)) {
    if (!FIELDS.includes(name)) throw wrong(`${field}.${name.slice(0, 32)}`, "an unknown field", FIELDS.join(", "));
  }
  const { name, rules, minSeverity = "info" } = raw;
  if (typeof name !== "string" || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
    throw wrong(`${field}.name`, shown(name), "1 to 32 of a–z, 0–9 and -, no - in front");
  }
  const kind = WEBHOOK_KINDS.find((known) => known === raw["kind"]);
  if (kind === undefined) throw wrong(`${field}.kind`, shown(raw["kind"]), `one of ${WEBHOOK_KINDS.join(", ")}`);
  const severity = SEVERITIES.find((known) => known === minSeverity);
  if (severity === undefined) {
    throw wrong(`${field}.minSeverity`, shown(minSeverity), `one of ${SEVERITIES.join(", ")}`);
  }
  return {
    name,
    kind,
    url: parseUrl(`${field}.url`, raw["url"], loopbackAllowed),
    ...parseSecrets(field, kind, raw),
    rules: rules === undefined ? (kind === "github" ? RETRAINING : ALERT_RULES) : parseRules(`${field}.rules`, rules),
    minSeverity: severity,
  };
}

function parseSecrets(
  field: string,
  kind: WebhookKind,
  { secret, token }: Readonly<Record<string, unknown>>,
): Pick<Webhook, "secret" | "token"> {
  if (secret !== undefined && (typeof secret !== "string" || secret.length < 16 || secret.length > 256)) {
    throw wrong(`${field}.secret`, lengthOf(secret), "16 to 256 characters");
  }
  if (token !== undefined && (typeof token !== "string" || !/^[\x21-\x7e]{1,512}$/.test(token))) {
    throw wrong(`${field}.token`, lengthOf(token), "1 to 512 printable ASCII characters without a space");
  }
  if (kind === "github" && token === undefined) throw wrong(`${field}.token`, "nothing", "a token for the repository");
  if (kind === "slack" && token !== undefined) throw wrong(`${field}.token`, "one", "none: its address is its secret");
  if (kind !== "json" && kind !== "cloudevents" && secret !== undefined) {
    throw wrong(`${field}.secret`, "one", `none: ${kind} does not check signatures`);
  }
  return { secret, token };
}

function parseUrl(field: string, value: unknown, loopbackAllowed: boolean): string {
  const url = typeof value === "string" && value.length <= 2048 ? URL.parse(value) : null;
  if (url === null) throw wrong(field, typeof value === "string" ? "no address" : shown(value), "https://…");
  if (url.username !== "" || url.password !== "") throw wrong(field, "an address with a password", "one without");
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback && loopbackAllowed)) {
    url.hash = "";
    return url.href;
  }
  throw wrong(field, url.origin === "null" ? url.protocol : url.origin, "https, or http on loopback in development");
}

function parseRules(field: string, value: unknown): readonly AlertRule[] {
  if (!Array.isArray(value)) throw wrong(field, kindOf(value), "a list of rules");
  return value.map((entry: unknown) => {
    const rule = ALERT_RULES.find((known) => known === entry);
    if (rule === undefined) throw wrong(field, shown(entry), ALERT_RULES.join(", "));
    return rule;
  });
}

function parseLimits(text: string | undefined): AlertLimits {
  try {
    return parseAlertLimits(parseJson("ALERT_RULES", text));
  } catch (error) {
    if (error instanceof RangeError) throw new SettingsError(`ALERT_RULES.${error.message}`);
    throw error;
  }
}

function parseGatewayName(value: string | undefined): string {
  if (value === undefined || value === "") return "volgate";
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  throw wrong("GATEWAY_NAME", shown(value), "1 to 64 of A–Z, a–z, 0–9, . _ -");
}

function milliseconds(name: string, value: string | undefined, fallback: number, max: number): number {
  if (value === undefined || value === "") return fallback;
  const ms = Number(value);
  if (Number.isInteger(ms) && ms >= 10 && ms <= max) return ms;
  throw wrong(name, shown(value), `a whole number from 10 to ${max}`);
}

/** `undefined` for what is not given. */
function parseJson(name: string, text: string | undefined): unknown {
  if (text === undefined || text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and with it a secret.
    throw wrong(name, `${text.length} characters that are no JSON`, "JSON");
  }
}

function wrong(field: string, got: string, expected: string): SettingsError {
  return new SettingsError(`${field}: got ${got}, expected ${expected}`);
}

function kindOf(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : shown(value);
}

/** Only for fields that hold no secret. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return kindOf(value);
  return JSON.stringify(value).slice(0, 60);
}

function lengthOf(value: unknown): string {
  return typeof value === "string" ? `${value.length} characters` : value === null ? "null" : `a ${typeof value}`;
}
