// A gateway with further grids, through the public door: one ingest feeds them all, and a restart changes nothing.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { run } from "../features/engine-run.ts";
import { pack, type StreamTick } from "../features/tick-stream.ts";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { loadSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { fetchJson, ingest, postJson, sqlOf, stubOf } from "../worker/gateway.ts";
import { market, roughMarket, tick } from "../worker/market.ts";

/** 40 minutes, a tick every 2.5 s. */
const TICKS = (symbol: string) => market(symbol, 960, { everyMs: 2500 });

const evict = (symbol: string) => evictDurableObject(stubOf(symbol));

function floats(base64: string): Float64Array {
  return new Float64Array(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}

/** The configuration of a symbol's grid. */
function gridOf(symbol: string, grid: string) {
  return runInDurableObject(stubOf(symbol), (instance: SymbolObject) => {
    return { features: { config: instance.live!.grids.get(grid)!.engine.features.config } };
  });
}

/** What a grid's engine and monitor are: the state that a restart must give back. */
function stateOf(symbol: string, grid: string) {
  return runInDurableObject(stubOf(symbol), async (instance: SymbolObject) => {
    await instance.predict(grid);
    const found = instance.live!.grids.get(grid)!;
    const { engine, evaluation } = found;
    return {
      state: [...new Uint8Array(engine.features.save())].join(),
      steps: engine.features.stepsClosed,
      seq: engine.seq,
      how: engine.recovery.how,
      quality: { ...evaluation.monitor.quality.stats },
      recovery: engine.recovery,
    };
  });
}

describe("a gateway with the grids 60s and 10s beside 1s", () => {
  it("keeps the steps of each grid through a restart, and has an overview of each", async () => {
    for (let from = 0; from < 960; from += 12) await ingest(TICKS("G-STEPS").slice(from, from + 12));
    const history = async (grid: string) => (await fetchJson(`/symbols/G-STEPS/history?grid=${grid}`)).body;
    const before = { minutes: await history("60s"), tens: await history("10s") };
    expect(before.minutes).toMatchObject({ step_ms: 60_000, every_ms: 60_000 });
    expect(before.minutes.columns.price.filter((price: unknown) => price !== null)).toHaveLength(39);
    expect(before.tens.columns.price.filter((price: unknown) => price !== null)).toHaveLength(239);
    await evict("G-STEPS");
    expect({ minutes: await history("60s"), tens: await history("10s") }).toEqual(before);
    const { body } = await fetchJson("/overview?grid=60s");
    expect(body.step_ms).toBe(60_000);
    const row = body.symbols.find(({ symbol }: { symbol: string }) => symbol === "G-STEPS");
    expect(row).toMatchObject({ state: "stale", ts: before.minutes.latest_ms });
    expect(row.recent).toHaveLength(39);
  });

  it("feeds every grid with one ingest, and answers for each", async () => {
    expect((await ingest(TICKS("TWO"))).body).toMatchObject({ accepted: 960 });
    const [own, named, sixty, ten] = await Promise.all(
      ["", "&grid=1s", "&grid=60s", "&grid=10s"].map(async (query) => await fetchJson(`/predict?symbol=TWO${query}`)),
    );
    expect(named!.body).toEqual({ ...own!.body, age_ms: named!.body.age_ms });
    expect(own!.body.horizon_s).toBe(60);
    expect(sixty!.body).toMatchObject({
      symbol: "TWO",
      horizon_s: 60,
      probability: null,
      warming_up: true,
      missing: ["threshold_values: 39 of 900"],
    });
    // The step of the last tick is open on each grid.
    expect(sixty!.body.ts % 60_000).toBe(0);
    expect(ten!.body).toMatchObject({
      tau_bps: expect.any(Number),
      missing: ["no_model: no usable artifact holds the alias champion, see /health"],
    });
    const many = await postJson("/predict", { symbols: ["TWO", "NOBODY"], grid: "60s" });
    expect(many.body.predictions).toMatchObject([{ symbol: "TWO", horizon_s: 60 }, { code: "unknown_symbol" }]);
    expect(many.body.predictions[0].ts).toBe(sixty!.body.ts);
  });

  it("refuses a grid that it does not have, and names those that there are", async () => {
    await ingest(tick("ONE", 0));
    for (const answer of [
      await fetchJson("/predict?symbol=ONE&grid=5s"),
      await postJson("/predict", { symbols: ["ONE"], grid: "5s" }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: "unknown_grid",
        detail: 'grid: got "5s", expected one of 1s, 60s, 10s, 1s-h10s',
      });
    }
    expect((await fetchJson("/predict?symbol=ONE&grid=60000ms")).status).toBe(200);
  });

  it("has no grid whose step is no multiple of the symbol's own, and says so", async () => {
    await runInDurableObject(stubOf("SEVEN"), (instance: SymbolObject) => {
      Object.assign(instance, { env: { ...env, STEP_MS: "7000", GRIDS: "", HORIZONS: "" } });
    });
    await ingest([tick("SEVEN", 0), tick("SEVEN", 20)]);
    await evict("SEVEN");
    expect((await fetchJson("/symbols/SEVEN")).body).toMatchObject({ step_ms: 7000 });
    for (const path of [
      "/predict?symbol=SEVEN&grid=60s",
      "/symbols/SEVEN?grid=1s",
      "/symbols/SEVEN/quality?grid=10s",
    ]) {
      const { status, body } = await fetchJson(path);
      expect({ status, code: body.code }).toEqual({ status: 400, code: "unknown_grid" });
      expect(body.detail).toMatch(/^grid: got "\w+" for SEVEN, which this symbol does not have/);
    }
    const many = await postJson("/predict", { symbols: ["SEVEN"], grid: "60s" });
    expect(many.body.predictions).toMatchObject([{ symbol: "SEVEN", code: "unknown_grid" }]);
  });

  it("traces the steps of each grid, which are those that the trainer makes of the accepted ticks", async () => {
    const ticks = roughMarket("TRACED", 700, 3);
    const judged: StreamTick[] = [];
    const traced: { index: number[]; tau: number[] } = { index: [], tau: [] };
    const own = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
    for (let from = 0; from < ticks.length; from += 100) {
      const batch = ticks.slice(from, from + 100);
      const { body } = await ingest(batch, { "X-Volgate-Trace": "steps" });
      for (const trace of body.symbols.TRACED.grid_traces?.["10s"] ?? []) {
        traced.index.push(...floats(trace.index));
        traced.tau.push(...floats(trace.tau));
      }
    }
    // The whole stream at once: a held tick is then accepted in its own place.
    const { verdicts } = run(own, pack(ticks));
    verdicts.forEach((verdict, i) => verdict === VERDICT.accepted && judged.push(ticks[i]!));
    const { config } = (await gridOf("TRACED", "10s")).features;
    const trainer = new FeatureEngine(config);
    trainer.areJudged = true;
    const { steps } = run(trainer, pack(judged));
    expect(traced.index).toEqual([...steps.index.subarray(0, steps.count)]);
    expect(traced.tau).toEqual([...steps.tau.subarray(0, steps.count)]);
    expect(traced.tau.filter((tau) => tau > 0).length).toBeGreaterThan(10);
    expect(judged.length).toBeLessThan(ticks.length);
  });

  it("has the same grids after a restart, from snapshot and slots", async () => {
    const ticks = roughMarket("BACK", 900, 5);
    for (let from = 0; from < ticks.length; from += 12) await ingest(ticks.slice(from, from + 12));
    const before = { sixty: await stateOf("BACK", "60s"), ten: await stateOf("BACK", "10s") };
    expect(before.sixty).toMatchObject({ how: "new", seq: 75 });
    await evict("BACK");
    const after = { sixty: await stateOf("BACK", "60s"), ten: await stateOf("BACK", "10s") };
    for (const grid of ["sixty", "ten"] as const) {
      expect(after[grid]).toMatchObject({ how: "snapshot", recovery: { replayedBatches: 11, damagedBatches: 0 } });
      const { how, recovery, ...state } = after[grid];
      expect({ ...before[grid], how, recovery }).toEqual({ ...state, how, recovery });
    }
    expect(after.ten.steps).toBeGreaterThan(50);
  });

  it("rebuilds a grid from the slots when its state cannot be read, and the others stay as they are", async () => {
    await ingest(TICKS("DAMAGED").slice(0, 480));
    for (let k = 0; k < 70; k++) await ingest(TICKS("DAMAGED").slice(480 + k, 481 + k));
    const before = await stateOf("DAMAGED", "60s");
    const ten = await stateOf("DAMAGED", "10s");
    await sqlOf("DAMAGED", "UPDATE pages SET bytes = x'00' WHERE id = 'grid-60s/state'");
    await evict("DAMAGED");
    const after = await stateOf("DAMAGED", "60s");
    expect(after.recovery).toMatchObject({ how: "rebuilt", damagedBatches: 0, reason: expect.any(String) });
    expect(after.state).toBe(before.state);
    expect((await stateOf("DAMAGED", "10s")).state).toBe(ten.state);
  });

  it("keeps its grids when the symbol's snapshot cannot be read", async () => {
    for (let k = 0; k < 70; k++) await ingest(TICKS("REBUILT").slice(10 * k, 10 * k + 10));
    const before = await stateOf("REBUILT", "10s");
    await sqlOf("REBUILT", "UPDATE snapshot SET state = x'00'");
    await evict("REBUILT");
    expect((await fetchJson("/symbols/REBUILT")).body.recovery.how).toBe("rebuilt");
    const after = await stateOf("REBUILT", "10s");
    expect({ state: after.state, how: after.how }).toEqual({ state: before.state, how: "snapshot" });
  });

  it("adds a grid to a symbol that has none, with the ticks of its slots, and drops one that is not wanted", async () => {
    await ingest(TICKS("LATER").slice(0, 300));
    const before = await stateOf("LATER", "10s");
    await runInDurableObject(stubOf("LATER"), (instance: SymbolObject, { storage }) => {
      const stores = { ...instance.stores, gridNames: new Set<string>() };
      const without = loadSymbol(stores, noCountersYet())!;
      expect(without.grids.size).toBe(0);
      without.engine.saveSnapshot(without.evaluation);
      expect(new PageStore(storage).load("grids").size).toBe(0);
    });
    expect(await sqlOf("LATER", "SELECT id FROM pages WHERE id LIKE 'grid%'")).toEqual([]);
    await evict("LATER");
    const again = await stateOf("LATER", "10s");
    expect(again.recovery).toMatchObject({ how: "rebuilt", reason: "added to a live symbol" });
    expect(again.state).toBe(before.state);
    await ingest(TICKS("LATER").slice(300));
    expect((await stateOf("LATER", "10s")).steps).toBe(239);
  });

  it("stores nothing of a batch that failed on a further grid", async () => {
    await ingest(TICKS("FAILS").slice(0, 100));
    const before = await stateOf("FAILS", "60s");
    await runInDurableObject(stubOf("FAILS"), (instance: SymbolObject) => {
      instance.live!.grids.get("60s")!.engine.features.process = () => {
        throw new Error("a fault of the test");
      };
    });
    const failed = await ingest(TICKS("FAILS").slice(100, 200));
    expect(failed.body.symbols.FAILS).toMatchObject({ failed: { code: "symbol_failed", ticks: 100 } });
    expect((await stateOf("FAILS", "60s")).state).toBe(before.state);
    expect((await ingest(TICKS("FAILS").slice(100, 200))).body.accepted).toBe(100);
  });
});
