// The limits of the alert rules, and how a deployment changes some of them.
import { ALERT_RULES, type AlertRule, SEVERITIES, type Severity } from "./alert-change.ts";

/** One rule's limits. `null`: the rule has no such limit, and none can be set. */
export interface RuleLimits {
  readonly enabled: boolean;
  readonly severity: Severity;
  /** The figure beyond which it fires; in the rule's own unit, see `alert-rules.ts`. */
  readonly fireAt: number | null;
  /** The figure at which it is well again; between the two nothing changes. */
  readonly resolveAt: number | null;
  /**
   * By what the half-widths of 95 % intervals are multiplied before they decide. A rule that looks all day long crosses a
   * plain interval sooner or later though nothing is wrong; `docs/operations/alerts.md` has the rates.
   */
  readonly widening: number | null;
  /** Confirmations in a row that fire, and that resolve. */
  readonly fireAfter: number;
  readonly resolveAfter: number;
  /**
   * Confirmations closer together than this are one, ms: overlapping windows seen twice are no second evidence. `null` for
   * a rule whose windows do not overlap: there each counts once, right after the one before.
   */
  readonly gapMs: number | null;
  /** After it resolved it does not fire again for this long, ms. */
  readonly coolDownMs: number;
  /** What the figures must stand on before the rule speaks at all. */
  readonly minResolved: number | null;
  readonly minBlocks: number | null;
  readonly minEpisodes: number | null;
  readonly minSteps: number | null;
}

export type AlertLimits = Readonly<Record<AlertRule, RuleLimits>>;

const MINUTE_MS = 60_000;

const EVENT: RuleLimits = {
  enabled: true,
  severity: "warning",
  fireAt: null,
  resolveAt: null,
  widening: null,
  fireAfter: 1,
  resolveAfter: 1,
  gapMs: 0,
  coolDownMs: 0,
  minResolved: null,
  minBlocks: null,
  minEpisodes: null,
  minSteps: null,
};

/** Rules on live quality: confirmed by three looks, each a quarter of an hour (900 steps of 1 s, one block) later. */
const QUALITY: RuleLimits = {
  ...EVENT,
  widening: 2,
  fireAfter: 3,
  resolveAfter: 3,
  gapMs: 15 * MINUTE_MS,
  coolDownMs: 60 * MINUTE_MS,
  minResolved: 3600,
  minBlocks: 8,
  minEpisodes: 10,
};

/** What holds where a deployment says nothing; `docs/operations/alerts.md` gives the reasons. */
export const DEFAULT_ALERT_LIMITS: AlertLimits = {
  pr_auc_fell: { ...QUALITY, fireAt: 0.05, resolveAt: 0.025 },
  not_better_than_persistence: { ...QUALITY, fireAt: 0, resolveAt: 0, widening: 1 },
  drift: { ...EVENT, fireAfter: 2, resolveAfter: 2, gapMs: null, coolDownMs: 60 * MINUTE_MS },
  calibration: { ...QUALITY, fireAt: 0.02, resolveAt: 0.01 },
  feed_silent: {
    ...EVENT,
    severity: "critical",
    fireAt: 60_000,
    resolveAt: 30_000,
    resolveAfter: 3,
    gapMs: MINUTE_MS / 2,
    coolDownMs: 5 * MINUTE_MS,
  },
  error_budget: {
    ...EVENT,
    severity: "critical",
    fireAt: 0.01,
    resolveAt: 0.005,
    fireAfter: 3,
    resolveAfter: 3,
    gapMs: MINUTE_MS,
    coolDownMs: 30 * MINUTE_MS,
    minSteps: 60,
  },
  challenger_ready: { ...EVENT, severity: "info", resolveAt: 10, coolDownMs: 6 * 60 * MINUTE_MS },
};

/** Counts of confirmations: whole numbers from 1 on. */
const COUNTS: readonly string[] = ["fireAfter", "resolveAfter"];
/** Of this rule alone more is better: it resolves above its limit. */
const RISING: AlertRule = "not_better_than_persistence";

/**
 * The defaults with a deployment's changes put over them, e.g. `{"drift":{"fireAfter":1},"feed_silent":{"enabled":false}}`.
 * `undefined` gives the defaults. Throws `RangeError` naming the field, what came and what was expected.
 */
export function parseAlertLimits(value: unknown): AlertLimits {
  if (value === undefined) return DEFAULT_ALERT_LIMITS;
  const limits: Record<string, RuleLimits> = { ...DEFAULT_ALERT_LIMITS };
  for (const [name, changes] of Object.entries(fieldsOf("", value))) {
    const rule = ALERT_RULES.find((known) => known === name);
    if (rule === undefined)
      throw new RangeError(`${name}: got an unknown rule, expected one of ${ALERT_RULES.join(", ")}`);
    limits[rule] = parseRule(rule, fieldsOf(rule, changes));
  }
  return limits as AlertLimits;
}

function parseRule(rule: AlertRule, changes: Readonly<Record<string, unknown>>): RuleLimits {
  const fallback = DEFAULT_ALERT_LIMITS[rule];
  const known = Object.entries(fallback).flatMap(([name, limit]) => (limit === null ? [] : [name]));
  for (const [name, value] of Object.entries(changes)) {
    const field = `${rule}.${name}`;
    if (!known.includes(name)) throw new RangeError(`${field}: got an unknown limit, expected ${known.join(", ")}`);
    if (name === "enabled") {
      if (typeof value !== "boolean") throw wrong(field, value, "true or false");
    } else if (name === "severity") {
      if (!(SEVERITIES as readonly unknown[]).includes(value)) throw wrong(field, value, SEVERITIES.join(", "));
    } else if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(field, value, "a number");
    else if (COUNTS.includes(name) && !(Number.isInteger(value) && value >= 1 && value <= 1000)) {
      throw wrong(field, value, "a whole number from 1 to 1000");
    } else if (value < 0 && rule !== RISING) throw wrong(field, value, "a number from 0 on");
  }
  const limits = { ...fallback, ...changes } as RuleLimits;
  const { fireAt, resolveAt } = limits;
  if (fireAt !== null && resolveAt !== null && (rule === RISING ? resolveAt < fireAt : resolveAt > fireAt)) {
    throw wrong(`${rule}.resolveAt`, resolveAt, `${rule === RISING ? "at least" : "at most"} fireAt, ${fireAt}`);
  }
  return limits;
}

function fieldsOf(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(field || "rules", value, "an object");
}

function wrong(field: string, value: unknown, expected: string): RangeError {
  const got = typeof value === "object" && value !== null ? "an object" : JSON.stringify(value);
  return new RangeError(`${field}: got ${got}, expected ${expected}`);
}
