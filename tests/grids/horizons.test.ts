// Horizons of the same steps, through the public door: `1s-h10s` beside the 60 s of the default grid.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { VERDICT } from "../../src/features/batch-counts.ts";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { loadSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { run } from "../features/engine-run.ts";
import { pack } from "../features/tick-stream.ts";
import { handMade, PASSED, publish } from "../worker/artifacts.ts";
import { fetchJson, ingest, postJson, sqlOf, stubOf } from "../worker/gateway.ts";
import { market, roughMarket } from "../worker/market.ts";

const NAME = "1s-h10s";
/** What vitest.config.ts gives it. */
const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: 10, windowSteps: 120, minCount: 20 };
const CONFIG = { grid: { ...gridConfig(1000), horizonMs: 10_000 }, label: LABEL };
/** 20 minutes, a tick a second. */
const TICKS = (symbol: string) => market(symbol, 1200);

const ask = async (path: string) => (await fetchJson(path)).body;
const put = (path: string, body: unknown) => fetchJson(path, { method: "PUT", body: JSON.stringify(body) });

async function modelOf(horizonSteps: number): Promise<string> {
  const label = { ...LABEL, horizonSteps };
  const hashes = await schemaHashes({ grid: gridConfig(1000), label });
  const own = { schemaHash: hashes["default-1"], label, gate: PASSED };
  return await publish(await handMade("sigma", own, `of ${horizonSteps} s`));
}

function stateOf(symbol: string) {
  return runInDurableObject(stubOf(symbol), async (instance: SymbolObject) => {
    await instance.predict(NAME);
    const { engine, evaluation } = instance.live!.grids.get(NAME)!;
    const state = [...new Uint8Array(engine.features.save())].join();
    return { state, quality: { ...evaluation.monitor.quality.stats }, how: engine.recovery.how };
  });
}

describe("a further horizon", () => {
  it("is asked for by its time or its grid, and answers for no other horizon", async () => {
    await ingest(TICKS("ASKED").slice(0, 200));
    const answer = await ask("/predict?symbol=ASKED&horizon=10s");
    expect(answer).toMatchObject({ horizon_s: 10, probability: null, warming_up: false, tau_bps: expect.any(Number) });
    const ageless = (prediction: object) => ({ ...prediction, age_ms: 0 });
    for (const query of ["grid=1s-h10s", "grid=1s&horizon=10s", "horizon=10000ms", "grid=1s-h10s&horizon=10s"]) {
      expect(ageless(await ask(`/predict?symbol=ASKED&${query}`))).toEqual(ageless(answer));
    }
    const own = ageless(await ask("/predict?symbol=ASKED"));
    expect(own).toMatchObject({ horizon_s: 60 });
    expect(ageless(await ask("/predict?symbol=ASKED&horizon=60s"))).toEqual(own);
    const many = await postJson("/predict", { symbols: ["ASKED"], horizon: "10s" });
    expect(many.body.predictions).toMatchObject([{ horizon_s: 10, ts: answer.ts }]);
    for (const path of ["quality", "drift", "history", "explanation"]) {
      expect((await fetchJson(`/symbols/ASKED/${path}?horizon=10s`)).status).toBe(200);
    }
    expect(await ask("/symbols/ASKED?horizon=10s")).toMatchObject({ step_ms: 1000, labels: [LABEL] });
    expect((await ask("/overview?horizon=10s")).symbols).toMatchObject([{ symbol: "ASKED" }]);
    expect((await ask("/version")).grids).toEqual(["1s", "60s", "10s", NAME]);
  });

  it("is refused where the gateway or the symbol does not have it, naming those that there are", async () => {
    for (const [query, got] of [
      ["horizon=300s", 'horizon: got "300s"'],
      ["horizon=10s&grid=60s", 'grid and horizon: got "60s" and "10s"'],
      ["horizon=60s&grid=1s-h10s", 'grid and horizon: got "1s-h10s" and "60s"'],
      ["grid=1s-h300s", 'grid: got "1s-h300s"'],
    ]) {
      expect(await ask(`/predict?symbol=ASKED&${query}`)).toMatchObject({
        code: "unknown_grid",
        detail: `${got}, expected one of 1s, 60s, 10s, 1s-h10s`,
      });
    }
    expect(await ask("/predict?symbol=ASKED&horizon=10")).toMatchObject({
      code: "unknown_grid",
      detail: 'horizon: got "10", expected a horizon with its unit, such as 300s or 500ms',
    });
    // A symbol of another label than the gateway's.
    await ingest(TICKS("OTHERS").slice(0, 50));
    await postJson("/admin/symbols/OTHERS/recreate", {
      by: "a test",
      reason: "another label",
      label: { horizonSteps: 30 },
    });
    expect((await ask("/symbols/OTHERS")).labels).toMatchObject([{ horizonSteps: 30 }]);
    expect(await ask("/predict?symbol=OTHERS&horizon=60s")).toMatchObject({ status: 400, code: "unknown_grid" });
  });

  it("says how to make a model for it, and takes none of another horizon", async () => {
    await ingest(TICKS("MODELS").slice(0, 300));
    expect((await ask("/predict?symbol=MODELS&horizon=10s")).missing).toEqual([
      "no_model: no usable artifact holds the alias champion of 1s-h10s. Make one for its label: npm run train -- FILES " +
        `--step 1s --label '{"horizonSteps":10,"windowSteps":120,"minCount":20}'; then publish it and npm run model -- ` +
        "promote SHA256 --grid 1s-h10s",
    ]);
    const [ten, twenty] = [await modelOf(10), await modelOf(20)];
    for (const [path, sha256] of [
      ["/admin/aliases/champion?horizon=10s", twenty],
      ["/admin/aliases/champion?horizon=10s", BUNDLED.champion],
      ["/admin/aliases/champion", ten],
    ] as const) {
      expect((await put(path, { sha256 })).body).toMatchObject({ status: 409, code: "artifact_horizon_mismatch" });
    }
    const given = await put("/admin/aliases/champion?horizon=10s", { sha256: ten });
    expect(given.body).toMatchObject({ sha256: ten, serving: true });
    expect((await ask("/admin/aliases?horizon=10s")).aliases.champion).toBe(ten);
    expect((await ask("/admin/aliases?horizon=60s")).aliases.champion).toBe(BUNDLED.champion);
    await ingest(TICKS("MODELS").slice(300));
    expect(await ask("/predict?symbol=MODELS&horizon=10s")).toMatchObject({
      horizon_s: 10,
      probability: expect.any(Number),
      model: { sha256: ten },
      baselines: { persistence: null },
    });
    const quality = await ask("/symbols/MODELS/quality?horizon=10s&window=1h");
    // The last 10 steps await their label.
    expect(quality.labels).toMatchObject([{ models: [{ model: { sha256: ten } }], pending: 10 }]);
    const own = (await ask("/symbols/MODELS/quality?window=1h")).labels[0];
    expect(own.pending).toBe(60);
    const back = await fetchJson("/admin/aliases/champion?horizon=10s", { method: "DELETE" });
    expect(back.body).toMatchObject({ alias: "champion" });
  });

  it("has the steps, thresholds and labels that the trainer makes of the accepted ticks", async () => {
    const ticks = roughMarket("TRAINED", 700, 3);
    for (let from = 0; from < ticks.length; from += 70) await ingest(ticks.slice(from, from + 70));
    const { verdicts } = run(new FeatureEngine(DEFAULT_ENGINE_CONFIG), pack(ticks));
    const trainer = new FeatureEngine(CONFIG);
    trainer.areJudged = true;
    const { steps } = run(trainer, pack(ticks.filter((_, i) => verdicts[i] === VERDICT.accepted)));
    const found = await runInDurableObject(stubOf("TRAINED"), (instance: SymbolObject) => {
      const { features } = instance.live!.grids.get(NAME)!.engine;
      return { closed: features.stepsClosed, tau: features.lastStepFacts.tau[0], config: features.config };
    });
    expect(found).toEqual({ closed: steps.count, tau: steps.tau[steps.count - 1], config: CONFIG });
    expect(found.tau).toBeGreaterThan(0);
  });

  it("is the same after a restart, and is rebuilt from the slots when its state cannot be read", async () => {
    const ticks = TICKS("AGAIN");
    for (let from = 0; from < 900; from += 12) await ingest(ticks.slice(from, from + 12));
    const before = await stateOf("AGAIN");
    await evictDurableObject(stubOf("AGAIN"));
    expect(await stateOf("AGAIN")).toEqual({ ...before, how: "snapshot" });
    await sqlOf("AGAIN", `UPDATE pages SET bytes = x'00' WHERE id = 'grid-${NAME}/state'`);
    await evictDurableObject(stubOf("AGAIN"));
    expect(await stateOf("AGAIN")).toMatchObject({ state: before.state, how: "rebuilt" });
  });

  it("is added to a live symbol with the ticks of its slots, and its pages go when it is not wanted", async () => {
    await ingest(TICKS("ADDED").slice(0, 600));
    const before = await stateOf("ADDED");
    const pages = `SELECT id FROM pages WHERE id LIKE 'grid-${NAME}%' OR id LIKE '%${NAME}%'`;
    await runInDurableObject(stubOf("ADDED"), (instance: SymbolObject) => {
      const stores = { ...instance.stores, gridNames: new Set(["60s", "10s"]) };
      const without = loadSymbol(stores, noCountersYet())!;
      expect([...without.grids.keys()].sort()).toEqual(["10s", "60s"]);
      without.engine.saveSnapshot(without.evaluation);
    });
    expect(await sqlOf("ADDED", pages)).toEqual([]);
    await evictDurableObject(stubOf("ADDED"));
    // Its quality begins anew.
    expect(await stateOf("ADDED")).toMatchObject({ state: before.state, how: "rebuilt", quality: { resolved: 0 } });
    expect((await ingest(TICKS("ADDED").slice(600))).body).toMatchObject({ accepted: 600 });
    expect((await ask("/symbols/ADDED?horizon=10s")).steps_closed).toBe(1199);
    expect((await sqlOf("ADDED", pages)).length).toBeGreaterThan(0);
  });
});
