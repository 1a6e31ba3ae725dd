// On a grid of a second a symbol is warmed with trades of its venue.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_WARM_TICKS } from "../../src/markets/history/warm-limits.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { type Answer, fetchJson, postJson } from "./gateway.ts";

const exchange = new RestExchange(new RestMarket(Date.now()));

beforeEach(() => {
  exchange.asked.length = 0;
  exchange.market = new RestMarket(Date.now());
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => exchange.fetch(input, init));
});
afterEach(() => void vi.restoreAllMocks());

const warm = (symbol: string, product: string): Promise<Answer> =>
  postJson(`/admin/symbols/${symbol}/warm`, { from: "venue", product });

describe("a symbol that is warmed with trades", () => {
  it("has trades on a grid of a second", async () => {
    const { status, body } = await warm("ETH@binance", "BTCUSDT");
    expect(status).toBe(200);
    expect(body.warm).toMatchObject({ source: "binance" });
    expect(body.warm.ticks).toBeGreaterThan(4_700);
    expect(body.probability).toEqual(expect.any(Number));
    expect(exchange.asked[0]).toContain("/api/v3/aggTrades?symbol=BTCUSDT");
    const { body: predicted } = await fetchJson("/predict?symbol=ETH@binance");
    expect(predicted.warm).toMatchObject({ source: "binance", steps: body.warm.steps });
  });

  it("has those of the venue and the product that the request names", async () => {
    const { body } = await postJson("/admin/symbols/PLAIN/warm", {
      from: "venue",
      venue: "binance-usdm",
      product: "btc/usdt",
    });
    expect(body).toMatchObject({ symbol: "PLAIN", warm: { source: "binance-usdm" } });
    expect(exchange.asked[0]).toContain("/fapi/v1/aggTrades?symbol=BTCUSDT");
  });

  it("has what the venue gives where that is little, and says what is missing", async () => {
    const { status, body } = await warm("ETH@bybit", "BTCUSDT");
    expect([status, body.warm.ticks, exchange.asked.length]).toEqual([200, 60, 1]);
    expect(body).toMatchObject({ probability: null, history: { requests: 1, left_out: 0, cut: null } });
    expect(body.missing[0]).toMatch(/^threshold_values: \d+ of 900$/);
  });

  it("stops at 40 requests, and the newest trades are those that it has", async () => {
    exchange.market = new RestMarket(Date.now(), { trades: 6_000 });
    const { body } = await warm("ETH@okx", "BTC-USDT");
    // 500 of the first page, then 100 each.
    expect(body.warm.ticks).toBe(500 + 39 * 100);
    expect(body.history).toMatchObject({ requests: 40, cut: expect.stringContaining("40 requests") });
    expect(Date.now() - body.warm.to_ms).toBeLessThan(20_000);
    expect(body.warm.ticks).toBeLessThan(MAX_WARM_TICKS);
  });
});
