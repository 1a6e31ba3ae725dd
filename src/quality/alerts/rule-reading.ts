// One alert rule's view of one moment, and what its figures stand on.
import type { AlertFigures } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import type { RuleLimits } from "./alert-limits.ts";

export interface Reading {
  /** `between`: neither bad enough to fire nor good enough to resolve. `unknown`: no facts, or too few of them. */
  readonly verdict: "bad" | "between" | "good" | "unknown";
  /** One sentence with the figures, without the symbol. */
  readonly summary: string;
  readonly figures: AlertFigures;
  /** The figure that is judged, in the rule's own unit, and the limit for it; `null` where there is none. */
  readonly value: number | null;
  readonly limit: number | null;
  /** What is missing in the figures for `bad`; `null` when it is bad or not known. */
  readonly unmet: string | null;
  /** The window that was judged, where that is not the moment of looking. */
  readonly window?: { readonly endMs: number; readonly lengthMs: number };
}

/** A count that a rule's figures must stand on before it speaks. */
export interface SampleCount {
  readonly what: "resolved steps" | "blocks" | "episodes" | "steps";
  readonly have: number;
  readonly need: number;
}

/** What the rule wants counted; empty for a rule that speaks of a single moment. */
export function sampleCounts(facts: AlertFacts, limits: RuleLimits): SampleCount[] {
  const { resolved = 0, blocks = 0, episodes = 0, errorShare } = facts;
  const counts = [
    ["resolved steps", resolved, limits.minResolved],
    ["blocks", blocks, limits.minBlocks],
    ["episodes", episodes, limits.minEpisodes],
    ["steps", errorShare?.steps ?? 0, limits.minSteps],
  ] as const;
  return counts.flatMap(([what, have, need]) => (need === null ? [] : [{ what, have, need }]));
}

/** The reading of a rule that cannot judge. */
export function unknownReading(summary: string, figures: AlertFigures = {}): Reading {
  return { verdict: "unknown", summary, figures, value: null, limit: null, unmet: null };
}
