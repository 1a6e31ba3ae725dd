import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { ArtifactError, loadArtifact } from "../../src/model/artifact.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { type Alias, ModelHost } from "../../src/model/model-host.ts";
import { type Made, handMade, made, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import type { MODELS } from "./bad-models.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "./gateway.ts";
import { WARM_TICKS, market } from "./market.ts";

const hashes = async () => new Set(Object.values(await schemaHashes(DEFAULT_ENGINE_CONFIG.grid)));

beforeAll(async () => {
  await ingest(market("MODELS", WARM_TICKS));
});

/** The object's own answer, which no isolate keeps. */
async function livePrediction(): Promise<unknown> {
  const { prediction_id, probability, tau_bps } = (await fetchJson("/symbols/MODELS")).body;
  expect(probability).toEqual(expect.any(Number));
  return { prediction_id, probability, tau_bps };
}

async function damaged(note: string, damage: (artifact: Made) => Promise<unknown>): Promise<string> {
  const artifact = await variantOf("champion", note);
  await publish(artifact);
  await damage(artifact);
  return artifact.sha256;
}

const byHand = async (name: keyof typeof MODELS) => await publish(await handMade(name));

/** Every way to be refused: the code, and an artifact that deserves it. */
const BAD: readonly (readonly [string, string, () => Promise<string>])[] = [
  ["not_found", "without files", () => Promise.resolve("0".repeat(64))],
  [
    "not_found",
    "without a manifest",
    () => damaged("lonely", ({ sha256 }) => env.BUCKET.delete(`models/${sha256}/manifest.json`)),
  ],
  [
    "manifest_invalid",
    "whose manifest is no JSON",
    () => damaged("no-json", ({ sha256 }) => env.BUCKET.put(`models/${sha256}/manifest.json`, "{")),
  ],
  [
    "manifest_invalid",
    "of another manifest format",
    async () => publish(await variantOf("champion", "f1", { format: 1 })),
  ],
  [
    "manifest_invalid",
    "with a column that the row does not have",
    async () => publish(await variantOf("champion", "price", { features: ["price"] })),
  ],
  [
    "manifest_invalid",
    "whose manifest is nested without end",
    () =>
      damaged("deep", ({ sha256, manifest }) => {
        const text = JSON.stringify({ ...manifest, name: "@" }).replace('"@"', "[".repeat(1e5) + "]".repeat(1e5));
        return env.BUCKET.put(`models/${sha256}/manifest.json`, text);
      }),
  ],
  [
    "hash_mismatch",
    "whose file was changed",
    () => damaged("changed", ({ sha256, onnx }) => env.BUCKET.put(`models/${sha256}/model.onnx`, onnx.slice(1))),
  ],
  [
    "hash_mismatch",
    "whose manifest names another file",
    async () => publish(await variantOf("champion", "alien", { claimedSha256: "1".repeat(64) })),
  ],
  [
    "schema_mismatch",
    "made for another schema",
    async () => publish(await variantOf("champion", "schema", { schemaHash: "2".repeat(64) })),
  ],
  [
    "not_onnx",
    "cut off in the middle",
    async () => {
      const { onnx, manifest } = await variantOf("champion", "cut");
      return publish(await made(onnx.slice(0, onnx.length >> 1), manifest));
    },
  ],
  [
    "not_onnx",
    "that is garbage",
    async () => {
      const { manifest } = await variantOf("champion", "garbage");
      return publish(await made(new TextEncoder().encode("<html>404</html>"), manifest));
    },
  ],
  ["not_onnx", "that is empty", async () => publish(await made(new Uint8Array(0), (await handMade("good")).manifest))],
  ["wrong_inputs", "whose input has another name", () => byHand("otherInput")],
  ["wrong_inputs", "whose output has another name", () => byHand("otherOutput")],
  ["wrong_inputs", "that takes another number of features", () => byHand("threeFeatures")],
  ["wrong_inputs", "that answers whole numbers", () => byHand("integers")],
  ["wrong_shape", "that answers two columns", () => byHand("twoColumns")],
  ["wrong_shape", "that answers one row whatever it is given", () => byHand("oneRow")],
  ["bad_output", "that answers NaN", () => byHand("nanAlways")],
  ["bad_output", "that answers NaN to what is missing", () => byHand("nanOnMissing")],
  ["bad_output", "that answers more than 1", () => byHand("aboveOne")],
  ["wrong_inputs", "whose second output has another name", () => byHand("sigmaOtherName")],
  ["wrong_inputs", "whose second output is whole numbers", () => byHand("sigmaIntegers")],
  ["wrong_shape", "whose second output has two columns", () => byHand("sigmaTwoColumns")],
  ["bad_output", "whose second output is NaN to what is missing", () => byHand("sigmaNanOnMissing")],
  ["bad_output", "whose second output is negative", () => byHand("sigmaNegative")],
  ["bad_output", "whose second output is infinite", () => byHand("sigmaInfinite")],
];

describe("an artifact that cannot serve", () => {
  for (const [code, what, make] of BAD) {
    it(`is refused as ${code}: one ${what}`, async () => {
      const before = await livePrediction();
      const sha256 = await make();
      const { status, body } = await setAlias("champion", sha256);
      expect(status).toBe(409);
      expect(body.code).toBe(`artifact_${code}`);
      expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);

      await registryOf(env).setAlias("champion", sha256);
      await updateModels(env);
      expect(servedSha("champion")).toBe(BUNDLED.champion);
      const health = (await fetchJson("/health")).body;
      expect(health).toMatchObject({ status: "degraded", model_loaded: true });
      expect(health.refused_artifacts).toEqual([
        { alias: "champion", sha256, code, message: expect.stringMatching(/./), at: expect.stringMatching(/Z$/) },
      ]);
      expect(await metric("volgate_model_refused", { alias: "champion", code })).toBe(1);
      expect(await livePrediction()).toEqual(before);

      await fetchJson("/admin/aliases/champion", { method: "DELETE" });
      expect((await fetchJson("/health")).body).toMatchObject({ status: "healthy", refused_artifacts: [] });
      expect(await metric("volgate_model_refused")).toBe(0);
    });
  }

  it("is told from a good one made in the same way", async () => {
    expect((await setAlias("champion", await byHand("good"))).status).toBe(200);
    const good = { probability: 0.5, sigma_bps: null, model: { version: "good" } };
    expect((await predictFresh("MODELS")).body).toMatchObject(good);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("is told from a good one of two outputs, whose ratio times τ is the volatility to expect", async () => {
    expect((await setAlias("champion", await byHand("sigma"))).status).toBe(200);
    const { probability, sigma_bps, tau_bps } = (await predictFresh("MODELS")).body;
    expect(tau_bps).toBeGreaterThan(0);
    expect(sigma_bps / ((tau_bps * probability) / (1 - probability))).toBeCloseTo(1, 5);
    const { body } = await postJson("/predict", { symbols: ["MODELS"] });
    expect(body.predictions[0]).toMatchObject({ probability, sigma_bps, tau_bps });
    expect((await setAlias("champion", await byHand("good"))).status).toBe(200);
    expect((await predictFresh("MODELS")).body.sigma_bps).toBeNull();
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("is refused for the alias rows when it takes another row than the clients of that alias send", async () => {
    const { status, body } = await setAlias("rows", BUNDLED.champion);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "artifact_schema_mismatch" });
    await registryOf(env).setAlias("rows", BUNDLED.champion);
    await updateModels(env);
    expect(servedSha("rows")).toBe(BUNDLED.rows);
    expect((await fetchJson("/health")).body.refused_artifacts).toMatchObject([
      { alias: "rows", code: "schema_mismatch" },
    ]);
    expect((await postJson("/predict", { rows: [{ ret_mean: 0, ret_std: 0, n: 1 }] })).status).toBe(200);
    await fetchJson("/admin/aliases/rows", { method: "DELETE" });
  });

  it("is tried again when it was missing, and serves once it is there", async () => {
    const artifact = await variantOf("champion", "late");
    await registryOf(env).setAlias("champion", artifact.sha256);
    await updateModels(env);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    await publish(artifact);
    await updateModels(env);
    expect(servedSha("champion")).toBe(artifact.sha256);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("changes nothing when what was asked is malformed", async () => {
    expect((await setAlias("emperor", BUNDLED.champion)).body.code).toBe("unknown_alias");
    for (const body of ["{}", '{"sha256":"xyz"}', `{"sha256":${"[".repeat(1e5)}${"]".repeat(1e5)}}`]) {
      const answer = await fetchJson("/admin/aliases/champion", { method: "PUT", body });
      expect([answer.status, answer.body.code]).toEqual([400, "sha256_malformed"]);
    }
    for (const body of ["null", "7", "[]"]) {
      const answer = await fetchJson("/admin/aliases/champion", { method: "PUT", body });
      expect([answer.status, answer.body.code]).toEqual([400, "body_malformed"]);
    }
  });
});

describe("ModelHost", () => {
  const context = async () => ({
    store: r2ArtifactStore(env.BUCKET),
    schemaHashes: await hashes(),
    nowMs: Date.now(),
    aliasesKnown: true,
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
    const store = r2ArtifactStore(broken as unknown as R2Bucket);
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
    const store = r2ArtifactStore(silent as unknown as R2Bucket);
    const served = await host.update({ champion: "5".repeat(64) }, { ...(await context()), store });
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(BUNDLED.champion);
    expect(host.refusals).toMatchObject([{ alias: "champion", code: "store_unavailable" }]);
  });

  it("says store_unavailable when the bucket fails, and goes on with what it has", async () => {
    const host = new ModelHost();
    await host.update({}, await context());
    const broken = { get: () => Promise.reject(new Error("internal error; reference 0815")) };
    const store = r2ArtifactStore(broken as unknown as R2Bucket);
    const aliases: Partial<Record<Alias, string>> = { zscore: "4".repeat(64) };
    const served = await host.update(aliases, { ...(await context()), store });
    expect(served.byAlias.zscore?.manifest.onnxSha256).toBe(BUNDLED.zscore);
    expect(host.refusals).toMatchObject([{ alias: "zscore", code: "store_unavailable" }]);
  });

  it("says not_found of everything where no bucket is bound", async () => {
    await expect(r2ArtifactStore(undefined).read("5".repeat(64))).rejects.toThrow(ArtifactError);
  });
});

describe("a model that was released", () => {
  it("finishes what runs, serves whoever retains it, and nobody after", async () => {
    const { sha256, onnx, manifest } = await variantOf("champion", "held");
    const scorer = await loadArtifact({ onnx, manifest }, sha256, await hashes());
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
});
