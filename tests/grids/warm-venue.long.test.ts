// A symbol of two grids that begins with its venue's past: trades for the steps of a second, candles for those of a
// minute, and the state that the trainer's code has after the same ticks.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { applyHistory } from "../../src/durable/symbol/apply-history.ts";
import { barTicks } from "../../src/markets/bar-ticks.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { fetchJson, postJson, sqlOf, stubOf } from "../worker/gateway.ts";

const SYMBOL = "BTCUSDT@binance";
const MINUTE_MS = 60_000;
let exchange: RestExchange;

beforeEach(() => {
  exchange = new RestExchange(new RestMarket(Date.now(), { trades: 3_000 }));
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => exchange.fetch(input, init));
});
afterEach(() => vi.restoreAllMocks());

function stateOf(grid: string): Promise<{ readonly state: string; readonly engine: FeatureEngine }> {
  return runInDurableObject(stubOf(SYMBOL), async (instance: SymbolObject) => {
    await instance.predict(grid);
    const engine = instance.live!.grids.get(grid)!.engine.features;
    return { state: [...new Uint8Array(engine.save())].join(), engine };
  });
}

/** What the grid of a minute is fed: candles that have ended, then the trades after them. */
function expectedState(like: FeatureEngine): string {
  const { candles, trades } = exchange.market;
  const ended = candles.filter(({ startMs }) => startMs + MINUTE_MS <= exchange.market.nowMs - 2_000).slice(-1440);
  const packed = new PackedTicks();
  for (const { startMs, open, high, low, close, volume, quoteVolume, trades: count, takerVolume } of ended) {
    const [o, h, l, c] = [open, high, low, close].map(Number) as [number, number, number, number];
    const [barVolume, barQuoteVolume, barTakerVolume] = [volume, quoteVolume, takerVolume].map(Number);
    const flow = {
      side: NaN,
      barTrades: count,
      barVolume: barVolume!,
      barQuoteVolume: barQuoteVolume!,
      barTakerVolume: barTakerVolume!,
    };
    for (const tick of barTicks(SYMBOL, { startMs, open: o, high: h, low: l, close: c, flow }, MINUTE_MS))
      packed.add(tick);
  }
  const lastMs = ended.at(-1)!.startMs + MINUTE_MS - 1;
  for (const { id, tsMs, price, size, side } of trades) {
    if (tsMs <= lastMs) continue;
    const none = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN };
    const noBar = { barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
    const flow = { side: side === "buy" ? 1 : -1, ...noBar };
    packed.add({ symbol: SYMBOL, tsMs, price: Number(price), ...none, size: Number(size), id, flow });
  }
  const engine = new FeatureEngine(like.config);
  engine.followsOther = true;
  applyHistory(engine, packed.rows(), false);
  return [...new Uint8Array(engine.save())].join();
}

it("has a day of candles on the grid of a minute, and a probability at once", async () => {
  const { status, body } = await postJson(`/admin/symbols/${encodeURIComponent(SYMBOL)}/warm`, { from: "venue" });
  expect(status).toBe(200);
  expect(body.warm.source).toBe("binance");
  const paths = exchange.asked.map((path) => path.split("?")[0]);
  expect(paths.filter((path) => path === "/api/v3/klines")).toHaveLength(2);
  const { body: minute } = await fetchJson(`/predict?symbol=${SYMBOL}&grid=60s`);
  expect(minute).toMatchObject({ probability: expect.any(Number), warm: { source: "binance" } });
  expect(minute.warm.steps).toBeGreaterThanOrEqual(1_438);
  const { body: second } = await fetchJson(`/predict?symbol=${SYMBOL}`);
  expect(second.warm.steps).toBeGreaterThan(3_000);

  const { body: facts } = await fetchJson(`/symbols/${encodeURIComponent(SYMBOL)}?grid=60s`);
  const begunMs = facts.warm.to_ms - facts.warm.from_ms;
  expect(Math.round(begunMs / MINUTE_MS)).toBeGreaterThanOrEqual(1_439);
  expect(facts.warm.ticks).toBeGreaterThan(4 * 1_439);

  const { state, engine } = await stateOf("60s");
  expect(state).toBe(expectedState(engine));
  await sqlOf(SYMBOL, "UPDATE pages SET bytes = x'01' WHERE id LIKE 'grid-%/state'");
  await evictDurableObject(stubOf(SYMBOL));
  expect((await stateOf("60s")).state).toBe(state);
  // Other isolates of the gateway read notices late; the registry has it at once.
  await vi.waitFor(async () => {
    const { notices } = await registryOf(env).read();
    const message = expect.stringContaining("the state of the grid");
    expect(notices).toContainEqual(expect.objectContaining({ symbol: SYMBOL, code: "snapshot_rebuilt", message }));
  }, 10_000);
  expect((await fetchJson(`/symbols/${encodeURIComponent(SYMBOL)}?grid=60s`)).body.warm).toEqual(facts.warm);
});
