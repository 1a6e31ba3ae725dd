import { beforeAll, describe, expect, it } from "vitest";
import { shapeDrift } from "../../src/http/drift.ts";
import { verdictWords } from "../../src/words/drift-words.ts";
import { type Answer, fetchJson } from "./gateway.ts";
import { START_MS } from "./market.ts";
import { feedLong } from "./quality-symbols.ts";
import { sampleDrift } from "./sample-week.ts";

beforeAll(() => feedLong("Q-ONE", 3));

describe("GET /symbols/:symbol/drift", () => {
  it("does not judge a symbol that the model was not trained on, and says that the day is not over", async () => {
    const { status, body } = await fetchJson("/symbols/Q-ONE/drift");
    expect(status).toBe(200);
    const hour = body.windows["1h"];
    expect(Date.parse(hour.to)).toBe(START_MS + 3_600_000);
    expect(hour.verdict).toBe("uncalibrated");
    expect(hour.reason).toMatch(/^the model was not trained on this symbol: /);
    expect(hour.words).toBe(`Not judged: ${hour.reason}.`);
    expect(body.windows["24h"]).toEqual({
      verdict: "none",
      reason: "no whole day of event time has been closed since the symbol was created",
      features: [],
    });
    expect(body.history).toHaveLength(1);
    expect(body.concept.events).toEqual([]);
  });

  it("states the false-alarm rate with the verdict, and what fixed thresholds would say beside it", () => {
    const { windows, history, concept } = shapeDrift("X", sampleDrift(2)) as Answer["body"];
    const hour = windows["1h"];
    console.log(JSON.stringify({ ...hour, features: 0 }));
    expect(hour.verdict).toBe("drift");
    expect(hour.words).toBe(
      "Drift, by the number of features: 50 % of the features drifted, the limit is 22 %; the farthest, " +
        `${hour.largest_ratio_feature}, is at 1.94 times its threshold, the limit is 2.1 times; 5 % of windows without a ` +
        "change are above one of the two, as 412 training windows showed.",
    );
    expect(hour).toMatchObject({ drifted_share: 0.5, threshold: 0.22, ratio_threshold: 2.1, alarmed_by: ["share"] });
    expect(history.at(-1)).toMatchObject({
      drifted_share: 0.5,
      ratio_threshold: 2.1,
      largest_ratio: hour.largest_ratio,
    });
    expect(hour.false_alarms).toEqual({
      stated_rate: 0.05,
      highest_rate: expect.closeTo(0.0669, 4),
      training_windows: 412,
    });
    expect(hour.customary.share_at_0_1).toBe(0.6);
    expect(hour.customary.verdicts.map((verdict: { drift: boolean }) => verdict.drift)).toEqual([true, false]);
    expect(hour.features[0]).toMatchObject({ name: "rv_10", wasserstein: 0.4, jensen_shannon: 0.06, drifted: true });
    expect(hour.features[9].words).toBe("within what training windows showed");
    expect(concept.events[0]).toMatchObject({ detector: "page-hinkley", what: "error", mean_after: 0.142 });
  });

  it("says which of the two limits alarmed, and speaks of one where the model has one", () => {
    const verdict = sampleDrift(2).latest["1h"]!;
    const words = (change: Partial<typeof verdict>): string => verdictWords({ ...verdict, ...change });
    expect(words({ driftedShare: 0.1, largestRatio: 3.456, alarmedBy: ["ratio"] })).toMatch(
      /^Drift, by the farthest feature: 10 % of .*is at 3.46 times its threshold, the limit is 2.1 times; 5 % of/,
    );
    expect(words({ largestRatio: 3, alarmedBy: ["share", "ratio"] })).toMatch(
      /^Drift, by the number of features and by the farthest one: /,
    );
    expect(words({ verdict: "ok", driftedShare: 0, alarmedBy: [] })).toMatch(
      /^No drift: 0 % of the features drifted, .*one of the two/,
    );
    expect(words({ largestRatio: null, largestRatioFeature: null })).toContain("no feature could be counted in its");
    expect(words({ datasetRatioThreshold: null })).toBe(
      "Drift: 50 % of the features drifted, the limit is 22 %; 5 % of windows without a change are above it, as 412 " +
        "training windows showed.",
    );
  });

  it("gives each feature's ratio over time where it is asked for, null without a threshold", async () => {
    const [line] = (await fetchJson("/symbols/Q-ONE/drift?ratios=1")).body.history;
    expect(Object.keys(line.ratios)).toEqual(
      (await fetchJson("/symbols/Q-ONE/drift")).body.windows["1h"].features.map(({ name }: Answer["body"]) => name),
    );
    // This symbol is none of the model's, so that no feature has a threshold yet.
    expect(new Set(Object.values(line.ratios))).toEqual(new Set([null]));
    expect((await fetchJson("/symbols/Q-ONE/drift")).body.history[0]).not.toHaveProperty("ratios");
    expect(await fetchJson("/symbols/Q-ONE/drift?ratios=all")).toMatchObject({
      status: 400,
      body: { code: "ratios_malformed" },
    });
  });

  it("refuses a symbol without ticks", async () => {
    expect((await fetchJson("/symbols/Q-NOBODY/drift")).status).toBe(404);
  });
});
