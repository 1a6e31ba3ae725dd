// Quantiles of the volatility through the public door: when they are answered, what they are measured by, and that a
// restart changes no bit of them.
import { beforeAll, describe, expect, it } from "vitest";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { type Env, parseSettings } from "../../src/settings.ts";
import { fetchJson, fetchWith, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { market, START_MS } from "./market.ts";
import { evict, feed } from "./monitored.ts";

/** Enough for a threshold, for the labels of 900 forecasts, and for some of their quantiles. */
const TICKS = 3000;

beforeAll(async () => {
  await feed("SIGMA", market("SIGMA", TICKS), 400);
});

async function volatilityOf(symbol: string) {
  const { body } = await fetchJson(`/symbols/${symbol}/quality?window=24h`);
  return body.volatility;
}

describe("GET /predict", () => {
  it("answers quantiles around the expected volatility, in order, the same after a restart", async () => {
    const { body } = await predictFresh("SIGMA");
    const { "0.1": low, "0.5": middle, "0.9": high } = body.sigma_quantiles_bps;
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    expect(high / low).toBeLessThan(20);
    expect(low / body.sigma_bps).toBeGreaterThan(0.05);
    expect(high / body.sigma_bps).toBeLessThan(20);
    expect(body).not.toHaveProperty("sigma_quantiles_missing");
    await evict("SIGMA");
    expect((await predictFresh("SIGMA")).body.sigma_quantiles_bps).toEqual(body.sigma_quantiles_bps);
  });

  it("says how many labels are missing before that", async () => {
    await feed("YOUNG-SIGMA", market("YOUNG-SIGMA", 1300), 400);
    const { body } = await predictFresh("YOUNG-SIGMA");
    expect(body.sigma_bps).toBeGreaterThan(0);
    expect(body.sigma_quantiles_bps).toBeNull();
    expect(body.sigma_quantiles_missing).toMatch(/^labels: \d+ of 900 of steps that this model forecast$/);
    const [champion] = await volatilityOf("YOUNG-SIGMA");
    expect(champion).toMatchObject({ quantile_labels: 0, corrected: null, uncorrected: null, compared: null });
    expect(champion.missing).toMatch(/^labels: \d+ more are needed before there are quantiles$/);
    expect(champion.labels).toBeGreaterThan(0);
  });

  it("leaves them out with SIGMA_QUANTILES=off, and refuses another value", async () => {
    const { body } = await fetchWith({ SIGMA_QUANTILES: "off" }, "/predict?symbol=SIGMA");
    expect(body).toMatchObject({ sigma_quantiles_bps: null, sigma_quantiles_missing: "SIGMA_QUANTILES is off" });
    expect(body.sigma_bps).toBeGreaterThan(0);
    expect(parseSettings({} as unknown as Env).servesSigmaQuantiles).toBe(true);
    expect(() => parseSettings({ SIGMA_QUANTILES: "maybe" } as unknown as Env)).toThrow(SettingsError);
  });
});

describe("GET /symbols/:symbol/quality", () => {
  it("has QLIKE against EWMA and HAR, and coverage, pinball loss and width of the quantiles", async () => {
    const [champion, ...others] = await volatilityOf("SIGMA");
    expect(others).toEqual([]);
    expect(champion.model.aliases).toContain("champion");
    expect(champion.missing).toBeNull();
    expect(champion.quantile_labels).toBeGreaterThan(500);
    expect(champion.labels).toBe(champion.quantile_labels + 900 + 60 - 1);
    expect(champion.compared.labels).toBeLessThanOrEqual(champion.labels);
    for (const name of ["qlike", "ewma", "har"]) expect(champion.compared[name], name).toBeGreaterThan(0);
    for (const { coverage, inside_interval: inside, width, pinball } of [champion.corrected, champion.uncorrected]) {
      expect(coverage["0.1"]).toBeLessThanOrEqual(coverage["0.5"]);
      expect(coverage["0.5"]).toBeLessThanOrEqual(coverage["0.9"]);
      expect(inside).toBeCloseTo(coverage["0.9"] - coverage["0.1"], 12);
      expect(width).toBeGreaterThan(0);
      for (const level of ["0.1", "0.5", "0.9"]) expect(pinball[level]).toBeGreaterThan(0);
    }
  });

  it("has them in the scrape too", async () => {
    const labels = { symbol: "SIGMA", alias: "champion", window: "24h" };
    const [champion] = await volatilityOf("SIGMA");
    expect(await metric("volgate_sigma_labels", labels)).toBe(champion.labels);
    expect(await metric("volgate_sigma_qlike", { ...labels, by: "har" })).toBe(champion.compared.har);
    expect(await metric("volgate_sigma_coverage", { ...labels, level: "0.9" })).toBe(
      champion.corrected.coverage["0.9"],
    );
  });

  it("loses a damaged page's part alone, says so, and goes on", async () => {
    // In so many batches that a snapshot has most of it: the others are replayed.
    await feed("HURT", market("HURT", TICKS), 40);
    const labels = async (): Promise<number> => (await volatilityOf("HURT"))[0].labels;
    expect(await labels()).toBeGreaterThan(1500);
    const page = "id LIKE 'monitor/learner-volatility/state-0'";
    await sqlOf("HURT", `UPDATE pages SET bytes = substr(bytes, 1, 40) WHERE ${page}`);
    await evict("HURT");
    const left = await labels();
    expect(left).toBeLessThan(1000);
    expect(await metric("volgate_damaged_pages", { symbol: "HURT" })).toBe(1);
    await feed("HURT", market("HURT", 200, { fromMs: START_MS + TICKS * 1000 }), 100);
    expect(await labels()).toBeGreaterThan(left + 100);
    expect((await stubOf("HURT").quality(["24h"]))!.windows[0]!.labels[0]!.resolved).toBeGreaterThan(300);
  });
});
