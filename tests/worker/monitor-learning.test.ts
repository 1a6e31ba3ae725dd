import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { START_MS, market } from "./market.ts";
import { evict, feed, learned, seriesOf } from "./monitored.ts";

describe("what a symbol learns of its models", () => {
  it("is every step's score until its label came, for the champion and the baselines alike", async () => {
    await feed("LEARN", market("LEARN", 4000), 500);
    const { windows, stats } = await learned("LEARN");
    const [label] = windows[1]!.labels;
    expect(label!.series.map(({ sha256 }) => sha256).sort()).toEqual([...new Set(Object.values(BUNDLED))].sort());
    // 900 values of the threshold over returns of a minute come first; the last 60 labels are still to come.
    expect(label!.pending).toBe(60);
    expect(label!.resolved).toBeGreaterThan(2900);
    expect(stats.resolved).toBe(label!.resolved);
    for (const { resolved, confusion } of label!.series) {
      expect(resolved).toBe(label!.resolved);
      expect(confusion.tp + confusion.fn).toBe(label!.positives);
      expect(confusion.tp + confusion.fp + confusion.fn + confusion.tn).toBe(resolved);
    }
  });

  it("credits a model that was made champion with no step that closed before", async () => {
    await feed("CREDIT", market("CREDIT", 1500), 300);
    const sha256 = await publish(await variantOf("champion", "later"));
    expect((await setAlias("champion", sha256)).status).toBe(200);
    // The batches since the last snapshot are replayed after this, and scored by the new champion's set.
    await evict("CREDIT");
    const fresh = await seriesOf("CREDIT");
    expect(fresh.find((series) => series.sha256 === sha256)?.resolved ?? 0).toBe(0);
    expect(fresh.find((series) => series.sha256 === BUNDLED.persistence)!.resolved).toBeGreaterThan(300);
    await feed("CREDIT", market("CREDIT", 200, { fromMs: START_MS + 1_500_000, seed: 2 }), 50);
    const after = await seriesOf("CREDIT");
    const own = after.find((series) => series.sha256 === sha256)!;
    expect(own.resolved).toBeGreaterThan(100);
    expect(own.resolved).toBeLessThan(200);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("keeps the figures of a champion while another model serves in its place", async () => {
    await feed("STAND", market("STAND", 2000), 30);
    const context = { store: r2ArtifactStore(env.BUCKET), grid: DEFAULT_ENGINE_CONFIG.grid, nowMs: Date.now() };
    await modelHost.update({ champion: BUNDLED.zscore }, { ...context, aliasesKnown: false, bundled: BUNDLED });
    try {
      await evict("STAND");
      await ingest(market("STAND", 50, { fromMs: START_MS + 2_000_000, seed: 3 }));
      const followed = (await seriesOf("STAND")).filter(({ current }) => current).map(({ sha256 }) => sha256);
      expect(followed).toContain(BUNDLED.champion);
    } finally {
      await updateModels(env);
    }
    await feed("STAND", market("STAND", 300, { fromMs: START_MS + 2_050_000, seed: 4 }), 100);
    const series = await seriesOf("STAND");
    const of = (sha256: string) => series.find((one) => one.sha256 === sha256)!.resolved;
    expect(of(BUNDLED.champion)).toBeGreaterThan(800);
    // The baselines went on all the time; the champion missed what the other one stood in for.
    expect(of(BUNDLED.zscore)).toBeGreaterThan(of(BUNDLED.champion));
  });

  it("gives every step its own scores, whatever a model does when it is released", async () => {
    const messages = market("OWN", 2400);
    await feed("OWN", messages.slice(0, 1400), 100);
    const { champion } = modelHost.serving.byAlias;
    const retain = champion!.retain.bind(champion);
    onTestFinished(() => void (champion!.retain = retain));
    let retained = 0;
    // The batch retains it first, each of its runs after that.
    champion!.retain = () => {
      const release = retain();
      if (retained++ > 0) return release;
      return () => release().then(() => Promise.reject(new Error("release failed")));
    };
    const { status } = await ingest(messages.slice(1400, 1500));
    champion!.retain = retain;
    expect(status).toBe(200);
    await feed("OWN", messages.slice(1500), 100);
    await feed("SAME", messages, 100);
    expect(retained).toBeGreaterThan(1);
    expect(await seriesOf("OWN")).toEqual(await seriesOf("SAME"));
  });
});
