// The limits of the alert rules, and their schema for a deployment's changes.
import * as v from "valibot";
import { crossCheck, type Finding } from "../../schemas/cross-check.ts";
import { anyObject, fields, finiteNumber, oneOf, wholeNumber } from "../../schemas/schema-values.ts";
import { ALERT_RULES, type AlertRule, ruleNamed, SEVERITIES, type Severity } from "./alert-change.ts";

/** One rule's limits. `null`: the rule has no such limit, and it cannot be set. */
export interface RuleLimits {
  readonly enabled: boolean;
  readonly severity: Severity;
  /** The figure beyond which the rule fires, in the rule's own unit, see `read-rule.ts`. */
  readonly fireAt: number | null;
  /** The figure at which the rule resolves; between the two nothing changes. */
  readonly resolveAt: number | null;
  /**
   * For a rule that is decided by sequential evidence: the most false alarms a quiet month, however often one looks;
   * `docs/operations/alerts.md` says what holds.
   */
  readonly ratePerMonth: number | null;
  /** Confirmations in a row needed to fire, and to resolve. */
  readonly fireAfter: number;
  readonly resolveAfter: number;
  /**
   * Least time between confirmations, ms: overlapping windows are not independent evidence. `null` for a rule whose
   * windows do not overlap: each window counts once, and only directly after the previous one.
   */
  readonly gapMs: number | null;
  /** Time after resolving in which the rule does not fire again, ms. */
  readonly coolDownMs: number;
  /** Number of steps that the figures need before the rule judges. */
  readonly minSteps: number | null;
}

export type AlertLimits = Readonly<Record<AlertRule, RuleLimits>>;

const MINUTE_MS = 60_000;

const EVENT: RuleLimits = {
  enabled: true,
  severity: "warning",
  fireAt: null,
  resolveAt: null,
  ratePerMonth: null,
  fireAfter: 1,
  resolveAfter: 1,
  gapMs: 0,
  coolDownMs: 0,
  minSteps: null,
};

/** Rules on live quality: sequential evidence needs no confirmation. */
const QUALITY: RuleLimits = {
  ...EVENT,
  ratePerMonth: 0.01,
  gapMs: 15 * MINUTE_MS,
  coolDownMs: 60 * MINUTE_MS,
};

/** The default limits; `docs/operations/alerts.md` gives the reasons. */
export const DEFAULT_ALERT_LIMITS: AlertLimits = {
  pr_auc_fell: { ...QUALITY, fireAt: 0.05, resolveAt: 0.025 },
  not_better_than_baseline: { ...QUALITY, fireAt: 0 },
  drift: { ...EVENT, fireAfter: 2, resolveAfter: 2, gapMs: null, coolDownMs: 60 * MINUTE_MS },
  calibration: { ...QUALITY, fireAt: 0.02 },
  feed_silent: {
    ...EVENT,
    severity: "critical",
    fireAt: 60_000,
    resolveAt: 30_000,
    resolveAfter: 3,
    gapMs: MINUTE_MS / 2,
    coolDownMs: 5 * MINUTE_MS,
  },
  feed_down: {
    ...EVENT,
    severity: "critical",
    fireAt: 60_000,
    resolveAt: 0,
    resolveAfter: 3,
    gapMs: 10_000,
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
  parity_mismatch: { ...EVENT, severity: "critical", resolveAfter: 4 },
  challenger_ready: { ...EVENT, severity: "info", resolveAt: 1, coolDownMs: 6 * 60 * MINUTE_MS },
  champion_demoted: { ...EVENT, severity: "warning" },
};

/** The only rule whose figure may be below 0. */
const SIGNED: AlertRule = "not_better_than_baseline";

/** Limits of the intervals that the rules on live quality compared before they were decided by evidence. */
const FORMER_LIMITS: Readonly<Partial<Record<AlertRule, readonly string[]>>> = {
  pr_auc_fell: ["widening", "minResolved", "minBlocks", "minEpisodes"],
  not_better_than_baseline: ["resolveAt", "widening", "minResolved", "minBlocks", "minEpisodes"],
  calibration: ["resolveAt", "widening", "minResolved", "minBlocks", "minEpisodes"],
};

const count = v.exactOptional(wholeNumber(1, 1000));

/** Schema of a deployment's changes to a rule. A limit that the rule does not have cannot be set. */
function ruleSchema(rule: AlertRule) {
  const fallback = DEFAULT_ALERT_LIMITS[rule];
  const known = Object.entries(fallback).flatMap(([name, limit]) => (limit === null ? [] : [name]));
  const limit = v.exactOptional(rule === SIGNED ? finiteNumber() : finiteNumber(0));
  return v.exactOptional(
    v.pipe(
      anyObject,
      crossCheck((changes) => formerLimit(rule, changes) ?? unknownName(changes, known, "limit")),
      fields({
        enabled: v.exactOptional(v.boolean("true or false")),
        severity: v.exactOptional(oneOf(SEVERITIES)),
        fireAt: limit,
        resolveAt: limit,
        ratePerMonth: v.exactOptional(finiteNumber(1e-6, 1)),
        fireAfter: count,
        resolveAfter: count,
        gapMs: limit,
        coolDownMs: limit,
        minSteps: limit,
      } satisfies Record<keyof RuleLimits, v.GenericSchema>),
      v.transform((changes): RuleLimits => ({ ...fallback, ...changes })),
      crossCheck(wrongOrder),
    ),
  );
}

/**
 * The defaults with a deployment's changes applied, e.g. `{"drift":{"fireAfter":1},"feed_silent":{"enabled":false}}`.
 */
export const alertLimitsSchema = v.pipe(
  anyObject,
  crossCheck((rules) => givenTwice(rules)),
  v.transform((rules) => Object.fromEntries(Object.entries(rules).map(([name, limits]) => [ruleNamed(name), limits]))),
  crossCheck((rules) => unknownName(rules, ALERT_RULES, "rule")),
  fields({
    pr_auc_fell: ruleSchema("pr_auc_fell"),
    not_better_than_baseline: ruleSchema("not_better_than_baseline"),
    drift: ruleSchema("drift"),
    calibration: ruleSchema("calibration"),
    feed_silent: ruleSchema("feed_silent"),
    feed_down: ruleSchema("feed_down"),
    error_budget: ruleSchema("error_budget"),
    parity_mismatch: ruleSchema("parity_mismatch"),
    challenger_ready: ruleSchema("challenger_ready"),
    champion_demoted: ruleSchema("champion_demoted"),
  } satisfies Record<AlertRule, v.GenericSchema>),
  v.transform((changed): AlertLimits => ({ ...DEFAULT_ALERT_LIMITS, ...changed })),
);

/** A rule under its former name and today's: which of the two counts is not guessed. */
function givenTwice(rules: object): Finding | undefined {
  const names = Object.keys(rules);
  const former = names.find((name) => ruleNamed(name) !== name && names.includes(String(ruleNamed(name))));
  if (former === undefined) return undefined;
  return { path: [former], got: "a former name beside today's", expected: `${String(ruleNamed(former))} alone` };
}

/** A limit that a deployment set for the intervals of before has no meaning any more, and is not dropped unseen. */
function formerLimit(rule: AlertRule, given: object): Finding | undefined {
  const former = FORMER_LIMITS[rule]?.find((name) => Object.hasOwn(given, name));
  if (former === undefined) return undefined;
  return {
    path: [former],
    got: "a limit of the intervals that this rule does not compare any more",
    expected: "none: it is decided by evidence, see ratePerMonth in docs/operations/alerts.md",
  };
}

function unknownName(given: object, known: readonly string[], what: string): Finding | undefined {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  return { path: [unknown.slice(0, 32)], got: `an unknown ${what}`, expected: `one of ${known.join(", ")}` };
}

function wrongOrder({ fireAt, resolveAt }: RuleLimits): Finding | undefined {
  if (fireAt === null || resolveAt === null || resolveAt <= fireAt) return undefined;
  return { path: ["resolveAt"], got: String(resolveAt), expected: `at most fireAt, ${fireAt}` };
}
