// An alert change: which rule, of which symbol, and what changed. Delivery is the alerts object's part.

/** Every rule, in the order in which they are judged and shown. */
export const ALERT_RULES = [
  "pr_auc_fell",
  "not_better_than_baseline",
  "drift",
  "calibration",
  "feed_silent",
  "feed_down",
  "error_budget",
  "parity_mismatch",
  "challenger_ready",
  "champion_demoted",
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

/** Rules that had another name, as settings and stored alerts may still call them. */
const FORMER_NAMES: Readonly<Record<string, AlertRule>> = { not_better_than_persistence: "not_better_than_baseline" };

/** Today's name of a rule; every other value as it came. */
export function ruleNamed(name: unknown): unknown {
  return typeof name === "string" && Object.hasOwn(FORMER_NAMES, name) ? FORMER_NAMES[name] : name;
}

/**
 * Rules that judge the market's own time: their confirmations and cool-downs count event time, so that a replay shows
 * what a live feed would have shown.
 */
export const RULES_OF_EVENT_TIME: readonly AlertRule[] = [
  "pr_auc_fell",
  "not_better_than_baseline",
  "drift",
  "calibration",
];

/** Rules that concern no model: they go on when the champion changes. */
export const RULES_OF_NO_MODEL: readonly AlertRule[] = [
  "feed_silent",
  "feed_down",
  "parity_mismatch",
  "champion_demoted",
];

/** From the least to the most urgent. */
export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Used as the symbol of alerts about the whole gateway; no symbol can have this name. */
export const GATEWAY_SYMBOL = "*";

/** Figures of an alert; `null` for a figure that does not exist. */
export type AlertFigures = Readonly<Record<string, number | string | null>>;

/** The begin or end of an alert. Both have the same `id`; `id` and `state` together identify the change. */
export interface AlertChange {
  /** `<symbol>:<rule>:<ms since 1970 at which it fired>`, the rule as it was called then. */
  readonly id: string;
  /** A symbol, `feed:` and its venue, or `GATEWAY_SYMBOL`. */
  readonly symbol: string;
  /** No rule produces these: an operator's `test` message to a webhook, and a `spike` that a subscription is told. */
  readonly rule: AlertRule | "test" | "spike";
  readonly state: "firing" | "resolved";
  readonly severity: Severity;
  /** Time of the change, ms since 1970. */
  readonly atMs: number;
  /** When the condition was first seen, ms since 1970. */
  readonly sinceMs: number;
  /** One sentence with the figures. */
  readonly summary: string;
  readonly figures: AlertFigures;
  /** SHA-256 of the model concerned. */
  readonly model: string | null;
}

/** Parses a change from storage or another object; `undefined` if invalid. */
export function parseAlertChange(value: unknown): AlertChange | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const raw = value as Readonly<Record<string, unknown>>;
  const { id, symbol, atMs, sinceMs, summary, model } = raw;
  const named = ruleNamed(raw["rule"]);
  const rule = [...ALERT_RULES, "test" as const, "spike" as const].find((known) => known === named);
  const severity = SEVERITIES.find((known) => known === raw["severity"]);
  const state = (["firing", "resolved"] as const).find((known) => known === raw["state"]);
  if (rule === undefined || severity === undefined || state === undefined) return undefined;
  if (typeof id !== "string" || typeof symbol !== "string" || typeof summary !== "string") return undefined;
  if (typeof atMs !== "number" || typeof sinceMs !== "number") return undefined;
  if (model !== null && typeof model !== "string") return undefined;
  return { id, symbol, rule, state, severity, atMs, sinceMs, summary, figures: parseFigures(raw["figures"]), model };
}

function parseFigures(value: unknown): AlertFigures {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, figure]) => figure === null || ["number", "string"].includes(typeof figure)),
  );
}
