// Facts for the alert tests: a symbol with which nothing is wrong, and figures with intervals around them.
import type { EvidenceFact, EvidenceFacts } from "../../src/quality/alert-evidence/evidence-fact.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";

export const CHAMPION = "a".repeat(64);
export const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

/** A value with an interval that reaches as far up as down. */
export function around(value: number, half: number): Figure {
  return { value, low: value - half, high: value + half };
}

/** Evidence of a month in a phase. */
export function evidenceOf(phase: EvidenceFact["phase"], groups = 2880): EvidenceFact {
  const value = phase === "told" ? 0 : 12;
  return { phase, value, limit: 288_000, ending: { value: 7, limit: 2880 }, groups, ratePerMonth: 0.01 };
}

/** That of a symbol that is well, with what is given instead. */
export function evidenceFacts(changed: Partial<EvidenceFacts> = {}): EvidenceFacts {
  const well = evidenceOf("well");
  const prAuc = { ...well, ending: null, lasting: { value: 2, limit: 6000 }, recent: 0.31 };
  return { calibration: { more: well, fewer: well }, referenceGain: well, prAuc, ...changed };
}

/** A symbol that is well by every rule. */
export const WELL: AlertFacts = {
  model: CHAMPION,
  evidence: evidenceFacts(),
  prAuc: { live: around(0.31, 0.03), manifest: around(0.3, 0.02) },
  referenceGain: around(0.004, 0.002),
  referenceFamily: "har",
  resolved: 80_000,
  blocks: 96,
  episodes: 150,
  drift: { verdict: "ok", driftedShare: 0.05, threshold: 0.2, windowEndMs: NOW_MS, worstFeatures: [] },
  calibration: { difference: around(0.002, 0.01) },
  feedDown: { downMs: 0, fault: null },
  silentMs: 900,
  errorShare: { share: 0, steps: 3600 },
  parity: { steps: 900, mismatches: 0 },
  champion: { found: null, eValue: 0.4, blocks: 40, episodes: 12 },
  challenger: { ready: false, eValue: 0.8, blocks: 40, episodes: 12, meanGain: around(0.001, 0.002) },
};
