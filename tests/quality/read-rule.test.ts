import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertRule } from "../../src/quality/alerts/alert-change.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { readRule } from "../../src/quality/alerts/read-rule.ts";
import { highOfDifference } from "../../src/quality/alerts/high-of-difference.ts";
import { around, CHAMPION, NOW_MS, WELL } from "./alert-facts.ts";

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
    ["pr_auc_fell", { prAuc: { live: null, manifest: around(0.3, 0.01) } }],
    ["pr_auc_fell", { prAuc: { live: around(0.1, 0.01), manifest: null } }],
    ["pr_auc_fell", { prAuc: { live: around(NaN, 0.01), manifest: around(0.3, 0.01) } }],
    ["pr_auc_fell", { prAuc: { live: { value: 0.1, low: 0, high: Infinity }, manifest: around(0.3, 0.01) } }],
    ["pr_auc_fell", { prAuc: { live: around(0, 0), manifest: around(0, 0) } }],
    ["not_better_than_baseline", { referenceGain: null }],
    ["not_better_than_baseline", { referenceGain: around(NaN, 0) }],
    ["calibration", { calibration: { difference: null } }],
    ["calibration", { calibration: { difference: around(0.5, NaN) } }],
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
  const RULES: AlertRule[] = ["pr_auc_fell", "not_better_than_baseline", "calibration"];
  const BAD: AlertFacts = {
    prAuc: { live: around(0.1, 0.01), manifest: around(0.3, 0.01) },
    referenceGain: around(-0.01, 0.001),
    calibration: { difference: around(0.1, 0.01) },
  };

  it.each(RULES)("%s requires least numbers of resolved steps, blocks and episodes", (rule) => {
    const enough = { resolved: 3600, blocks: 8, episodes: 10 };
    expect(read(rule, { ...BAD, ...enough }).verdict).toBe("bad");
    for (const [name, count] of Object.entries(enough)) {
      const reading = read(rule, { ...BAD, ...enough, [name]: count - 1 });
      expect(reading.verdict).toBe("unknown");
      expect(reading.summary).toContain(`${count - 1}, expected ${count}`);
      expect(reading.figures[name]).toBe(count - 1);
    }
  });
});

describe("pr_auc_fell", () => {
  it("compares two independent figures as Zou and Donner do, with the example of its documentation", () => {
    expect(highOfDifference(around(0.2, 0.03), around(0.3, 0.04))).toBeCloseTo(-0.05, 12);
    expect(highOfDifference(around(0.2, 0.03), around(0.3, 0.04), 3)).toBeCloseTo(0.05, 12);
    expect(highOfDifference(around(0.3, 0), around(0.3, 0))).toBe(0);
  });

  it("has an upper end below 0 only where each figure lies outside the other's interval", () => {
    for (let live = 0.1; live < 0.5; live += 0.01) {
      for (const up of [0, 0.02, 0.05]) {
        for (const down of [0, 0.03, 0.06]) {
          const a: Figure = { value: live, low: 0, high: live + up };
          const b: Figure = { value: 0.3, low: 0.3 - down, high: 1 };
          if (highOfDifference(a, b) >= -1e-12) continue;
          expect(b.value).toBeGreaterThan(a.high);
          expect(a.value).toBeLessThan(b.low);
        }
      }
    }
  });

  it.each([
    ["bad", "clearly lower", around(0.2, 0.03), around(0.31, 0.04)],
    ["between", "lower by less than twice the half-width of the difference", around(0.2, 0.03), around(0.29, 0.04)],
    ["bad", "6 % lower and sure of it", around(0.282, 0.001), around(0.3, 0.001)],
    ["between", "4 % lower and sure of it: a fall too small to act on", around(0.288, 0.001), around(0.3, 0.001)],
    ["good", "2.5 % lower", around(0.2926, 0.001), around(0.3, 0.001)],
    ["between", "far lower, but by an interval that reaches the manifest's", around(0.2, 0.12), around(0.3, 0.02)],
    ["between", "outside either interval, but not by both", around(0.24, 0.05), around(0.3, 0.05)],
    ["good", "lower, but within the manifest's interval", around(0.27, 0.001), around(0.3, 0.04)],
    ["good", "higher", around(0.5, 0.01), around(0.3, 0.01)],
  ] as const)("is %s when PR-AUC is %s", (verdict, _, live, manifest) => {
    expect(read("pr_auc_fell", { prAuc: { live, manifest } }).verdict).toBe(verdict);
  });

  it("says the figures, and the share of spikes that they depend on", () => {
    const { summary, figures } = read("pr_auc_fell", {
      prAuc: { live: around(0.2, 0.03), manifest: around(0.3, 0.04) },
      baseRate: { live: 0.08, manifest: 0.1 },
    });
    expect(summary).toBe(
      "PR-AUC over 24 h is 0.200 (0.170 to 0.230), 33.3 % below the manifest's 0.300 (0.260 to 0.340)",
    );
    expect(figures).toMatchObject({ pr_auc: 0.2, manifest_pr_auc: 0.3, base_rate: 0.08, manifest_base_rate: 0.1 });
    expect(figures).toMatchObject({ resolved: 80_000, blocks: 96, episodes: 150 });
  });
});

describe("not_better_than_baseline", () => {
  it.each([
    ["bad", "not better than", around(-0.002, 0.002)],
    ["bad", "not better than", around(-0.01, 0.001)],
    ["between", "not shown to be better or worse than", around(-0.001, 0.002)],
    ["between", "not shown to be better or worse than", around(0, 0.002)],
    ["good", "not shown to be better or worse than", around(0.001, 0.002)],
    ["good", "better than", around(0.01, 0.002)],
  ] as const)("is %s and calls it %s the reference at %j", (verdict, words, referenceGain) => {
    const reading = read("not_better_than_baseline", { referenceGain, referenceFamily: "har" });
    expect(reading.verdict).toBe(verdict);
    expect(reading.figures["reference"]).toBe("har");
    expect(reading.summary).toContain(`the champion is ${words} its reference har: Brier gain`);
  });
});

describe("calibration", () => {
  it.each([
    ["bad", 0.021, 0.0104],
    ["bad", -0.021, 0.0104],
    ["between", 0.021, 0.0106],
    ["between", 0.02, 0.01],
    ["between", 0.05, 0.05],
    ["between", 0.011, 0.001],
    ["good", 0.01, 0.001],
    ["good", -0.01, 0.5],
  ] as const)("is %s at a difference of %d with an interval of ± %d", (verdict, value, half) => {
    expect(read("calibration", { calibration: { difference: around(value, half) } }).verdict).toBe(verdict);
  });

  it("says in which direction", () => {
    expect(read("calibration", { calibration: { difference: around(0.05, 0.01) } }).summary).toContain("more spikes");
    expect(read("calibration", { calibration: { difference: around(-0.05, 0.01) } }).summary).toContain("fewer spikes");
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
    ["between", false, 10],
    ["between", false, NaN],
    ["good", false, 9.99],
  ] as const)("is %s when the rule's verdict is %s and e is %d", (verdict, ready, eValue) => {
    expect(read("challenger_ready", { challenger: { ...WELL.challenger!, ready, eValue } }).verdict).toBe(verdict);
  });

  it("says on which figures it rests", () => {
    const { verdict, summary } = read("challenger_ready", { challenger: { ...WELL.challenger!, ready: true } });
    expect(verdict).toBe("bad");
    expect(summary).toMatch(/^the challenger may be promoted: e value 1\.2 over 40 blocks and 12 episodes, mean Brier/);
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
