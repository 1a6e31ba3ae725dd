import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertRule } from "../../src/quality/alerts/alert-change.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import type { EvidenceFact } from "../../src/quality/alert-evidence/evidence-fact.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { readRule } from "../../src/quality/alerts/read-rule.ts";
import { around, CHAMPION, evidenceFacts, evidenceOf, NOW_MS, WELL } from "./alert-facts.ts";

const read = (rule: AlertRule, facts: AlertFacts, stepMs = 1000) =>
  readRule(rule, { ...WELL, ...facts }, DEFAULT_ALERT_LIMITS[rule], stepMs);

describe("every rule", () => {
  it.each(ALERT_RULES)("%s does not fire for a symbol with which nothing is wrong", (rule) => {
    expect(read(rule, {}).verdict).toBe("good");
  });

  it.each(ALERT_RULES)("%s gives no verdict without facts, and says why", (rule) => {
    const reading = readRule(rule, {}, DEFAULT_ALERT_LIMITS[rule], 1000);
    expect(reading.verdict).toBe("unknown");
    expect(reading.summary).toMatch(/^(no|not|too few) .+/);
  });

  it.each([
    ["pr_auc_fell", { evidence: evidenceFacts({ prAuc: null }) }],
    ["not_better_than_baseline", { evidence: evidenceFacts({ referenceGain: null }) }],
    ["calibration", { evidence: null }],
    ["drift", { drift: null }],
    ["feed_silent", { silentMs: null }],
    ["feed_silent", { silentMs: NaN }],
    ["feed_silent", { silentMs: -1 }],
    ["feed_down", { feedDown: null }],
    ["error_budget", { errorShare: null }],
    ["error_budget", { errorShare: { share: NaN, steps: 3600 } }],
    ["error_budget", { errorShare: { share: 1, steps: 59 } }],
    ["challenger_ready", { challenger: null }],
    ["champion_demoted", { champion: null }],
  ] as [AlertRule, AlertFacts][])("%s does not judge %j", (rule, facts) => {
    expect(read(rule, facts).verdict).toBe("unknown");
  });
});

describe("rules on live quality", () => {
  const of = (phase: EvidenceFact["phase"], groups = 2880): AlertFacts => {
    const fact = evidenceOf(phase, groups);
    const prAuc = { ...fact, ending: null, lasting: { value: 0.1, limit: 6000 }, recent: 0.2 };
    return { evidence: { calibration: { more: fact, fewer: evidenceOf("well") }, referenceGain: fact, prAuc } };
  };
  const RULES: AlertRule[] = ["pr_auc_fell", "not_better_than_baseline", "calibration"];

  it.each(RULES)("%s is decided by evidence alone, whatever the window's figures are", (rule) => {
    const windows: AlertFacts[] = [
      { prAuc: null, referenceGain: null, calibration: null },
      { prAuc: { live: around(0.1, 0.01), manifest: around(0.3, 0.01) }, referenceGain: around(-1, 0) },
      { calibration: { difference: around(0.5, NaN) } },
    ];
    for (const window of windows) {
      expect(read(rule, { ...window, ...of("told") }).verdict).toBe("bad");
      expect(read(rule, { ...window, ...of("well") }).verdict).toBe("good");
      expect(read(rule, { ...window, ...of("new") }).verdict).toBe("between");
      expect(read(rule, { ...window, ...of("new", 4) }).verdict).toBe("unknown");
    }
  });

  it.each(RULES)("%s shows the evidence, its limit and the rate that it is made for", (rule) => {
    const { figures, evidence } = read(rule, of("new"));
    expect(figures).toMatchObject({ evidence: 12, evidence_limit: 288_000, rate_per_month: 0.01, resolved: 80_000 });
    expect(evidence).toMatchObject({ value: 12, phase: "new" });
  });

  it("calls the model's scores wrong in the direction that was told, and well only if neither is in doubt", () => {
    const directions = (more: EvidenceFact["phase"], fewer: EvidenceFact["phase"]): AlertFacts => ({
      evidence: evidenceFacts({ calibration: { more: evidenceOf(more), fewer: evidenceOf(fewer) } }),
    });
    const fewer = read("calibration", directions("well", "told"));
    expect(fewer).toMatchObject({ verdict: "bad", figures: { direction: "fewer" } });
    expect(fewer.summary).toMatch(/^fewer spikes come than the scores promise; over 24 h the difference is 0\.002/);
    expect(read("calibration", directions("told", "new")).figures["direction"]).toBe("more");
    expect(read("calibration", directions("well", "new")).verdict).toBe("between");
    expect(read("calibration", directions("well", "well")).verdict).toBe("good");
  });

  it("says the figures of PR-AUC, and the share of spikes that they depend on", () => {
    const { summary, figures, value } = read("pr_auc_fell", {
      ...of("told"),
      prAuc: { live: around(0.2, 0.03), manifest: around(0.3, 0.04) },
      baseRate: { live: 0.08, manifest: 0.1 },
    });
    expect(summary).toBe(
      "PR-AUC is shown to have fallen; over 24 h it is 0.200 (0.170 to 0.230), 33.3 % below the manifest's 0.300 (0.260 to 0.340)",
    );
    expect(value).toBeCloseTo(1 / 3, 12);
    expect(figures).toMatchObject({ pr_auc: 0.2, manifest_pr_auc: 0.3, base_rate: 0.08, manifest_base_rate: 0.1 });
  });

  it("shows of the two bodies of evidence on PR-AUC the one that is nearer to its limit", () => {
    const near = evidenceFacts();
    const lasting = { value: 5000, limit: 6000 };
    const { figures } = read("pr_auc_fell", { evidence: { ...near, prAuc: { ...near.prAuc!, lasting } } });
    expect(figures).toMatchObject({ evidence: 5000, evidence_limit: 6000 });
  });

  it("names the reference that the champion is compared with", () => {
    expect(read("not_better_than_baseline", of("told")).summary).toBe(
      "the champion is shown to be worse than its reference har; over 24 h its Brier gain is 0.004 (0.002 to 0.006)",
    );
    expect(read("not_better_than_baseline", { ...of("well"), referenceGain: null }).summary).toContain(
      "not shown to be worse than its reference har; over 24 h no gain is known",
    );
  });
});

describe("drift", () => {
  const window = { ...WELL.drift!, driftedShare: 0.4, worstFeatures: ["a", "b", "c", "d", "e", "f"] };

  it("is bad by the window's verdict alone, at the time of the window, and names five features", () => {
    const reading = read("drift", { drift: { ...window, verdict: "drift", modelSha: CHAMPION } });
    expect(reading).toMatchObject({ verdict: "bad", window: { endMs: NOW_MS, lengthMs: 3_600_000 } });
    expect(reading.summary).toBe(
      "in the last hour's window 40.0 % of the features drifted, limit 20.0 %: a, b, c, d, e",
    );
  });

  it("names the feature that is farthest beyond its threshold where the verdict has a limit for it", () => {
    const farthest = { largestRatio: 3.456, largestRatioFeature: "spread", ratioThreshold: 2.1 };
    const { summary, figures } = read("drift", { drift: { ...window, ...farthest, verdict: "drift" } });
    expect(summary).toMatch(/limit 20\.0 %: a, b, c, d, e; spread is at 3\.46 times its threshold, limit 2\.10$/);
    expect(figures).toMatchObject({ largest_ratio: 3.456, largest_ratio_feature: "spread", ratio_threshold: 2.1 });
    expect(read("drift", { drift: { ...window, ...farthest, ratioThreshold: null } }).summary).not.toContain("times");
  });

  it.each(["uncalibrated", "no_reference", "too_few_rows"])("gives no verdict on a window that is %s", (verdict) => {
    expect(read("drift", { drift: { ...window, verdict } })).toMatchObject({
      verdict: "unknown",
      summary: `no drift verdict: ${verdict}`,
    });
  });

  it("gives no verdict on a window that was judged for another model", () => {
    expect(read("drift", { drift: { ...window, verdict: "drift", modelSha: "b".repeat(64) } }).verdict).toBe("unknown");
  });
});

describe("feed_silent", () => {
  it.each([
    [1000, 60_000, "between"],
    [1000, 60_001, "bad"],
    [1000, 30_000, "good"],
    [1000, 30_001, "between"],
    [60_000, 600_000, "between"],
    [60_000, 600_001, "bad"],
    [60_000, 300_000, "good"],
  ] as const)("on steps of %i ms %i ms without a tick is %s going by", (stepMs, silentMs, verdict) => {
    expect(read("feed_silent", { silentMs }, stepMs).verdict).toBe(verdict);
  });
});

describe("error_budget", () => {
  it.each([
    [0.0101, 3600, "bad"],
    [0.01, 3600, "between"],
    [0.005, 3600, "good"],
    [2 / 60, 60, "between"],
    [3 / 60, 60, "bad"],
  ] as const)("a share of %d of %i steps is %s", (share, steps, verdict) => {
    expect(read("error_budget", { errorShare: { share, steps } }).verdict).toBe(verdict);
  });
});

describe("feed_down", () => {
  it.each([
    ["good", 0],
    ["between", 1],
    ["between", 60_000],
    ["bad", 60_001],
  ])("is %s after %s ms without a live connection", (verdict, downMs) => {
    const { verdict: judged, summary } = read("feed_down", { feedDown: { downMs, fault: "closed with 1012" } });
    expect(judged).toBe(verdict);
    expect(summary).toContain(downMs === 0 ? "the feed is live" : "the last fault: closed with 1012");
  });
});

describe("challenger_ready", () => {
  it.each([
    ["bad", true, 20],
    ["bad", true, 9],
    ["between", false, 25],
    ["between", false, 1],
    ["between", false, NaN],
    ["good", false, 0.99],
  ] as const)("is %s when the rule's verdict is %s and e is %d", (verdict, ready, eValue) => {
    expect(read("challenger_ready", { challenger: { ...WELL.challenger!, ready, eValue } }).verdict).toBe(verdict);
  });

  it("says on which figures it rests", () => {
    const { verdict, summary } = read("challenger_ready", { challenger: { ...WELL.challenger!, ready: true } });
    expect(verdict).toBe("bad");
    expect(summary).toMatch(/^the challenger may be promoted: e value 0\.8 over 40 blocks and 12 episodes, mean Brier/);
    expect(read("challenger_ready", { challenger: { ...WELL.challenger!, meanGain: null } }).summary).not.toMatch(
      /gain/,
    );
  });
});

describe("champion_demoted", () => {
  const champion = { found: null, eValue: 1.2, blocks: 40, episodes: 12 };

  it("fires with what was found, and ends where nothing is", () => {
    const found = "champion 1a2b3c4d is worse than its predecessor 5e6f7a8b";
    expect(read("champion_demoted", { champion: { ...champion, found } })).toMatchObject({
      verdict: "bad",
      summary: found,
      figures: { e_value: 1.2, blocks: 40, episodes: 12 },
    });
    expect(read("champion_demoted", { champion }).verdict).toBe("good");
    const unwatched = { found: null, eValue: null, blocks: null, episodes: null };
    expect(read("champion_demoted", { champion: unwatched }).verdict).toBe("good");
  });
});
