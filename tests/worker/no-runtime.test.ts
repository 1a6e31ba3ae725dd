import { attempts } from "./broken-wasm.ts";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { ModelHost } from "../../src/model/model-host.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { handMade, publish } from "./artifacts.ts";
import { fetchJson, ingest, metric, postJson } from "./gateway.ts";
import { WARM_TICKS, market } from "./market.ts";

describe("where the WASM runtime does not start", () => {
  it("ticks are taken, the bundled models answer all the same, and nothing needs the runtime", async () => {
    await updateModels(env);
    expect(attempts).toEqual([]);
    expect((await ingest(market("OWN", WARM_TICKS))).body).toMatchObject({ accepted: WARM_TICKS });
    const { status, body } = await fetchJson("/predict?symbol=OWN");
    expect(status).toBe(200);
    expect(body).toMatchObject({ probability: expect.any(Number), model: { sha256: BUNDLED.champion } });
    for (const alias of ["persistence", "zscore", "threshold-only", "reference"]) {
      expect(body.baselines[alias], alias).toEqual(expect.any(Number));
    }
    expect((await fetchJson("/health")).body).toMatchObject({ model_loaded: true, runtime_error: null });
    expect(await metric("volgate_scoring_errors_total", { symbol: "OWN" })).toBe(0);
  });

  it("a model of the trainer can be given an alias: its own scorer is trusted, and that is counted", async () => {
    const before = await metric("volgate_scorer_checks_total", { result: "failed" });
    const body = JSON.stringify({ sha256: BUNDLED.champion });
    expect((await fetchJson("/admin/aliases/champion", { method: "PUT", body })).status).toBe(200);
    expect(attempts.length).toBeGreaterThan(0);
    expect(await metric("volgate_scorer_checks_total", { result: "failed" })).toBeGreaterThan(before);
    expect((await fetchJson("/predict?symbol=OWN")).body).toMatchObject({ model: { sha256: BUNDLED.champion } });
  });

  it("rows are answered by the bundled model", async () => {
    const row = { ret_mean: 0, ret_std: 0, n: 1 };
    expect((await postJson("/predict", { rows: [row] })).status).toBe(200);
  });

  it("an imported champion is replaced by the bundled one, and /health says why", async () => {
    const imported = await publish(await handMade("good"));
    const served = await new ModelHost().update(
      { champion: imported, persistence: imported },
      {
        store: r2ArtifactStore(env.BUCKET),
        grid: DEFAULT_ENGINE_CONFIG.grid,
        nowMs: Date.now(),
        aliasesKnown: true,
        bundled: BUNDLED,
      },
    );
    expect(served.runtimeError).toMatch(/Out of memory/);
    expect([...served.standIns]).toEqual(["champion", "persistence", "reference"]);
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(BUNDLED.champion);
    expect(served.byAlias.zscore?.manifest.onnxSha256).toBe(BUNDLED.zscore);
  });

  it("is forgotten once no alias needs it", async () => {
    const imported = await publish(await handMade("good"));
    const host = new ModelHost();
    const context = {
      store: r2ArtifactStore(env.BUCKET),
      grid: DEFAULT_ENGINE_CONFIG.grid,
      nowMs: Date.now(),
      aliasesKnown: true,
      bundled: BUNDLED,
    };
    expect((await host.update({ challenger: imported }, context)).runtimeError).toMatch(/Out of memory/);
    expect((await host.update({}, context)).runtimeError).toBeUndefined();
    expect(host.swapCount).toBe(0);
  });

  it("is not blamed on the artifacts when the models are asked for again", async () => {
    await updateModels(env);
    expect((await fetchJson("/health")).body).toMatchObject({ refused_artifacts: [], model_loaded: true });
    expect((await ingest(market("FORMULA-2", 5))).status).toBe(200);
  });
});
