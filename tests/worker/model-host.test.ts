import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { ArtifactError } from "../../src/model/artifact-error.ts";
import { loadArtifact } from "../../src/model/artifact.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { type Alias, ModelHost } from "../../src/model/model-host.ts";
import { handMade, publish, variantOf } from "./artifacts.ts";
import type { MODELS } from "./bad-models.ts";

const byHand = async (name: keyof typeof MODELS) => await publish(await handMade(name));

describe("ModelHost", () => {
  const context = async () => ({
    store: r2ArtifactStore(env.BUCKET),
    grid: DEFAULT_ENGINE_CONFIG.grid,
    nowMs: Date.now(),
    aliasesKnown: true,
    bundled: BUNDLED,
  });

  it("says of a set that it is provisional while the aliases are not known, and no longer when they are", async () => {
    const host = new ModelHost();
    const first = await host.update({}, { ...(await context()), aliasesKnown: false });
    expect(first).toMatchObject({ provisional: true });
    const second = await host.update({}, await context());
    expect(second).toMatchObject({ provisional: false, byAlias: first.byAlias });
    expect(host.swapCount).toBe(0);
  });

  it("says so while an artifact cannot be fetched, but not of one that is not there or serves rows", async () => {
    const broken = { get: () => Promise.reject(new Error("internal error; reference 0815")) };
    const store = r2ArtifactStore(broken);
    const provisionalWith = async (aliases: Partial<Record<Alias, string>>, changes: object = {}) =>
      (await new ModelHost().update(aliases, { ...(await context()), ...changes })).provisional;
    expect(await provisionalWith({ champion: "4".repeat(64) }, { store })).toBe(true);
    expect(await provisionalWith({ rows: "4".repeat(64) }, { store })).toBe(false);
    expect(await provisionalWith({ champion: "4".repeat(64) })).toBe(false);
  });

  it("starts with the bundled model where the wanted one is refused", async () => {
    const host = new ModelHost();
    const bad = await byHand("aboveOne");
    const served = await host.update({ champion: bad, rows: "3".repeat(64) }, await context());
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(BUNDLED.champion);
    expect(served.byAlias.rows?.manifest.onnxSha256).toBe(BUNDLED.rows);
    expect(host.refusals.map(({ alias, code }) => [alias, code])).toEqual([
      ["champion", "bad_output"],
      ["rows", "not_found"],
    ]);
  });

  it("makes one consistent set of several first updates that run at once", async () => {
    const host = new ModelHost();
    const sets = await Promise.all([1, 2, 3].map(async () => host.update({}, await context())));
    for (const served of sets) {
      expect(served.byAlias).toBe(host.serving.byAlias);
      const rows = new Float32Array(served.byAlias.persistence!.columns.length);
      expect((await served.byAlias.persistence!.score(rows)).probabilities).toHaveLength(1);
    }
    expect(host.swapCount).toBe(0);
  });

  it("drops an update that another one has overtaken", async () => {
    const host = new ModelHost();
    const [slow, quick] = [await variantOf("champion", "slow"), await variantOf("champion", "quick")];
    await publish(slow);
    await publish(quick);
    const now = await context();
    const first = await host.update({}, now);
    let arrive = () => {};
    const delay = new Promise<void>((resolve) => (arrive = resolve));
    const store = { read: (sha256: string) => delay.then(() => now.store.read(sha256)) };
    const late = host.update({ champion: slow.sha256, zscore: BUNDLED.persistence }, { ...now, store });
    // Meanwhile others that want the same leave the work to it; one that wants something else does not wait for it.
    expect(await host.update({ champion: slow.sha256, zscore: BUNDLED.persistence }, now)).toBe(first);
    const served = await host.update({ champion: quick.sha256 }, now);
    arrive();
    expect(await late).toBe(served);
    expect(host.serving).toBe(served);
    for (const scorer of Object.values(served.byAlias)) {
      expect((await scorer.score(new Float32Array(scorer.columns.length))).probabilities).toHaveLength(1);
    }
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(quick.sha256);
  });

  it("does not wait for a bucket that never answers: what is bundled serves", { timeout: 20_000 }, async () => {
    const host = new ModelHost();
    const silent = { get: () => new Promise<never>(() => undefined) };
    const store = r2ArtifactStore(silent);
    const served = await host.update({ champion: "5".repeat(64) }, { ...(await context()), store });
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(BUNDLED.champion);
    expect(host.refusals).toMatchObject([{ alias: "champion", code: "store_unavailable" }]);
  });

  it("says store_unavailable when the bucket fails, and goes on with what it has", async () => {
    const host = new ModelHost();
    await host.update({}, await context());
    const broken = { get: () => Promise.reject(new Error("internal error; reference 0815")) };
    const store = r2ArtifactStore(broken);
    const aliases: Partial<Record<Alias, string>> = { zscore: "4".repeat(64) };
    const served = await host.update(aliases, { ...(await context()), store });
    expect(served.byAlias.zscore?.manifest.onnxSha256).toBe(BUNDLED.zscore);
    expect(host.refusals).toMatchObject([{ alias: "zscore", code: "store_unavailable" }]);
  });

  it("says not_found of everything where no bucket is bound", async () => {
    await expect(r2ArtifactStore(undefined).read("5".repeat(64))).rejects.toThrow(ArtifactError);
  });
});

describe("a chosen threshold", () => {
  it("is served without loading the model anew, for the artifact and the points it was chosen for only", async () => {
    const low = 0.02931223;
    const point = { goal: "low", threshold: low, precision: null, recall: null, alertRate: 1 };
    const { sha256, ...made } = await variantOf("champion", "host threshold", { operatingPoints: [point] });
    await publish({ sha256, ...made });
    const host = new ModelHost();
    const now = {
      store: r2ArtifactStore(env.BUCKET),
      grid: DEFAULT_ENGINE_CONFIG.grid,
      nowMs: Date.now(),
      aliasesKnown: true,
      bundled: BUNDLED,
    };
    const under = async (threshold: number, chosenFor = sha256) =>
      await host.update({ champion: sha256 }, { ...now, thresholds: { champion: { sha256: chosenFor, threshold } } });
    const plain = await host.update({ champion: sha256 }, now);
    const own = plain.byAlias.champion!.manifest.threshold;
    for (const same of [await under(own), await under(0.5), await under(low, BUNDLED.champion)])
      expect(same).toBe(plain);
    const served = await under(low);
    expect(served.byAlias.champion!.manifest).toMatchObject({ threshold: low, goal: "low", onnxSha256: sha256 });
    expect(served.version).toBe(plain.version + 1);
    expect(await under(low)).toBe(served);
    // The model that serves under both thresholds is not released with the first.
    const rows = new Float32Array(served.byAlias.champion!.columns.length);
    const scores = await served.byAlias.champion!.score(rows);
    const again = await host.update({ champion: sha256 }, now);
    expect(again.byAlias.champion).toBe(plain.byAlias.champion);
    expect(await again.byAlias.champion!.score(rows)).toEqual(scores);
    await under(low);
    await host.update({}, now);
    await expect(plain.byAlias.champion!.score(rows)).rejects.toThrow();
  });
});

describe("a model that was released", () => {
  it("finishes its running calls, serves all that retain it, and nothing afterwards", async () => {
    const { sha256, onnx, manifest } = await variantOf("champion", "held");
    const scorer = await loadArtifact({ onnx, manifest }, sha256, DEFAULT_ENGINE_CONFIG.grid);
    const rows = new Float32Array(2 * scorer.columns.length);
    const first = await scorer.score(rows);
    const release = scorer.retain();
    const running = scorer.score(rows);
    await scorer.release();
    expect(await running).toEqual(first);
    expect(await scorer.score(rows)).toEqual(first);
    await release();
    await expect(scorer.score(rows)).rejects.toThrow();
    await scorer.release();
  });

  it("is refused as too slow when a run on trial rows takes longer than it may", async () => {
    const { sha256, onnx, manifest } = await handMade("good", {}, "slow one");
    // No run is that quick: a model that takes 5 s would make this test as slow.
    const load = loadArtifact({ onnx, manifest }, sha256, DEFAULT_ENGINE_CONFIG.grid, { maxRunMs: -1 });
    await expect(load).rejects.toMatchObject({ code: "too_slow", message: expect.stringMatching(/ms for 1 rows/) });
  });
});
