import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import build from "../../dist/build.json" with { type: "json" };
import { modelHost } from "../../src/model/model-host.ts";
import { bundledModels, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "./gateway.ts";
import { WARM_TICKS, market } from "./market.ts";

const ROW = { ret_mean: 0.0001, ret_std: 0.00001, n: 50 };

beforeAll(async () => {
  await ingest(market("SWAP", WARM_TICKS));
});
beforeEach(bundledModels);

describe("another model for an alias", () => {
  it("serves from the next request on, and shows in /health, /version and /metrics", async () => {
    const before = (await predictFresh("SWAP")).body;
    const sha256 = await publish(await variantOf("champion", "second"));
    const { status, body } = await setAlias("champion", sha256);
    expect(status).toBe(200);
    expect(body).toMatchObject({ alias: "champion", sha256, version: "second" });
    const after = (await predictFresh("SWAP")).body;
    expect(after.model).toMatchObject({ sha256, version: "second" });
    expect(after.prediction_id).toBe(`${before.prediction_id.slice(0, -12)}${sha256.slice(0, 12)}`);
    expect(after.probability).toBe(before.probability);
    expect((await fetchJson("/version")).body).toMatchObject({
      version: "second",
      model_path: `models/${sha256}/model.onnx`,
      // The gateway's own commit, whichever model serves.
      sha: build.commit,
      gateway_version: build.version,
      model_commit: modelHost.serving.byAlias.champion!.manifest.codeCommit,
    });
    expect(build.commit).not.toBe(modelHost.serving.byAlias.champion!.manifest.codeCommit);
    expect((await fetchJson("/health")).body).toMatchObject({ status: "healthy", models: { champion: { sha256 } } });
    expect(await metric("volgate_model_info", { alias: "champion", version: "second" })).toBe(1);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({
      ...BUNDLED,
      champion: sha256,
      predecessor: BUNDLED.champion,
    });
  });

  it("is replaced by the bundled one when the alias is removed", async () => {
    await setAlias("champion", await publish(await variantOf("champion", "taken")));
    const { body } = await fetchJson("/admin/aliases/champion", { method: "DELETE" });
    expect(body).toEqual({ alias: "champion", sha256: BUNDLED.champion });
    expect((await predictFresh("SWAP")).body.model.sha256).toBe(BUNDLED.champion);
  });

  it("answers rows as `ml` when it holds the alias rows and is no baseline", async () => {
    const sha256 = await publish(await variantOf("rows", "rows-ml", { family: "logistic" }));
    expect((await postJson("/predict", { rows: [ROW] })).body.model_variant).toBe("baseline");
    expect((await setAlias("rows", sha256)).status).toBe(200);
    expect((await postJson("/predict", { rows: [ROW] })).body).toMatchObject({
      model_variant: "ml",
      version: "rows-ml",
    });
    await fetchJson("/admin/aliases/rows", { method: "DELETE" });
  });

  it("may hold several aliases at once", async () => {
    expect((await setAlias("champion", BUNDLED.persistence)).status).toBe(200);
    const { body } = await predictFresh("SWAP");
    expect(body.probability).toBe(body.baselines.persistence);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("brings its own label, whose threshold is available at once", async () => {
    const { body: before } = await predictFresh("SWAP");
    const label = { ...(before && (await fetchJson("/symbols/SWAP")).body.labels[0]), quantile: 0.5 };
    await setAlias("champion", await publish(await variantOf("champion", "median", { label })));
    const { body } = await predictFresh("SWAP");
    expect(body.tau_bps).toBeLessThan(before.tau_bps);
    expect(body.probability).toBeGreaterThan(before.probability);
    expect(body.baselines).toEqual(before.baselines);
    expect((await fetchJson("/symbols/SWAP")).body.labels).toHaveLength(2);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
    expect({ ...(await predictFresh("SWAP")).body, age_ms: 0 }).toEqual({ ...before, age_ms: 0 });
    expect((await fetchJson("/symbols/SWAP")).body.labels).toHaveLength(1);
  });

  it("with a label that the symbol's ring cannot hold gives no probability, and says why", async () => {
    const label = { ...(await fetchJson("/symbols/SWAP")).body.labels[0], horizonSteps: 30 };
    await setAlias("champion", await publish(await variantOf("champion", "unfit", { label })));
    const { body } = await predictFresh("SWAP");
    const missing = [expect.stringMatching(/^label_spec_refused: /)];
    expect(body).toMatchObject({ probability: null, warming_up: false, missing });
    expect(body.baselines.persistence).toEqual(expect.any(Number));
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });
});

describe("several updates of the models at once", () => {
  it("make one consistent set", async () => {
    const sha256 = await publish(await variantOf("champion", "race"));
    await registryOf(env).setAlias("champion", sha256);
    await Promise.all([updateModels(env), updateModels(env), updateModels(env)]);
    expect(servedSha("champion")).toBe(sha256);
    const { version } = modelHost.serving;
    await updateModels(env);
    expect(modelHost.serving.version).toBe(version);
    expect((await predictFresh("SWAP")).body.probability).toEqual(expect.any(Number));
  });
});
