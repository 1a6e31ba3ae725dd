import { wasmMemoryBytes } from "./wasm-memory.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "./gateway.ts";
import { START_MS, WARM_TICKS, market } from "./market.ts";

const ROW = { ret_mean: 0.0001, ret_std: 0.00001, n: 50 };

beforeAll(async () => {
  await ingest(market("SWAP", WARM_TICKS));
});

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
    });
    expect((await fetchJson("/health")).body).toMatchObject({ status: "healthy", models: { champion: { sha256 } } });
    expect(await metric("volgate_model_info", { alias: "champion", version: "second" })).toBe(1);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, champion: sha256 });
  });

  it("gives way to the bundled one when the alias is taken from it", async () => {
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

  it("brings its own label along, whose threshold is there at once", async () => {
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

describe("a hundred swaps under load", () => {
  it("fail no request, leave no scoring error and no memory behind", async () => {
    const pair = [await publish(await variantOf("champion", "A")), await publish(await variantOf("champion", "B"))];
    const baselines = [
      await publish(await variantOf("threshold-only", "C")),
      await publish(await variantOf("threshold-only", "D")),
    ];
    await predictFresh("SWAP");
    let second = WARM_TICKS;
    let running = true;
    let predicted = 0;
    const served = new Set<string>();
    const feed = async () => {
      while (running) {
        const { status, body } = await ingest(market("SWAP", 40, { fromMs: START_MS + (second += 40) * 1000 }));
        expect(status).toBe(200);
        expect(body).toMatchObject({ accepted: 40, rejected: 0 });
        await scheduler.wait(0);
      }
    };
    const ask = async () => {
      while (running) {
        const { status, body } = await fetchJson("/predict?symbol=SWAP");
        expect(status).toBe(200);
        expect(body.probability).toEqual(expect.any(Number));
        for (const p of Object.values(body.baselines)) expect(p).toEqual(expect.any(Number));
        served.add(body.model.version);
        // Not kept by the isolate: every one of these is the object's own answer.
        expect((await fetchJson("/symbols/SWAP")).body.probability).toEqual(expect.any(Number));
        predicted += 1;
        expect((await postJson("/predict", { rows: [ROW] })).status).toBe(200);
        await scheduler.wait(0);
      }
    };
    const swapsBefore = modelHost.swapCount;
    const memory: number[] = [];
    const swap = async () => {
      for (let k = 0; k < 100; k++) {
        if (k % 5 === 4) await setAlias("threshold-only", baselines[(k >> 2) % 2]!);
        expect((await setAlias("champion", pair[k % 2]!)).status).toBe(200);
        expect(servedSha("champion")).toBe(pair[k % 2]);
        memory.push(wasmMemoryBytes());
        const answered = predicted;
        while (predicted === answered && running) await scheduler.wait(0);
      }
      running = false;
    };
    await Promise.all(
      [feed(), feed(), ask(), ask(), ask(), swap()].map((work) => work.finally(() => (running = false))),
    );
    expect(modelHost.swapCount - swapsBefore).toBeGreaterThanOrEqual(100);
    expect([...served]).toEqual(expect.arrayContaining(["A", "B"]));
    expect(predicted).toBeGreaterThan(100);
    expect(await metric("volgate_scoring_errors_total", { symbol: "SWAP" })).toBe(0);
    expect(memory[9]).toBeGreaterThan(1_000_000);
    expect(memory[99]).toBe(memory[9]);
  });

  it("make one consistent set of two updates that run at once", async () => {
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
