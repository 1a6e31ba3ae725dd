// A symbol's threshold that follows its live labels, through the gateway: served, in shadow, held by an operator.
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it } from "vitest";
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import type { ThresholdMode } from "../../src/settings/learning-settings.ts";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { integers, type Message, START_MS } from "./market.ts";
import { evict, feed } from "./monitored.ts";

const CHAMPION = parseManifest(bundledArtifact(BUNDLED.champion)!.manifest);
/** So high that few spikes are alerted. */
const HIGH = CHAMPION.scoreEdges!.findLast((edge) => edge < 0.4)!;
const GOAL = "recall at least 0.8";
const outcome = { precision: 0.4, recall: 0.8, alertRate: 0.1 };

/** Wild for 35 of 150 steps, so that spikes come again and again. */
function wildMarket(symbol: string, count: number): Message[] {
  const below = integers(5);
  let cents = 6_000_000;
  return Array.from({ length: count }, (_, i) => {
    const wild = i % 150 >= 115 ? 1200 : 150;
    cents += below(2 * wild + 1) - wild;
    return {
      symbol,
      ts: START_MS + i * 1000 + 137,
      price: cents / 100,
      bid: (cents - 10) / 100,
      ask: (cents + 10) / 100,
    };
  });
}

async function champion(note: string): Promise<string> {
  const operatingPoints = [
    { goal: GOAL, threshold: HIGH, ...outcome },
    { goal: "max F1", threshold: CHAMPION.threshold, ...outcome },
  ];
  return await publish(
    await variantOf("champion", note, { threshold: HIGH, goal: `${GOAL}: recall 0.8`, operatingPoints }),
  );
}

/** The object is loaded again, as one of a deployment with this variable. */
async function inMode(symbol: string, threshold: ThresholdMode): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    Object.assign(instance.stores, { learning: { threshold } });
    instance.held.live = undefined;
  });
}

const thresholdOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}/threshold`)).body;
const alertsOf = ({ tp, fp }: { tp: number; fp: number }): number => tp + fp;

afterEach(bundledModels);

describe("a threshold that follows", () => {
  it("is shown beside the manifest's in shadow, and answers once it is switched on", async () => {
    await setAlias("champion", await champion("shadow"));
    const ticks = wildMarket("FOLLOWS", 26_500);
    await feed("FOLLOWS", ticks.slice(0, 25_500), 1500);
    const shadow = await thresholdOf("FOLLOWS");
    expect(shadow).toMatchObject({ symbol: "FOLLOWS", mode: "shadow" });
    const [model] = shadow.models;
    expect(model).toMatchObject({ alias: "champion", threshold: HIGH, source: "manifest", goal: GOAL });
    expect(model.followed.threshold).toBeLessThan(HIGH);
    expect(model.followed.changes[0]).toMatchObject({ from: HIGH, to: model.followed.threshold });
    expect(await predictFresh("FOLLOWS")).toMatchObject({
      body: { threshold: HIGH, threshold_source: "manifest", goal: GOAL },
    });
    const { as_served, stated, followed } = model.followed.windows["24h"];
    expect(as_served).toEqual(stated);
    expect(alertsOf(followed)).toBeGreaterThan(alertsOf(stated));

    await inMode("FOLLOWS", "on");
    await feed("FOLLOWS", ticks.slice(25_500), 1500);
    const { threshold } = model.followed;
    const { body } = await predictFresh("FOLLOWS");
    expect(body).toMatchObject({ threshold, threshold_source: "followed", goal: GOAL });
    // The recording is of the past, so the route's own is expired.
    const prediction = (await stubOf("FOLLOWS").predict())!;
    expect(prediction).toMatchObject({ threshold, alert: prediction.probability! >= threshold });
    const [served] = (await thresholdOf("FOLLOWS")).models;
    expect(served).toMatchObject({ threshold, source: "followed", manifest_threshold: HIGH });
    const window = served.followed.windows["24h"];
    // Only the newest steps were served by it: what was served lies between the two.
    expect(alertsOf(window.as_served)).toBeGreaterThan(alertsOf(window.stated));
    expect(alertsOf(window.as_served)).toBeLessThan(alertsOf(window.followed));
    expect(alertsOf(window.at_threshold)).toBeGreaterThan(alertsOf(window.as_served));
    expect(await metric("volgate_alert_threshold", { symbol: "FOLLOWS", alias: "champion" })).toBe(threshold);
    const recall = await metric("volgate_served_recall", { symbol: "FOLLOWS", alias: "champion" });
    expect(recall).toBeCloseTo(served.followed.windows["30d"].as_served.recall, 9);
    // The chart has each step's own threshold.
    const history = (await fetchJson("/symbols/FOLLOWS/history?points=2000")).body;
    expect(JSON.stringify(history)).toContain(String(Math.fround(threshold)).slice(0, 6));
  });

  it("is held by an operator's choice, and goes on where it was when that ends", async () => {
    const sha256 = await champion("held");
    await setAlias("champion", sha256);
    const ticks = wildMarket("HELD", 25_500);
    await feed("HELD", ticks, 1500);
    await inMode("HELD", "on");
    const { threshold } = (await predictFresh("HELD")).body;
    expect(threshold).toBeLessThan(HIGH);
    const choose = (goal: string) =>
      fetchJson("/admin/aliases/champion/threshold", {
        method: "PUT",
        body: JSON.stringify({ goal, by: "ada", reason: "a test" }),
      });
    expect((await choose("max F1")).status).toBe(200);
    expect((await predictFresh("HELD")).body).toMatchObject({
      ...{ threshold: CHAMPION.threshold, threshold_source: "operator", goal: "max F1" },
    });
    expect((await thresholdOf("HELD")).models[0]).toMatchObject({ source: "operator", followed: { threshold } });
    expect((await choose(GOAL)).status).toBe(200);
    expect((await predictFresh("HELD")).body).toMatchObject({ threshold, threshold_source: "followed" });
    await inMode("HELD", "off");
    expect((await predictFresh("HELD")).body).toMatchObject({ threshold: HIGH, threshold_source: "manifest" });
    expect((await thresholdOf("HELD")).models[0]).toMatchObject({ source: "manifest", followed: null });
  });

  it("is the same whether the object was evicted between batches or not, and a damaged page is counted", async () => {
    await setAlias("champion", await champion("bits"));
    await feed("WHOLE", wildMarket("WHOLE", 25_500), 1500);
    let batch = 0;
    await feed("CUT", wildMarket("CUT", 25_500), 1500, async () => {
      if (batch++ % 7 === 3) await evict("CUT");
    });
    const [whole, cut] = [await thresholdOf("WHOLE"), await thresholdOf("CUT")];
    expect(whole.models[0].followed.change_count).toBeGreaterThan(0);
    expect(cut.models).toEqual(whole.models);
    await sqlOf("CUT", "UPDATE pages SET bytes = substr(bytes, 1, 40) WHERE id LIKE 'monitor/learner-threshold/%'");
    await evict("CUT");
    expect(await metric("volgate_damaged_pages", { symbol: "CUT" })).toBeGreaterThan(0);
    expect((await thresholdOf("CUT")).models[0].followed).toMatchObject({ threshold: HIGH, change_count: 0 });
  });
});
