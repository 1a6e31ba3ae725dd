// The status of one alert rule and what is missing for a change: answers "why did no alert fire?".
import type { AlertFigures, AlertRule, Severity } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import type { EvidenceFact } from "../alert-evidence/evidence-fact.ts";
import { durationText, levelText } from "./alert-figure-text.ts";
import type { RuleLimits } from "./alert-limits.ts";
import type { RuleRecord } from "./alert-record.ts";
import { readRule } from "./read-rule.ts";
import { confirmationsToFire, type Reading, type SampleCount, sampleCounts, timeOf } from "./rule-reading.ts";

export interface RuleStatus {
  readonly rule: AlertRule;
  /**
   * `pending`: bad, but not yet confirmed or still cooling down; `quiet` includes uncertain readings; `unknown`: the
   * facts do not suffice; `off`: switched off by the deployment.
   */
  readonly state: "firing" | "pending" | "quiet" | "unknown" | "off";
  readonly severity: Severity;
  readonly summary: string;
  /** The judged figure, in the rule's own unit, and the limits at which the rule fires and resolves. */
  readonly value: number | null;
  readonly fireAt: number | null;
  readonly resolveAt: number | null;
  readonly figures: AlertFigures;
  /** The evidence that decides the rule; `null` for one that is decided by its figure. */
  readonly evidence: EvidenceFact | null;
  /** Sample sizes of the figures, and the required ones. */
  readonly samples: readonly SampleCount[];
  /** Confirming looks in a row and the required number: to fire, or to resolve while firing. */
  readonly confirmations: { readonly have: number; readonly need: number };
  /** When the condition was first seen, ms since 1970; `null` without a condition. */
  readonly sinceMs: number | null;
  /** End of the cool-down by the rule's own clock, ms since 1970; `null` without one. */
  readonly coolDownUntilMs: number | null;
  /** What the alert still needs to begin or, while firing, to end; as texts. */
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
  const atMs = timeOf(rule, facts, nowMs);
  const untilMs = resolvedMs === null ? -Infinity : resolvedMs + limits.coolDownMs;
  // As in `AlertBook.update`, a clock that was set back must not lengthen the cool-down.
  const coolDownUntilMs = fired === null && untilMs > atMs && resolvedMs! <= atMs ? untilMs : null;
  const need = fired === null ? confirmationsToFire(limits, reading) : limits.resolveAfter;
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
    evidence: reading.evidence ?? null,
    samples: sampleCounts(facts, limits),
    confirmations: { have: Math.min(record.streak, need), need },
    sinceMs: fired?.sinceMs ?? record.sinceMs,
    coolDownUntilMs,
    missing: limits.enabled
      ? missing(reading, record.streak, limits, coolDownUntilMs === null ? 0 : coolDownUntilMs - atMs)
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
  const need = confirmationsToFire(limits, reading);
  if (streak < need) missing.push(confirmationWords(streak, need, limits));
  if (coolDownMs > 0) missing.push(`cool-down: it does not fire for another ${durationText(coolDownMs)}`);
  return missing;
}

function missingToResolve(reading: Reading, streak: number, limits: RuleLimits): string[] {
  const missing: string[] = [];
  if (reading.verdict === "unknown") missing.push(`figures: ${reading.summary}`);
  else if (reading.verdict !== "good") missing.push(`condition: it is not well again: ${reading.summary}`);
  const ending = reading.evidence?.ending;
  if (reading.verdict !== "good" && ending) missing.push(`evidence: that of its end is ${levelText(ending)}`);
  if (streak < limits.resolveAfter) missing.push(confirmationWords(streak, limits.resolveAfter, limits));
  return missing;
}

function confirmationWords(have: number, need: number, { gapMs }: RuleLimits): string {
  const apart =
    gapMs === null
      ? ", by windows that follow each other"
      : gapMs > 0 && need > 1
        ? `, each at least ${durationText(gapMs)} after the one before`
        : "";
  return `confirmations: ${have} of ${need} in a row${apart}`;
}
