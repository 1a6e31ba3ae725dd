import { describe, expect, it } from "vitest";
import { recalibrationWords } from "../../report/recalibration-words.ts";
import { RECALIBRATION_STATES } from "../../src/recalibration/recalibration-facts.ts";

const SINCE_MS = Date.UTC(2026, 10, 26, 1);
const facts = { labels: 412_033, eValue: 0.02, sinceMs: SINCE_MS };

describe("the state of a recalibration in a sentence", () => {
  it("says since when it serves, from how many labels, and how near its end is", () => {
    expect(recalibrationWords({ ...facts, state: "serving" })).toBe(
      "Serving since 2026-11-26 01:00 UTC, learnt from 412,033 labels. Evidence of harm: 0.02 of 20.",
    );
  });

  it("says that a gain is not shown yet, or that no label has come", () => {
    expect(recalibrationWords({ ...facts, state: "learning", eValue: 3.14, sinceMs: null })).toBe(
      "Learning from 412,033 labels: not shown to gain. Evidence: 3.14 of 20.",
    );
    expect(recalibrationWords({ state: "learning", labels: 0, eValue: 1, sinceMs: null })).toBe(
      "Learning: no label has come yet.",
    );
    expect(recalibrationWords({ ...facts, state: "learning", labels: 1, eValue: 0.0004 })).toContain(
      "from 1 label: not shown to gain. Evidence: <0.01 of 20.",
    );
  });

  it("says why what is proven or was undone does not serve", () => {
    expect(recalibrationWords({ ...facts, state: "shadow" })).toContain("kept from serving by RECALIBRATION=shadow");
    expect(recalibrationWords({ ...facts, state: "undone" })).toContain("Undone since 2026-11-26 01:00 UTC: harm");
    expect(recalibrationWords({ ...facts, state: "off" })).toContain("Off: nothing is learnt");
    expect(recalibrationWords({ ...facts, state: "fault" })).toContain("begins again with the next batch");
  });

  it("has a sentence of each state", () => {
    for (const state of RECALIBRATION_STATES) expect(recalibrationWords({ ...facts, state })).toMatch(/^[A-Z].*\.$/);
  });
});
