// The archive of predictions holds what was answered: each step once, bit for bit, with its label.
import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { BUNDLED } from "../../src/model/bundled.ts";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import {
  archivedRows,
  archivedThroughMs,
  factsOf,
  flushArchive,
  predictionKeys,
  ServedSteps,
} from "./archived-predictions.ts";
import { named, noExperiment } from "./experiment-gateway.ts";
import { challenge } from "./experiment-symbols.ts";
import { fetchJson, metric, predictFresh, stubOf } from "./gateway.ts";
import { integers, market, pieces, roughMarket, START_MS, WARM_TICKS } from "./market.ts";
import { evict } from "./monitored.ts";

beforeEach(bundledModels);

describe("the archive of predictions", () => {
  for (const seed of [1, 2, 3]) {
    it(`has the answers of a rough stream with their labels, over restarts and archivings (seed ${seed})`, async () => {
      const symbol = `ROUGH-${seed}`;
      const served = new ServedSteps(symbol);
      const below = integers(seed);
      const before = 2 * WARM_TICKS;
      await served.send(market(symbol, before, { seed, fromMs: START_MS - before * 1000 }));
      for (const batch of pieces(roughMarket(symbol, 3000, seed), 120, seed)) {
        await served.send(batch);
        if (below(9) === 0) await evict(symbol);
        if (below(6) === 0) await runDurableObjectAlarm(stubOf(symbol));
        if (below(9) === 0) await evict(symbol);
      }
      // Scores what was replayed.
      await predictFresh(symbol);
      await runDurableObjectAlarm(stubOf(symbol));
      const rows = await archivedRows(symbol);
      const expected = served.rows(await archivedThroughMs(symbol));
      expect(rows.map(factsOf)).toEqual(expected);
      expect(expected.length).toBeGreaterThan(1000);
      // Quantiles came in the midst of it, learnt over all restarts.
      const withQuantiles = expected.filter(({ sigma_q90 }) => sigma_q90 !== null).length;
      expect(withQuantiles).toBeGreaterThan(50);
      expect(withQuantiles).toBeLessThan(expected.length - 800);
      const labels = new Set(rows.map(({ label }) => label));
      expect(labels).toEqual(new Set(["0", "1", "void", null]));
      expect(await metric("volgate_archived_predictions_total", { symbol })).toBe(rows.length);
      expect(await metric("volgate_unarchived_predictions_total", { symbol })).toBe(0);
    });
  }

  it("gives the counts of live quality", async () => {
    const served = new ServedSteps("COUNTS");
    for (const batch of pieces(market("COUNTS", 5000), 200, 1)) {
      await served.send(batch);
      await runDurableObjectAlarm(stubOf("COUNTS"));
    }
    const { labels } = (await stubOf("COUNTS").quality(["24h"]))!.windows[0]!;
    await flushArchive("COUNTS");
    const rows = await archivedRows("COUNTS");
    const resolved = rows.filter(({ counted, label }) => counted === true && (label === "0" || label === "1"));
    expect(labels[0]).toMatchObject({ resolved: resolved.length });
    const champion = labels[0]!.series.find(({ sha256 }) => sha256 === BUNDLED.champion)!;
    const squares = resolved.map(({ score, label }) => (Number(score) - Number(label)) ** 2);
    const brier = squares.reduce((sum, x) => sum + x, 0) / resolved.length;
    expect(champion.brier!.value).toBeCloseTo(brier, 6);
    // Without a label: those whose horizon had not ended.
    expect(rows.filter(({ label }) => label === null)).toHaveLength(60);
  });

  it("names what answered, as /predict does, and its object by the first step", async () => {
    const served = new ServedSteps("BTC/EUR@kraken");
    await served.send(market("BTC/EUR@kraken", WARM_TICKS));
    const { body } = await predictFresh("BTC%2FEUR%40kraken");
    await served.send(market("BTC/EUR@kraken", 1000, { fromMs: START_MS + WARM_TICKS * 1000 }));
    await runDurableObjectAlarm(stubOf("BTC/EUR@kraken"));
    const rows = await archivedRows("BTC/EUR@kraken");
    const row = rows.find(({ prediction_id: id }) => id === body.prediction_id);
    expect(row).toMatchObject({
      symbol: "BTC/EUR@kraken",
      venue: "kraken",
      score: body.probability,
      threshold: body.threshold,
      alert: Number(body.probability) >= body.threshold,
      model: body.model.name,
      model_version: body.model.version,
      model_sha256: body.model.sha256,
      variant: "champion",
      stand_in: false,
    });
    expect(Number(row!.tau) * 10_000).toBe(body.tau_bps);
    const first = String(Number(rows[0]!.ts) / 1000 - 1).padStart(10, "0");
    expect(await predictionKeys("BTC/EUR@kraken")).toEqual([
      expect.stringMatching(
        new RegExp(`^predictions/symbol=BTC%2FEUR%40kraken/date=2025-11-03/12\\d\\d-${first}.parquet`),
      ),
    ]);
  });

  it("says of each step which model answered it, over swaps and restarts", async () => {
    const served = new ServedSteps("SWAPPED");
    const all = market("SWAPPED", WARM_TICKS + 4000);
    const second = await publish(await variantOf("champion", "predictions-second"));
    await served.send(all.slice(0, WARM_TICKS));
    for (let k = 0; k < 40; k++) {
      const from = WARM_TICKS + k * 100;
      if (k % 10 === 5) await setAlias("champion", k % 20 === 5 ? second : BUNDLED.champion);
      await served.send(all.slice(from, from + 100));
      // With the snapshot of the change behind it, and steps that only their slots have.
      if (k % 10 === 7) await evict("SWAPPED");
      if (k % 4 === 0) await runDurableObjectAlarm(stubOf("SWAPPED"));
    }
    await runDurableObjectAlarm(stubOf("SWAPPED"));
    const rows = (await archivedRows("SWAPPED")).map(factsOf);
    expect(rows).toEqual(served.rows(await archivedThroughMs("SWAPPED")));
    const models = rows.map(({ model_sha256 }) => model_sha256);
    expect(models.filter((sha256, k) => sha256 !== models[k - 1])).toEqual([
      BUNDLED.champion,
      second,
      BUNDLED.champion,
      second,
      BUNDLED.champion,
    ]);
    expect(await metric("volgate_unarchived_predictions_total", { symbol: "SWAPPED" })).toBe(0);
  });

  it("says which of an experiment's two models answered a step, and that the split is gone after it", async () => {
    const served = new ServedSteps("SPLIT");
    const all = market("SPLIT", WARM_TICKS + 4000);
    await served.send(all.slice(0, WARM_TICKS));
    const challenger = await named("predictions split");
    expect((await challenge(challenger, { mode: "split", share: 0.5 })).status).toBe(200);
    const answered = new Map<string, string>();
    for (let from = WARM_TICKS; from < all.length - 1000; from += 100) {
      await served.send(all.slice(from, from + 100));
      if (from % 700 === 0) await evict("SPLIT");
      const { body } = await predictFresh("SPLIT");
      answered.set(body.prediction_id, body.variant);
      if (from % 900 === 0) await runDurableObjectAlarm(stubOf("SPLIT"));
    }
    await noExperiment();
    await served.send(all.slice(-1000));
    await runDurableObjectAlarm(stubOf("SPLIT"));
    const rows = await archivedRows("SPLIT");
    const variants = new Map(rows.map((row) => [row["prediction_id"], row["variant"]]));
    for (const [id, variant] of answered) expect([id, variants.get(id)]).toEqual([id, variant]);
    expect(new Set(answered.values())).toEqual(new Set(["champion", "challenger"]));
    // The challenger is the champion's graph, so that the scores are those of the champion's trace.
    const expected = served.rows(await archivedThroughMs("SPLIT"));
    expect(rows.map(({ ts, score, label }) => [ts, score, label])).toEqual(
      expected.map(({ ts, score, label }) => [ts, score, label]),
    );
    const last = rows.filter(({ ts }) => Number(ts) > all.at(-1000)!.ts);
    expect(new Set(last.map(({ variant }) => variant))).toEqual(new Set(["champion"]));
    expect(await metric("volgate_unarchived_predictions_total", { symbol: "SPLIT" })).toBe(0);
  });

  it("counts predictions as lost when the model was changed while the object was down", async () => {
    const served = new ServedSteps("DOWN");
    const all = market("DOWN", WARM_TICKS + 2000);
    await served.send(all.slice(0, WARM_TICKS));
    await served.send(all.slice(WARM_TICKS, WARM_TICKS + 100));
    await evict("DOWN");
    await setAlias("champion", await publish(await variantOf("champion", "predictions-down")));
    await served.send(all.slice(WARM_TICKS + 100));
    await runDurableObjectAlarm(stubOf("DOWN"));
    const rows = (await archivedRows("DOWN")).map(factsOf);
    const expected = served.rows(await archivedThroughMs("DOWN"));
    const lost = expected.filter(({ ts }) => !rows.some((row) => row.ts === ts));
    expect(rows).toEqual(expected.filter((row) => !lost.includes(row)));
    // Those of the batches since the last snapshot, which is the last that is known of the models.
    const restartMs = Math.floor(all[WARM_TICKS + 99]!.ts / 1000) * 1000;
    expect(lost).toEqual(expected.filter(({ ts }) => ts <= restartMs));
    expect(lost.length).toBeGreaterThan(100);
    expect(await metric("volgate_unarchived_predictions_total", { symbol: "DOWN" })).toBe(lost.length);
  });

  it("is deleted with its symbol", async () => {
    const served = new ServedSteps("REMOVED");
    await served.send(market("REMOVED", WARM_TICKS + 1000));
    await runDurableObjectAlarm(stubOf("REMOVED"));
    expect(await predictionKeys("REMOVED")).toHaveLength(1);
    const body = JSON.stringify({ archive: true });
    const init = { method: "DELETE", body, headers: { "Content-Type": "application/json" } };
    expect((await fetchJson("/admin/symbols/REMOVED", init)).body.archive_objects_deleted).toBeGreaterThan(1);
    expect(await predictionKeys("REMOVED")).toEqual([]);
  });
});
