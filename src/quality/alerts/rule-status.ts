// Where one alert rule stands and what is missing for a change: the answer to "why did no alert fire?".
import type { AlertFigures, AlertRule, Severity } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import { secondsText } from "./alert-figure-text.ts";
import type { RuleLimits } from "./alert-limits.ts";
import type { RuleRecord } from "./alert-record.ts";
import { readRule } from "./read-rule.ts";
import { type Reading, type SampleCount, sampleCounts } from "./rule-reading.ts";

export interface RuleStatus {
  readonly rule: AlertRule;
  /**
   * `pending`: bad, but not yet confirmed or still cooling down; `quiet` covers what is merely uncertain too;
   * `unknown`: the facts do not suffice; `off`: switched off by the deployment.
   */
  readonly state: "firing" | "pending" | "quiet" | "unknown" | "off";
  readonly severity: Severity;
  readonly summary: string;
  /** The figure that is judged, in the rule's own unit, and the limits at which it fires and is well again. */
  readonly value: number | null;
  readonly fireAt: number | null;
  readonly resolveAt: number | null;
  readonly figures: AlertFigures;
  /** What the figures stand on, and must. */
  readonly samples: readonly SampleCount[];
  /** Looks in a row that confirm a change, and how many there must be; to fire, or while it fires to resolve. */
  readonly confirmations: { readonly have: number; readonly need: number };
  /** When the condition was first seen, ms since 1970; `null` while there is none. */
  readonly sinceMs: number | null;
  /** Until when it does not fire again after its last end, ms since 1970; `null` when it may. */
  readonly coolDownUntilMs: number | null;
  /** What is missing for the alert to begin, or, while it fires, to end; in words. */
  readonly missing: readonly string[];
}

export interface StatusContext {
  readonly facts: AlertFacts;
  readonly limits: RuleLimits;
  readonly record: RuleRecord;
  readonly stepMs: number;
  /** Wall time, ms since 1970. */
  readonly nowMs: number;
}

/** Judges the facts without counting them. */
export function ruleStatus(rule: AlertRule, { facts, limits, record, stepMs, nowMs }: StatusContext): RuleStatus {
  const reading = readRule(rule, facts, limits, stepMs);
  const { fired, resolvedMs } = record;
  const untilMs = resolvedMs === null ? -Infinity : resolvedMs + limits.coolDownMs;
  // A clock that was set back must not make the cool-down longer: as when the book is updated.
  const coolDownUntilMs = fired === null && untilMs > nowMs && resolvedMs! <= nowMs ? untilMs : null;
  const need = fired === null ? limits.fireAfter : limits.resolveAfter;
  const missing = fired === null ? missingToFire : missingToResolve;
  return {
    rule,
    state: stateOf(limits.enabled, fired !== null, reading.verdict),
    severity: fired?.severity ?? limits.severity,
    summary: reading.summary,
    value: reading.value,
    fireAt: reading.limit ?? limits.fireAt,
    resolveAt: limits.resolveAt,
    figures: reading.figures,
    samples: sampleCounts(facts, limits),
    confirmations: { have: Math.min(record.streak, need), need },
    sinceMs: fired?.sinceMs ?? record.sinceMs,
    coolDownUntilMs,
    missing: limits.enabled
      ? missing(reading, record.streak, limits, coolDownUntilMs === null ? 0 : coolDownUntilMs - nowMs)
      : ["the rule is switched off by ALERT_RULES"],
  };
}

function stateOf(enabled: boolean, firing: boolean, verdict: Reading["verdict"]): RuleStatus["state"] {
  if (!enabled) return "off";
  if (firing) return "firing";
  if (verdict === "unknown") return "unknown";
  return verdict === "bad" ? "pending" : "quiet";
}

function missingToFire(reading: Reading, streak: number, limits: RuleLimits, coolDownMs: number): string[] {
  const missing: string[] = [];
  if (reading.verdict === "unknown") missing.push(`figures: ${reading.summary}`);
  else if (reading.unmet !== null) missing.push(`condition: ${reading.unmet}`);
  if (streak < limits.fireAfter) missing.push(confirmationWords(streak, limits.fireAfter, limits));
  if (coolDownMs > 0) missing.push(`cool-down: it does not fire for another ${secondsText(coolDownMs)}`);
  return missing;
}

function missingToResolve(reading: Reading, streak: number, limits: RuleLimits): string[] {
  const missing: string[] = [];
  if (reading.verdict === "unknown") missing.push(`figures: ${reading.summary}`);
  else if (reading.verdict !== "good") missing.push(`condition: it is not well again: ${reading.summary}`);
  if (streak < limits.resolveAfter) missing.push(confirmationWords(streak, limits.resolveAfter, limits));
  return missing;
}

function confirmationWords(have: number, need: number, { gapMs }: RuleLimits): string {
  const apart =
    gapMs === null
      ? ", by windows that follow each other"
      : gapMs > 0 && need > 1
        ? `, each at least ${secondsText(gapMs)} after the one before`
        : "";
  return `confirmations: ${have} of ${need} in a row${apart}`;
}
