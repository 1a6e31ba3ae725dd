// The reading of one alert rule at one moment, and its sample sizes.
import { ln } from "../../features/exact-math.ts";
import { type AlertFigures, type AlertRule, RULES_OF_EVENT_TIME } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import type { EvidenceFact } from "../alert-evidence/evidence-fact.ts";
import type { RuleLimits } from "./alert-limits.ts";

export interface Reading {
  /** `between`: neither bad enough to fire nor good enough to resolve. `unknown`: no facts, or too few of them. */
  readonly verdict: "bad" | "between" | "good" | "unknown";
  /** One sentence with the figures, without the symbol. */
  readonly summary: string;
  readonly figures: AlertFigures;
  /** The judged figure, in the rule's own unit, and its limit; `null` if there is none. */
  readonly value: number | null;
  readonly limit: number | null;
  /** What the figures lack to be `bad`; `null` when they are bad or unknown. */
  readonly unmet: string | null;
  /** The evidence that decides the rule, of several the nearest to its limit; absent: it is decided by a figure. */
  readonly evidence?: EvidenceFact;
  /** False-alarm rate of one such reading; absent: the rule's limits are made for it. */
  readonly falseAlarmRate?: number | null;
  /** The judged window; absent for a look at the present moment. */
  readonly window?: { readonly endMs: number; readonly lengthMs: number };
}

/** A sample size that a rule needs before it judges. */
export interface SampleCount {
  readonly what: "steps";
  readonly have: number;
  readonly need: number;
}

/** The sample sizes that the rule needs; empty for a rule about a single moment. */
export function sampleCounts(facts: AlertFacts, limits: RuleLimits): SampleCount[] {
  const { minSteps } = limits;
  return minSteps === null ? [] : [{ what: "steps", have: facts.errorShare?.steps ?? 0, need: minSteps }];
}

/** The reading of a rule that cannot judge. */
export function unknownReading(summary: string, figures: AlertFigures = {}): Reading {
  return { verdict: "unknown", summary, figures, value: null, limit: null, unmet: null };
}

/** The time by which a rule counts confirmations and cool-downs, ms since 1970. */
export function timeOf(rule: AlertRule, { eventMs }: AlertFacts, nowMs: number): number {
  return RULES_OF_EVENT_TIME.includes(rule) && eventMs !== undefined ? eventMs : nowMs;
}

/** The rate for which the confirmations of the rules on windows are made. */
const USUAL_RATE = 0.05;

/**
 * Confirmations in a row needed to fire. A reading that is more often wrong by chance needs more of them, for the same
 * rate of false alerts or a lower one: two at 5 %, three up to 13.5 %.
 */
export function confirmationsToFire({ fireAfter }: RuleLimits, { falseAlarmRate }: Reading): number {
  if (falseAlarmRate === undefined || falseAlarmRate === null || !(falseAlarmRate > USUAL_RATE)) return fireAfter;
  if (falseAlarmRate >= 1) return Infinity;
  // A rate that is a root of the usual one has a whole number, but for rounding.
  return Math.ceil((fireAfter * ln(USUAL_RATE)) / ln(falseAlarmRate) - 1e-9);
}
