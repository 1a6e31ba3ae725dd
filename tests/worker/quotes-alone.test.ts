// Quotes without a trade: what a symbol of the price source `last` says of them, and predictions from them on `mid`.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, publish } from "./artifacts.ts";
import { keysOf, readBack } from "./archive-desk.ts";
import { type Answer, fetchJson, fetchWith, ingest, predictFresh, stubOf } from "./gateway.ts";
import { START_MS, WARM_TICKS, market, tick } from "./market.ts";

/** Quotes of a market, without its trades. */
const quotesOf = (symbol: string) =>
  market(symbol, WARM_TICKS).map(({ ts, bid, ask, bidSize, askSize }) => ({ symbol, ts, bid, ask, bidSize, askSize }));

const VARIABLES = { PRICE_SOURCE: "mid" } as const;
const ask = (path: string, init?: RequestInit): Promise<Answer> => fetchWith(VARIABLES, path, init);
const post = (path: string, body: unknown, method = "POST"): Promise<Answer> =>
  ask(path, { method, body: JSON.stringify(body) });

/** The object's own variables; the Worker's come with each request. */
async function bindObject(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    Object.assign(instance, { env: { ...env, ...VARIABLES } });
  });
}

describe("a symbol of the price source last that gets quotes alone", () => {
  const WHAT_TO_DO = /^price: no trade in the last 10 s, only quotes, .*\(source last\); .* set PRICE_SOURCE=mid/;

  it("takes them, predicts nothing, and says what to do", async () => {
    const { body } = await ingest(quotesOf("EUR/USD"));
    expect(body).toMatchObject({ accepted: WARM_TICKS, rejected: 0 });
    const predicted = (await predictFresh("EUR%2FUSD")).body;
    expect(predicted).toMatchObject({ symbol: "EUR/USD", probability: null, warming_up: true });
    expect(predicted.missing[0]).toMatch(WHAT_TO_DO);
    const state = (await fetchJson("/symbols/EUR%2FUSD")).body;
    expect(state).toMatchObject({ source: "last", price: null, spread_bps: expect.any(Number) });
    expect(state.missing).toEqual(predicted.missing);
  });

  it("says nothing of it once trades come too", async () => {
    await ingest(tick("EUR/USD", WARM_TICKS, 60_000));
    await ingest(tick("EUR/USD", WARM_TICKS + 1, 60_000));
    const { missing } = (await predictFresh("EUR%2FUSD")).body;
    expect(missing.join()).not.toContain("price:");
    expect(missing).toEqual(["threshold_values: 0 of 900", "returns: fewer than 30 of the last 60 steps have one"]);
  });

  it("says what is missing before its first step, too", async () => {
    await ingest(tick("NEW", 0));
    expect((await fetchJson("/symbols/NEW")).body.missing).toEqual(["steps: none is closed yet"]);
  });
});

describe("a gateway with PRICE_SOURCE=mid", () => {
  let sha256: string;

  beforeAll(async () => {
    const hashes = await schemaHashes({ ...DEFAULT_ENGINE_CONFIG, grid: gridConfig(1000, "mid") });
    const label = { ...DEFAULT_LABEL_SPEC, source: "mid" };
    sha256 = await publish(await handMade("sigma", { schemaHash: hashes["default-1"], label }, "mid"));
    for (const symbol of ["FX", "FX-2", "EUR/USD"]) await bindObject(symbol);
    expect((await post("/admin/aliases/champion", { sha256 }, "PUT")).body).toMatchObject({ serving: true });
  });

  it("predicts from quotes alone, as it would from trades at the mid with the same quotes", async () => {
    expect((await post("/ingest", quotesOf("FX"))).body).toMatchObject({ accepted: WARM_TICKS });
    const priced = quotesOf("FX-2").map((quote) => ({ ...quote, price: (quote.bid! + quote.ask!) / 2 }));
    expect((await post("/ingest", priced)).body).toMatchObject({ accepted: WARM_TICKS });
    const [alone, traded] = [(await ask("/predict?symbol=FX")).body, (await ask("/predict?symbol=FX-2")).body];
    expect(alone).toMatchObject({ model: { sha256 }, warming_up: false, probability: expect.any(Number) });
    expect([alone.probability, alone.sigma_bps, alone.tau_bps]).toEqual([
      traded.probability,
      traded.sigma_bps,
      traded.tau_bps,
    ]);
    const state = (await ask("/symbols/FX")).body;
    expect(state).toMatchObject({ source: "mid", missing: [] });
    const last = quotesOf("FX").at(-2)!;
    expect(state.price).toBeCloseTo((last.bid! + last.ask!) / 2, 9);
  });

  it("says of a symbol that gets trades alone what to do", async () => {
    await bindObject("FX-3");
    const trades = market("FX-3", 30).map(({ symbol, ts, price }) => ({ symbol, ts, price }));
    expect((await post("/ingest", trades)).body).toMatchObject({ accepted: 30 });
    const { missing } = (await ask("/predict?symbol=FX-3")).body;
    expect(missing[0]).toMatch(/^price: no bid and ask in the last 10 s, .*\(source mid\); .* set PRICE_SOURCE=last/);
    expect((await ask("/symbols/FX-3")).body.missing).toEqual(missing);
  });

  it("archives quotes alone, and reads them back", async () => {
    await runDurableObjectAlarm(stubOf("FX"));
    expect((await keysOf("FX")).length).toBeGreaterThan(0);
    const rows = await readBack("FX");
    expect([rows[0], rows[1]]).toEqual([START_MS + 137, NaN]);
    expect(rows[2]).toBe(quotesOf("FX")[0]!.bid);
  });

  it("makes a symbol anew on the mid, as its answer told to do, from the quotes in its archive", async () => {
    const { status, body } = await post("/admin/symbols/EUR%2FUSD/recreate", {});
    expect([status, body.code]).toEqual([200, undefined]);
    expect(body).toMatchObject({ symbol: "EUR/USD", label: { source: "mid" } });
    expect(body.threshold_values.have).toBeGreaterThanOrEqual(900);
    expect((await ask("/symbols/EUR%2FUSD")).body).toMatchObject({
      source: "mid",
      ticks: { accepted: expect.any(Number) },
    });
  });
});
