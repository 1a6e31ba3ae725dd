import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/model/artifact.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { MAX_MANIFEST_BYTES, MAX_MODEL_BYTES } from "../../src/model/artifact-limits.ts";
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { type Made, bundledModels, handMade, made, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { MODELS } from "./bad-models.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "./gateway.ts";
import { WARM_TICKS, market } from "./market.ts";

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
    "decision_mismatch",
    "whose threshold was changed in the bucket",
    () =>
      damaged("quiet", ({ sha256, manifest }) =>
        env.BUCKET.put(
          `models/${sha256}/manifest.json`,
          JSON.stringify({ ...manifest, threshold: 0.99, scoreEdges: [0.99] }),
        ),
      ),
  ],
  [
    "decision_mismatch",
    "whose goal was changed in the bucket",
    () =>
      damaged("other-goal", ({ sha256, manifest }) =>
        env.BUCKET.put(`models/${sha256}/manifest.json`, JSON.stringify({ ...manifest, goal: "whatever" })),
      ),
  ],
  [
    "too_large",
    "whose ONNX file is too large",
    () =>
      damaged("wide-file", ({ sha256 }) =>
        env.BUCKET.put(`models/${sha256}/model.onnx`, new Uint8Array(MAX_MODEL_BYTES + 1)),
      ),
  ],
  [
    "too_large",
    "whose manifest is too large",
    () =>
      damaged("long-manifest", ({ sha256, manifest }) =>
        env.BUCKET.put(
          `models/${sha256}/manifest.json`,
          JSON.stringify({ ...manifest, comment: " ".repeat(MAX_MANIFEST_BYTES) }),
        ),
      ),
  ],
  ["too_large", "that needs gigabytes for one row", () => byHand("hungry")],
  ["too_large", "that needs more than there is for as many rows as one run has", () => byHand("hungryRun")],
  ["unbounded_graph", "that loops for ever", () => byHand("endlessLoop")],
  ["unbounded_graph", "that loops for ever in a branch", () => byHand("endlessLoopInIf")],
  ["unbounded_graph", "that has functions of its own", () => byHand("ownFunction")],
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
  ["bad_output", "that answers NaN to ordinary rows", () => byHand("nanOnOrdinary")],
  ["bad_output", "that answers more than 1", () => byHand("aboveOne")],
  ["wrong_inputs", "whose second output has another name", () => byHand("sigmaOtherName")],
  ["wrong_inputs", "whose second output is whole numbers", () => byHand("sigmaIntegers")],
  ["wrong_shape", "whose second output has two columns", () => byHand("sigmaTwoColumns")],
  ["bad_output", "whose second output is NaN to what is missing", () => byHand("sigmaNanOnMissing")],
  ["bad_output", "whose second output is negative", () => byHand("sigmaNegative")],
  ["bad_output", "whose second output is infinite", () => byHand("sigmaInfinite")],
];

beforeAll(async () => {
  await ingest(market("MODELS", WARM_TICKS));
});
beforeEach(bundledModels);

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
      // It was champion before, by name at least.
      await fetchJson("/admin/aliases/predecessor", { method: "DELETE" });
      expect((await fetchJson("/health")).body).toMatchObject({ status: "healthy", refused_artifacts: [] });
      expect(await metric("volgate_model_refused")).toBe(0);
    });
  }

  it("is distinguished from a good one made in the same way", async () => {
    expect((await setAlias("champion", await byHand("good"))).status).toBe(200);
    const good = { probability: 0.5, sigma_bps: null, model: { version: "good" } };
    expect((await predictFresh("MODELS")).body).toMatchObject(good);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("is distinguished from a good one of two outputs, whose ratio times τ is the volatility to expect", async () => {
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

  it("is distinguished from one that is not sealed, which serves, and /health says so", async () => {
    const onnx = Uint8Array.from(atob(MODELS.good), (char) => char.charCodeAt(0));
    const { manifest } = bundledArtifact(BUNDLED.persistence)!;
    const sha256 = await sha256Hex(onnx);
    await publish({ sha256, onnx, manifest: { ...(manifest as object), onnxSha256: sha256 } });
    expect((await setAlias("champion", sha256)).body).toMatchObject({ sealed: false });
    const { status, models } = (await fetchJson("/health")).body;
    expect(status).toBe("healthy");
    expect(models.champion).toMatchObject({ sha256, sealed: false });
    expect(models.persistence).toMatchObject({ sealed: true });
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
    for (const body of ["{}", '{"sha256":"xyz"}', `{"sha256":${"[".repeat(900)}${"]".repeat(900)}}`]) {
      const answer = await fetchJson("/admin/aliases/champion", { method: "PUT", body });
      expect([answer.status, answer.body.code]).toEqual([400, "sha256_malformed"]);
    }
    for (const body of ["null", "7", "[]"]) {
      const answer = await fetchJson("/admin/aliases/champion", { method: "PUT", body });
      expect([answer.status, answer.body.code]).toEqual([400, "body_malformed"]);
    }
  });
});
