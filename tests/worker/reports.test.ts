import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alertsOf } from "../../src/clients/alerts.ts";
import { driftShares } from "../../src/jobs/weekly-report/drift-shares.ts";
import type { Env } from "../../src/settings.ts";
import type { ExperimentEvaluation } from "../../src/jobs/experiment/evaluate-experiment.ts";
import { challengerFacts } from "../../src/jobs/challenger-facts.ts";
import { symbolWeek } from "../../src/jobs/weekly-report/symbol-week.ts";
import { unlistedAlerts } from "../../src/jobs/weekly-report/week-alerts.ts";
import { shareWords } from "../../src/jobs/weekly-report/share-words.ts";
import { gainWords } from "../../src/jobs/weekly-report/gain-words.ts";
import { leadWords } from "../../src/jobs/weekly-report/lead-words.ts";
import { putText } from "../../src/jobs/weekly-report/put-text.ts";
import { weeklyJson } from "../../src/jobs/weekly-report/weekly-json.ts";
import { weeklyPage } from "../../src/jobs/weekly-report/weekly-page.ts";
import type { WeeklyReport } from "../../src/jobs/weekly-report/weekly-report.ts";
import { decimals } from "../../report/figure-text.ts";
import worker from "../../src/worker.ts";
import { fetchJson, fetchWith, ingest } from "./gateway.ts";
import { market } from "./market.ts";
import { textOf, unclosedTags } from "../report/page-text.ts";
import { REPORT_MS, sampleDrift, sampleWeek } from "./sample-week.ts";

const WEEKLY = "5 6 * * MON";
const bindings = env;
const week = sampleWeek();
const pageOf = (report: WeeklyReport): string => [...weeklyPage(report)].join("");

async function trigger(cron: string, atMs: number, variables: Partial<Record<keyof Env, unknown>> = {}): Promise<void> {
  const ctx = createExecutionContext();
  const controller = createScheduledController({ cron, scheduledTime: new Date(atMs) });
  await worker.scheduled(controller, Object.assign({}, bindings, variables) as Env);
  await waitOnExecutionContext(ctx);
}

async function emptyBucket(): Promise<void> {
  const { objects } = await env.BUCKET.list({ prefix: "reports/" });
  await env.BUCKET.delete(objects.map(({ key }) => key));
}

beforeAll(async () => {
  await ingest(market("R-WARM", 1200));
});

describe("the weekly trigger", () => {
  beforeEach(emptyBucket);

  it("writes the report of its day, which /reports lists and shows in both forms", async () => {
    await trigger(WEEKLY, REPORT_MS);
    const list = await fetchJson("/reports");
    expect(list.body).toMatchObject({
      count: 1,
      reports: [{ date: "2026-11-23", page: "/reports/2026-11-23", json: "/reports/2026-11-23.json" }],
    });
    const { status, headers, body } = await fetchJson("/reports/2026-11-23");
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(body).toContain("R-WARM");
    const json = (await fetchJson("/reports/2026-11-23.json")).body;
    expect(json).toMatchObject({ format: 1, to_ms: REPORT_MS, from_ms: REPORT_MS - 7 * 86_400_000 });
    const [symbol] = json.symbols.filter((one: { symbol: string }) => one.symbol === "R-WARM");
    expect(symbol.quality.windows.map(({ name }: { name: string }) => name)).toEqual(["24h", "30d"]);
    expect(symbol.drift.shares).toHaveLength(2);
    expect(JSON.stringify(json)).not.toContain('"counts"');
  });

  it("changes nothing when it comes twice; a request by hand writes a new one", async () => {
    await env.BUCKET.put("reports/2026-11-23/report.json", '{"format":1}');
    await trigger(WEEKLY, REPORT_MS);
    expect((await fetchJson("/reports/2026-11-23.json")).body).toEqual({ format: 1 });
    const today = new Date().toISOString().slice(0, 10);
    await env.BUCKET.put(`reports/${today}/report.json`, '{"format":1}');
    const written = await fetchJson("/admin/reports", { method: "POST" });
    expect(written).toMatchObject({ status: 201, body: { date: today, page: `/reports/${today}` } });
    expect((await fetchJson(`/reports/${today}.json`)).body.symbols.length).toBeGreaterThan(0);
  });

  it("lists the newest first, and only days whose report is whole", async () => {
    for (const date of ["2026-11-09", "2026-11-23", "2026-11-16"])
      await env.BUCKET.put(`reports/${date}/report.json`, "{}");
    await env.BUCKET.put("reports/2026-11-30/report.html", "half written");
    const { body } = await fetchJson("/reports");
    expect(body.reports.map(({ date }: { date: string }) => date)).toEqual(["2026-11-23", "2026-11-16", "2026-11-09"]);
  });

  it("works without a bucket, and says so to reading and writing requests", async () => {
    const none = { BUCKET: undefined };
    await trigger(WEEKLY, REPORT_MS, none);
    const without = none as unknown as Partial<Env>;
    for (const [path, init] of [
      ["/reports"],
      ["/reports/2026-11-23"],
      ["/admin/reports", { method: "POST" }],
    ] as const) {
      const { status, body } = await fetchWith(without, path, init);
      expect({ status, code: body.code }, path).toEqual({ status: 404, code: "no_bucket" });
    }
  });

  it("names a part that does not answer, and writes the rest", async () => {
    const broken = { idFromName: () => "x", get: () => ({ list: () => Promise.reject(new Error("away")) }) };
    await trigger(WEEKLY, REPORT_MS, { ALERTS: broken });
    const json = (await fetchJson("/reports/2026-11-23.json")).body;
    expect(json.missing).toEqual(["alerts: could not be read"]);
    expect(json.alerts).toBeNull();
    expect(json.symbols.length).toBeGreaterThan(0);
  });

  it("says where more alerts fired, or ended, than it has records of", () => {
    const { firing } = week.alerts![0]!;
    const active = (count: number) => Array.from({ length: count }, () => firing);
    const ended = (count: number, atMs: number) =>
      Array.from({ length: count }, (_, i) => ({ firing, resolved: { ...firing, atMs: atMs + i } }));
    const fromMs = REPORT_MS - 7 * 86_400_000;
    expect(unlistedAlerts({ active: active(999), recent: ended(199, fromMs) }, fromMs)).toEqual([]);
    expect(unlistedAlerts({ active: [], recent: ended(200, fromMs - 1) }, fromMs)).toEqual([]);
    expect(unlistedAlerts({ active: active(1000), recent: ended(200, fromMs) }, fromMs)).toEqual([
      "alerts: of those that fire only the first 1000 are shown",
      "alerts: only the last 200 that ended are kept; more may have ended in this week",
    ]);
  });

  it("refuses malformed dates, and days without a report", async () => {
    expect(await fetchJson("/reports/yesterday")).toMatchObject({ status: 400, body: { code: "date_malformed" } });
    expect(await fetchJson("/reports/2026-11-23.pdf")).toMatchObject({ status: 400 });
    expect(await fetchJson("/reports/2020-01-06")).toMatchObject({ status: 404, body: { code: "unknown_report" } });
    expect((await fetchWith({ ADMIN_TOKEN: "secret" }, "/admin/reports", { method: "POST" })).status).toBe(401);
  });
});

describe("the trigger of every quarter of an hour", () => {
  it("judges the experiment and writes no report", async () => {
    await emptyBucket();
    await trigger("*/15 * * * *", REPORT_MS);
    expect((await fetchJson("/reports")).body.count).toBe(0);
    expect((await alertsOf(bindings).list()).active.filter(({ rule }) => rule === "challenger_ready")).toEqual([]);
  });

  it("throws when the registry is away, so that the platform's log of runs shows it", async () => {
    const away = { idFromName: () => "x", get: () => ({ fetch: () => Promise.reject(new Error("away")) }) };
    await expect(trigger("*/15 * * * *", REPORT_MS, { REGISTRY: away })).rejects.toThrow();
  });

  it("reports a challenger that waits for a person to the alerts, and none where there is nothing to compare", () => {
    const waiting = { ...week.experiment!, promoted: false, notPromoted: null } as ExperimentEvaluation;
    const challenger = waiting.experiment!.challenger;
    expect(challengerFacts(waiting)).toEqual({
      model: challenger,
      challenger: {
        ready: false,
        eValue: 1.83,
        blocks: 41,
        episodes: 12,
        meanGain: { value: 0.0021, low: -0.0008, high: 0.005 },
      },
    });
    expect(challengerFacts({ ...waiting, code: "promote" }).challenger?.ready).toBe(true);
    expect(challengerFacts({ ...waiting, comparison: null })).toEqual({ model: challenger });
    expect(challengerFacts({ ...waiting, promoted: true })).toEqual({ model: null });
    expect(challengerFacts({ ...waiting, experiment: null })).toEqual({ model: null });
  });
});

describe("the page", () => {
  it("loads nothing: no script, no link outside, no image", async () => {
    const page = pageOf(week);
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page).toContain('name="viewport"');
    expect(page).toContain("prefers-color-scheme:dark");
    expect(pageOf(week)).toBe(page);
  });

  it("shows episodes and intervals beside the figures, and the threshold they are under", async () => {
    const page = textOf(pageOf(week));
    const label = week.symbols[0]!.quality!.windows[0]!.labels[0]!;
    const { value, low, high } = label.series[0]!.prAuc!;
    expect(page).toContain(`${decimals(value, 3)} [${decimals(low, 3)}, ${decimals(high, 3)}]`);
    expect(page).toContain(`in ${label.episodes} episodes, ${label.blocks} blocks`);
    expect(page).toContain("mean threshold 4.20 bps");
    expect(page).toContain("its object did not answer");
    expect(page).toContain("3 of 44 drifted, 6.8 % (stated without a change 5.0 %)");
  });

  it("has the figures of its plots over bins and hours as tables behind them", async () => {
    const text = textOf(pageOf(week));
    expect(text).toMatch(
      /Figures as a table Bins of the champion Mean probability Rows Share that were spikes 0\.\d{3} /,
    );
    expect(text).toMatch(/Figures as a table Verdicts by hour, newest first\. .*? 2026-11-23 06:00 UTC ok /);
  });

  it("takes nothing that it is given for markup", async () => {
    const evil = '<script>alert("x")</script>';
    const [first] = week.symbols;
    const page = pageOf({
      ...week,
      symbols: [{ ...first!, symbol: evil, missing: [evil] }],
      missing: [evil],
      changes: [{ ...week.changes![0]!, what: "experiment", to: evil }],
      alerts: [{ ...week.alerts![0]!, firing: { ...week.alerts![0]!.firing, summary: evil } }],
    });
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;");
  });

  it("says of an empty gateway that it is empty, with every part there", async () => {
    const nothing = { ...week, symbols: [], alerts: [], changes: [], missing: ["symbols: none has received a tick"] };
    const report = { ...nothing, experiment: null };
    const [page, json] = [pageOf(report), [...weeklyJson(report)].join("")];
    expect(page).toContain("symbols: none has received a tick");
    expect(page).toContain("The experiment could not be read.");
    expect(page).toContain("No hour was judged for drift.");
    expect(JSON.parse(json)).toMatchObject({ symbols: [], experiment: null });
    const unread = pageOf({ ...nothing, alerts: null, changes: null });
    expect(unread).toContain("The alerts could not be read.");
    expect(unread).toContain("The history could not be read.");
  });

  it("claims nothing from a few blocks", () => {
    const gain = { value: 0.02, low: 0.01, high: 0.03 };
    expect(gainWords(gain, 8)).toBe("better");
    expect(gainWords(gain, 7)).toBe("too few blocks to say");
    expect(gainWords({ ...gain, low: 0 }, 100)).toBe("not shown to differ");
    expect(gainWords({ value: -0.2, low: -0.3, high: -0.1 }, 100)).toBe("worse");
    expect(gainWords(null, 100)).toBe("not compared");
    expect(leadWords(week)).toBe(
      "3 symbols. The champion against its reference over 30 days: too few blocks to say on 2, not compared on 1. " +
        "3 of 88 judged hours drifted (3.4 %). 1 alert.",
    );
    expect(pageOf(week)).toMatch(/too few blocks to say<\/span\s*><span class="sub">har<\/span>/);
  });

  it("is well formed, and every plot has a title and a description of its own", () => {
    const page = pageOf(week);
    expect(unclosedTags(page)).toEqual([]);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const plots = [...page.matchAll(/<svg\s+class="plot"[\s\S]*?<\/svg>/g)];
    expect(plots.length).toBeGreaterThanOrEqual(10);
    for (const [plot] of plots) expect(plot).toMatch(/<title [\s\S]*<desc /);
    for (const [, labels] of page.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const id of labels!.split(" ")) expect(ids).toContain(id);
    }
    expect(textOf(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/);
  });

  it("draws a window that drifted in another colour than one that did not, and its limit as a dash", () => {
    const [plot] = /<svg[^>]*aria-labelledby="symbol-ETH-USD-drift-title[\s\S]*?<\/svg>/.exec(pageOf(week))!;
    expect(plot.match(/class="dot drift"/g)).toHaveLength(3);
    expect(plot.match(/class="dot ok"/g)).toHaveLength(41);
    expect(plot.match(/class="limit"/g)).toHaveLength(44);
    expect(plot).toContain("44 windows, 3 drifted");
  });
});

describe("one symbol's week", () => {
  it("counts alarms among judged windows only, and says since when verdicts are kept", () => {
    const drift = sampleDrift(3);
    const [hours, days] = driftShares(drift, REPORT_MS - 10 * 3_600_000);
    expect(hours).toMatchObject({ window: "1h", judged: 10, alarms: 3, byFarthest: 0, alpha: 0.05, unjudged: {} });
    expect(hours!.sinceMs).toBe(REPORT_MS - 10 * 3_600_000 + 55 * 60_000);
    expect(days).toEqual({
      window: "24h",
      alpha: null,
      judged: 0,
      alarms: 0,
      byFarthest: 0,
      unjudged: {},
      sinceMs: null,
    });
    const few = drift.history.map((one) => ({ ...one, driftedShare: 0.1 }));
    const [byFarthest] = driftShares({ ...drift, history: few }, 0);
    expect(byFarthest).toMatchObject({ judged: 44, alarms: 3, byFarthest: 3 });
    expect(shareWords(byFarthest!)).toContain("6.8 % (stated without a change 5.0 %), 3 by the farthest feature alone");
    const history = drift.history.map((one) => ({ ...one, verdict: "uncalibrated" as const }));
    const [none] = driftShares({ ...drift, history }, 0);
    expect(none).toMatchObject({ judged: 0, unjudged: { uncalibrated: 44 } });
    expect(shareWords(none!)).toMatch(
      /^1h windows: none was judged this week; not judged: 44 uncalibrated, verdicts kept since/,
    );
  });

  it("says why there are no figures", () => {
    expect(symbolWeek({ symbol: "A", answer: undefined, failed: true }, 0)).toEqual({
      symbol: "A",
      quality: null,
      drift: null,
      threshold: null,
      missing: ["its object did not answer"],
    });
    expect(symbolWeek({ symbol: "A", answer: {}, failed: false }, 0).missing).toEqual(["it has received no tick"]);
  });
});

describe("a long text in the bucket", () => {
  it("is put in parts and read back whole, also where a part ends within a character", async () => {
    const line = "é1234567\n".repeat(50_000);
    const lines = Array.from({ length: 25 }, () => line);
    await putText(env.BUCKET, "reports/long.txt", lines, "text/plain");
    const object = (await env.BUCKET.get("reports/long.txt"))!;
    expect(object.httpMetadata?.contentType).toBe("text/plain");
    expect((await object.text()) === lines.join("")).toBe(true);
    expect(object.size).toBeGreaterThan(2 * 5 * 1024 * 1024);
  });

  it("gives the upload up when a part is refused", async () => {
    let aborted = 0;
    const BUCKET = {
      createMultipartUpload: () =>
        Promise.resolve({
          uploadPart: () => Promise.reject(new Error("full")),
          abort: () => Promise.resolve(void (aborted += 1)),
        }),
    } as unknown as R2Bucket;
    const long = ["x".repeat(6 * 1024 * 1024)];
    await expect(putText(BUCKET, "reports/kept.txt", long, "text/plain")).rejects.toThrow("full");
    expect(aborted).toBe(1);
  });
});
