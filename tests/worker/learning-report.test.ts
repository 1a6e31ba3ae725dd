// What the weekly report says of that which learns from labels.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { learningPart } from "../../src/jobs/weekly-report/learning-part.ts";
import { weeklyPage } from "../../src/jobs/weekly-report/weekly-page.ts";
import { collectWeeklyReport, type WeeklyReport } from "../../src/jobs/weekly-report/weekly-report.ts";
import { textOf } from "../report/page-text.ts";
import { ingest } from "./gateway.ts";
import { market } from "./market.ts";
import { REPORT_MS, sampleWeek } from "./sample-week.ts";

const week = sampleWeek(3_600);
const [btc, eth] = week.symbols;
const textFor = (report: Partial<WeeklyReport>): string => textOf(learningPart({ ...week, ...report }).text);

describe("what learnt from labels", () => {
  it("has each symbol's recalibration with the newest month's ECE, before and after", () => {
    const text = textFor({});
    expect(text).toMatch(
      /BTC-USD Serving since 2026-11-02 10:05 UTC, learnt from 412,033 labels\. Evidence of harm: 0\.02 of 20\. 2026-11 1,814,400 labels 0\.0126 skill 0\.190 0\.0019 skill 0\.200/,
    );
    expect(text).toMatch(/SOL-USD its object did not answer – – – – not known/);
    expect([...weeklyPage(week)].join("")).toContain('id="learning"');
  });

  it("has the changes of the threshold in the week, and none of before", () => {
    const text = textFor({});
    expect(text).toMatch(/0\.290 follows, for recall at least 0\.8 none; one that follows is at 0\.290/);
    expect(text).toMatch(/5 changes 2026-11-20 .*? UTC: 0\.270 to 0\.260 .*? UTC: 0\.250 to 0\.240/);
    expect(text).not.toContain("0.280 to 0.270");
  });

  it("says of changes in the shadow that they were not served, and where nothing follows", () => {
    const [champion] = eth!.threshold!.aliases;
    const shadow = { ...champion!, source: "manifest" } as const;
    const symbols = [
      { ...eth!, threshold: { mode: "shadow", aliases: [shadow] } },
      { ...btc!, threshold: { mode: "off", aliases: [{ ...shadow, followed: null }] } },
    ] as const;
    const text = textFor({ symbols });
    expect(text).toContain("5 changes, not served");
    expect(text).toContain("nothing follows the live labels");
  });

  it("says that no month has labels yet", () => {
    const { facts } = btc!.quality!.recalibrations[0]!;
    const [one] = btc!.quality!.recalibrations;
    const young = { ...one!, facts: { ...facts, state: "learning", labels: 0 }, months: [] } as const;
    const text = textFor({ symbols: [{ ...btc!, quality: { ...btc!.quality!, recalibrations: [young] } }] });
    expect(text).toContain("BTC-USD Learning: no label has come yet. – – –");
  });

  it("has what fired by evidence beside the rate that is stated for all symbols together", () => {
    const [alert] = week.alerts!;
    const calibration = { ...alert!, firing: { ...alert!.firing, rule: "calibration" as const } };
    const text = textFor({ alerts: [alert!, calibration, calibration] });
    expect(text).toMatch(/pr_auc_fell 0 1\.0 % 0\.02 on 2 symbols –/);
    expect(text).toMatch(/calibration 2 2\.0 % 0\.04 on 2 symbols ETH-USD/);
    expect(text).not.toContain("drift 1");
    expect(textFor({ alerts: null })).toContain("not known: the alerts could not be read.");
    expect(textFor({ evidenceRates: {} })).toContain("All of them are switched off.");
  });

  it("is collected: thresholds of the objects, and the rates of the rules that are on", async () => {
    await ingest(market("LEARNT", 1_200));
    const report = await collectWeeklyReport(env, REPORT_MS);
    const symbol = [...report.symbols].find((one) => one.symbol === "LEARNT")!;
    expect(symbol.threshold).toMatchObject({ aliases: [{ alias: "champion" }] });
    expect(symbol.quality!.recalibrations[0]!.facts.state).toBe("learning");
    expect(report.evidenceRates).toEqual({ pr_auc_fell: 0.01, not_better_than_baseline: 0.01, calibration: 0.01 });
    const ALERT_RULES = JSON.stringify({ calibration: { enabled: false }, pr_auc_fell: { ratePerMonth: 0.05 } });
    const changed = await collectWeeklyReport({ ...env, ALERT_RULES }, REPORT_MS);
    expect(changed.evidenceRates).toEqual({ pr_auc_fell: 0.05, not_better_than_baseline: 0.01 });
  });
});
