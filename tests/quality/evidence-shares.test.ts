import { describe, expect, it } from "vitest";
import { evidenceShares } from "../../src/quality/alert-evidence/evidence-shares.ts";
import { evidenceFacts, evidenceOf } from "./alert-facts.ts";

describe("evidence over its limit", () => {
  it("is the larger of two bodies of evidence, and at least 1 once a fault was told", () => {
    const more = { ...evidenceOf("well"), value: 28_800 };
    const facts = evidenceFacts({
      calibration: { more, fewer: evidenceOf("well") },
      referenceGain: evidenceOf("told"),
    });
    const prAuc = { ...facts.prAuc!, lasting: { value: 3000, limit: 6000 } };
    expect(evidenceShares({ ...facts, prAuc })).toEqual({
      calibration: 0.1,
      not_better_than_baseline: 1,
      pr_auc_fell: 0.5,
    });
  });

  it("is none where there is no evidence", () => {
    const none = { calibration: null, not_better_than_baseline: null, pr_auc_fell: null };
    expect(evidenceShares(null)).toEqual(none);
    const { calibration, ...rest } = evidenceShares(evidenceFacts({ referenceGain: null, prAuc: null }));
    expect(calibration).toBeGreaterThan(0);
    expect(rest).toEqual({ not_better_than_baseline: null, pr_auc_fell: null });
  });
});
