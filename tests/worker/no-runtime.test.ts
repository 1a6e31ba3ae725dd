import { attempts } from "./broken-wasm.ts";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { fetchJson, ingest, metric, postJson } from "./gateway.ts";
import { WARM_TICKS, market } from "./market.ts";

describe("where the WASM runtime does not start", () => {
  it("ticks are taken, persistence answers by formula, and /health says so", async () => {
    expect((await ingest(market("FORMULA", WARM_TICKS))).body).toMatchObject({ accepted: WARM_TICKS });
    const { status, body } = await fetchJson("/predict?symbol=FORMULA");
    expect(attempts.length).toBeGreaterThan(0);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      probability: expect.any(Number),
      model: { name: "persistence-formula", sha256: "0".repeat(64) },
      baselines: { persistence: body.probability, zscore: null, "threshold-only": null, reference: null },
    });
    const health = await fetchJson("/health");
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({ status: "degraded", model_loaded: true, refused_artifacts: [] });
    expect(health.body.runtime_error).toMatch(/Out of memory/);
    expect(await metric("volgate_scoring_errors_total", { symbol: "FORMULA" })).toBe(0);
  });

  it("rows are answered 503, not 500", async () => {
    const { status, body } = await postJson("/predict", { rows: [{ ret_mean: 0, ret_std: 0, n: 1 }] });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "no_model" });
  });

  it("no model serves under /v2: the formula is no artifact", async () => {
    const { status, headers, body } = await fetchJson("/v2/models/persistence");
    expect([status, headers.get("X-Error-Code")]).toEqual([503, "model_not_ready"]);
    expect(body.error).toMatch(/^model persistence: no artifact serves: .*Out of memory/);
    expect((await fetchJson("/v2/models/nobody")).status).toBe(404);
    expect((await postJson("/v2/repository/index", {})).body).toEqual([]);
  });

  it("is not blamed on the artifacts when the models are asked for again", async () => {
    await updateModels(env);
    expect((await fetchJson("/health")).body).toMatchObject({ refused_artifacts: [], model_loaded: true });
    expect((await ingest(market("FORMULA-2", 5))).status).toBe(200);
  });
});
