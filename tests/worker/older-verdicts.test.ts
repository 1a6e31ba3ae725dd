// Verdicts of an object of the version before, which does not say whether a feature vanished or appeared.
import { describe, expect, it } from "vitest";
import type { DriftVerdict, FeatureDrift } from "../../src/drift/drift-verdict.ts";
import { driftFactOf } from "../../src/durable/symbol/alerts/alert-facts-of.ts";
import { driftPart } from "../../src/jobs/weekly-report/drift-part.ts";
import { textOf } from "../report/page-text.ts";
import { sampleDrift } from "./sample-week.ts";

/** Three drifted features, of which the last is the furthest beyond its threshold. */
function earlier(): DriftVerdict {
  const verdict = sampleDrift(2).latest["1h"]!;
  const features = ["near", "middle", "far"].map((name, k) => {
    const found = { name, wasserstein: 1 + k, threshold: 0.5, drifted: true, presence: undefined };
    return { ...verdict.features[0]!, ...found } as unknown as FeatureDrift;
  });
  return { ...verdict, features };
}

describe("a verdict without presence", () => {
  it("gives an alert its features by distance, without a word of presence", () => {
    expect(driftFactOf(earlier()).worstFeatures).toEqual(["far", "middle", "near"]);
  });

  it("gives the weekly report its features by distance", () => {
    const drift = { ...sampleDrift(2), latest: { "1h": earlier(), "24h": null }, shares: [] };
    expect(textOf(driftPart(drift, "x").text)).toMatch(/far .*middle .*near /);
  });
});
