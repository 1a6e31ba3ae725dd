// What the pages say of that which learns from labels: recalibrations, thresholds, evidence of alert rules.
import { describe, expect, it } from "vitest";
import { readPart } from "../../dashboard/gateway/read-part.ts";
import { GatewayRefusal } from "../../dashboard/gateway/gateway-refusal.ts";
import { operationsPage } from "../../dashboard/views/operations/operations-page.ts";
import { thresholdPart } from "../../dashboard/views/symbol/threshold-part.ts";
import { truthPage } from "../../dashboard/views/truth/truth-page.ts";
import { textOf, unclosedTags } from "../report/page-text.ts";
import { fixtureAlertRules, fixtureThreshold } from "./fixture-learning.ts";
import { fixtureOperations } from "./fixture-operations.ts";
import { fixtureQuality, fixtureYoungQuality } from "./fixture-quality.ts";

const SYMBOL = "BTC-USD";
const threshold = { value: fixtureThreshold(SYMBOL) };
const alerts = { value: fixtureAlertRules(SYMBOL) };
const truthText = (window: "1h" | "24h" | "30d", parts = { threshold, alerts }): string =>
  textOf(truthPage(fixtureQuality(SYMBOL, window), parts).text);

describe("the page of figures of one symbol", () => {
  it("has ECE and Brier skill by month, of the model's own scores, the recalibrated ones and what was answered", () => {
    const text = truthText("24h");
    expect(text).toContain("champion : Serving since 2026-10-03 07:15 UTC, learnt from 10,238,400 labels.");
    expect(text).toMatch(/2026-11 2,592,000 259,460 spikes 0\.0149 0\.0019 0\.0021 0\.190 0\.203 0\.202/);
    expect(text.indexOf("2026-11 2,592,000")).toBeLessThan(text.indexOf("2026-08 2,592,000"));
    expect(text).toContain("2026-10-03 07:15 UTC: began to serve, evidence 21.4, mean Brier gain +0.00068");
    expect(text).toContain("challenger : Learning: no label has come yet.");
    expect(text.match(/by month/g)).toHaveLength(1);
  });

  it("has the alerts as they were given above what today's threshold would have reached", () => {
    const text = truthText("1h");
    expect(text).toContain("The champion alerts from 0.288 on: follows the live labels, for recall at least 0.8.");
    expect(text).toMatch(/as given, each at the threshold of its time 36\.7 % 1,980 hit, 3,410 false 73\.8 %/);
    expect(text).toMatch(/at today's threshold, 0\.288 36\.2 %/);
    expect(text).toContain("Labelled steps since 2026-11-29 00:00 UTC");
    expect(text).toContain("Alerts are not counted as served: the goal of this model cannot be followed.");
    expect(truthText("30d")).toMatch(/at today's threshold, 0\.288 no step of this window has a label/);
  });

  it("has each rule's evidence over its limit, and its stated rate", () => {
    const text = truthText("24h");
    expect(text).toMatch(
      /calibration ▲ ?firing 143\.1 % 412,000 of 288,000 its end: 3\.2 of 2,880 1\.0 % of quiet months/,
    );
    expect(text).toMatch(/not_better_than_baseline ● ?quiet 0\.0 % 12\.3 of 288,000 1\.0 % of quiet months/);
    expect(text).toMatch(/pr_auc_fell ◔ ?unknown – – no PR-AUC of a manifest/);
    expect(text).toMatch(/drift ● ?quiet by its figure not stated the hour to/);
  });

  it("says that the symbol is muted, and until when", () => {
    const settings = { mute: false, mute_until: "2026-12-01T08:00:00.000Z", hours: null };
    const text = truthText("24h", { threshold, alerts: { value: { ...alerts.value, settings } } });
    expect(text).toContain("Muted until 2026-12-01 08:00 UTC: no rule of this symbol is judged.");
  });

  it("says why a part is missing, and shows the others", () => {
    const parts = { threshold: { missing: "its object did not answer" }, alerts: { missing: "away" } };
    const text = textOf(truthPage(fixtureYoungQuality(SYMBOL, "24h"), parts).text);
    expect(text).toContain("Alerts as served Unknown: its object did not answer.");
    expect(text).toContain("Alert rules Unknown: away.");
    expect(text).toContain("Recalibration");
  });

  it("has none of it for all symbols together: each has its own", () => {
    const text = textOf(truthPage(fixtureQuality(null, "24h")).text);
    for (const title of ["Recalibration", "Alerts as served", "Alert rules"]) expect(text).not.toContain(title);
  });

  it("is well formed, and takes nothing that the gateway says for markup", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const { text } = truthPage(fixtureQuality(SYMBOL, "24h"), {
      threshold: {
        value: { ...threshold.value, models: threshold.value.models.map((one) => ({ ...one, goal: evil })) },
      },
      alerts: { missing: evil },
    });
    expect(text).not.toContain("<img");
    expect(unclosedTags(text)).toEqual([]);
  });
});

describe("when a symbol alerts", () => {
  it("says where the threshold comes from, what it is for, and its last changes, the newest first", () => {
    const text = textOf(thresholdPart(threshold.value).text);
    expect(text).toContain(
      "The champion alerts from 0.288 on: follows the live labels, for recall at least 0.8. The model's own is 0.242.",
    );
    expect(text).toContain("It stays between 0.064 and 0.717. Since its last change 12 stretches of time had a spike");
    expect(text).toContain("newest first: the last 5 of 23.");
    expect(text).toMatch(/2026-11-28 12:00 0\.301 from 0\.288 reached precision 0\.51, recall 0\.80/);
    expect(text).toMatch(/2026-11-24 06:00 .*? not reached/);
    expect(text).not.toContain("2026-11-08");
    expect(text).toContain("Nothing follows the live labels: the goal of this model cannot be followed.");
  });

  it("says of one that follows in the shadow that it is not served", () => {
    const [champion] = threshold.value.models;
    const shadow = { ...champion!, source: "manifest", threshold: 0.242 } as const;
    const text = textOf(thresholdPart({ ...threshold.value, mode: "shadow", models: [shadow] }).text);
    expect(text).toContain("The champion alerts from 0.242 on: the model's own, for recall at least 0.8.");
    expect(text).toContain("One that follows the live labels is not served. It is at 0.288 and stays between");
  });

  it("says that nothing follows where it is switched off, that nothing changed yet, and that nothing alerts", () => {
    const [champion, challenger] = threshold.value.models;
    const off = thresholdPart({ ...threshold.value, mode: "off", models: [challenger!] });
    expect(textOf(off.text)).toContain("THRESHOLD_FOLLOWS is off.");
    const followed = { ...champion!.followed!, changes: [], change_count: 0 };
    const unchanged = { ...threshold.value, models: [{ ...champion!, followed }] };
    expect(textOf(thresholdPart(unchanged).text)).toContain("It has not changed yet.");
    expect(textOf(thresholdPart({ ...threshold.value, models: [] }).text)).toContain("No model answers");
  });
});

describe("the page of operation", () => {
  it("has the evidence of an alert and its stated rate under its sentence", () => {
    const text = textOf(operationsPage(fixtureOperations(Date.UTC(2026, 10, 30))).text);
    expect(text).toContain(
      "More spikes come than the scores promise. Evidence 412,000 of 288,000; at most 1.0 % of quiet months have a false alarm.",
    );
    expect(text.match(/of quiet months/g)).toHaveLength(1);
  });
});

describe("a part of a view", () => {
  it("is the answer, or the gateway's words, or that it does not answer", async () => {
    expect(await readPart(Promise.resolve(3))).toEqual({ value: 3 });
    const refusal = new GatewayRefusal(404, "unknown_symbol", "symbol: got X, which has received no tick");
    expect(await readPart(Promise.reject(refusal))).toEqual({ missing: refusal.message });
    expect(await readPart(Promise.reject(new TypeError("fetch")))).toEqual({ missing: "the gateway does not answer" });
  });
});
