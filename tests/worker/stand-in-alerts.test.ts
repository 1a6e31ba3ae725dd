// What the alert rules are told while another model serves than the one that the monitor follows.
import { describe, expect, it } from "vitest";
import { alertFactsOf } from "../../src/durable/symbol/alerts/alert-facts-of.ts";
import type { SymbolMonitor } from "../../src/durable/symbol/evaluation/symbol-monitor.ts";
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { AlertEvidence } from "../../src/quality/alert-evidence/alert-evidence.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { readRule } from "../../src/quality/alerts/read-rule.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";

const manifest = parseManifest(bundledArtifact(BUNDLED.champion)!.manifest);

/** The facts while the bundled champion serves and the evidence is about a model of this SHA-256. */
function factsAbout(sha256: string) {
  const evidence = new AlertEvidence(1000, DEFAULT_ALERT_LIMITS);
  const series = { horizonSteps: 60, threshold: 0.3, edges: [], prAuc: null, reference: null };
  evidence.setModel({ sha256, labelText: "label", ...series });
  const parts = { quality: new LiveQuality(1000), evidence, drift: { latest: () => null }, failures: { value: null } };
  const models = { byAlias: { champion: { manifest } } } as unknown as ServedModels;
  return alertFactsOf(parts as unknown as SymbolMonitor, models, 0);
}

describe("evidence of the quality rules", () => {
  it("is of the champion that serves, and unknown while a stand-in serves in its place", () => {
    expect(factsAbout(manifest.onnxSha256).evidence).not.toBeNull();
    const facts = factsAbout("d".repeat(64));
    expect(facts).toMatchObject({ model: manifest.onnxSha256, evidence: null });
    for (const rule of ["calibration", "not_better_than_baseline", "pr_auc_fell"] as const) {
      expect(readRule(rule, facts, DEFAULT_ALERT_LIMITS[rule], 1000).verdict).toBe("unknown");
    }
  });
});
