// A feed in the gateway, from PUT /admin/feeds to the symbol's prediction, with a venue inside the isolate.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { fetchJson, fetchWith, postJson } from "./gateway.ts";
import { accepted, end, FakeStream, feedOf, HOST, objectOf, put, trade } from "./fake-stream.ts";

describe("a feed in the gateway", () => {
  it("hands what a venue sends to the symbols, once", async () => {
    const stream = new FakeStream("binance apac", HOST);
    const { status, body } = await put("binance", { symbols: ["btcusdt", "ETH-USDT@binance"] });
    expect(status).toBe(200);
    expect(body.symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual([
      "BTCUSDT@binance",
      "ETHUSDT@binance",
    ]);
    await vi.waitFor(() => expect(stream.heard.length).toBeGreaterThan(0), 10_000);
    expect(JSON.parse(stream.heard[0]!)).toMatchObject({ method: "SUBSCRIBE" });
    await stream.send({ result: null, id: 1 }, trade("BTCUSDT", 1), trade("BTCUSDT", 2), trade("BTCUSDT", 2));
    await stream.send(trade("ETHUSDT", 7));
    await vi.waitFor(async () => expect(await accepted("BTCUSDT@binance")).toBe(2), 20_000);
    await vi.waitFor(async () => expect(await accepted("ETHUSDT@binance")).toBe(1), 20_000);
    const feed = await feedOf("binance");
    expect(feed).toMatchObject({ state: "live", repeated_trades: 1, gaps: 0, reconnects: 0 });
    expect(feed.symbols[0]).toMatchObject({ delivered: 2, waiting: 0, dropped: 0, failure: null });
    const metrics = (await fetchJson("/metrics")).body as string;
    expect(metrics).toContain('volgate_feed_up{venue="binance"} 1');
    expect(metrics).toContain('volgate_feed_ticks_total{venue="binance",outcome="delivered"} 3');
    const { body: history } = await fetchJson("/admin/history");
    expect(history.history[0]).toMatchObject({ alias: "feed", to: "binance from apac: BTCUSDT, ETHUSDT" });
    expect((await end("binance")).body).toEqual({
      venue: "binance",
      symbols: ["BTCUSDT@binance", "ETHUSDT@binance"],
    });
    expect((await fetchJson("/admin/feeds/binance")).status).toBe(404);
    expect(await runInDurableObject(objectOf("binance apac"), (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  it("takes the ticks of a symbol that was left and is followed again", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await put("binance", { symbols: ["LTCUSDT", "XLMUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    await stream.send({ result: null, id: 1 }, trade("XLMUSDT", 1));
    await vi.waitFor(async () => expect(await accepted("XLMUSDT@binance")).toBe(1), 20_000);
    await put("binance", { symbols: ["LTCUSDT"] });
    await put("binance", { symbols: ["LTCUSDT", "XLMUSDT"] });
    await stream.send({ result: null, id: 3 }, trade("XLMUSDT", 2));
    await vi.waitFor(async () => expect((await feedOf("binance")).symbols[1].delivered).toBe(1), 20_000);
    expect(await accepted("XLMUSDT@binance")).toBe(2);
  });

  it("gives a new symbol its past before its first live tick", async () => {
    const stream = new FakeStream("binance apac", HOST);
    const nowMs = Date.now();
    const past = Array.from({ length: 400 }, (_, i) => {
      return { a: 5_000 + i, p: `${100 + (i % 7)}`, q: "1", T: nowMs - (400 - i) * 1_000, m: i % 2 === 0 };
    });
    // One page has all.
    stream.past = (url) => Response.json(url.searchParams.has("fromId") ? [] : past);
    await put("binance", { symbols: ["ADAUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    // The first is the last of the past: the stream numbers trades, the history aggregates.
    const last = trade("ADAUSDT", 8, nowMs - 1_000, 100);
    await stream.send({ result: null, id: 1 }, last, trade("ADAUSDT", 9, Date.now()));
    await vi.waitFor(async () => expect((await feedOf("binance")).symbols[0].delivered).toBe(2), 20_000);
    expect((await feedOf("binance")).symbols[0].late).toBe(1);
    expect((await feedOf("binance")).symbols[0].past).toMatch(/^399 steps of binance/);
    const { body } = await fetchJson("/symbols/ADAUSDT%40binance");
    expect(body.warm).toMatchObject({ source: "binance", steps: 399 });
    expect(body.ticks.accepted).toBe(401);
    expect((await fetchJson("/predict?symbol=ADAUSDT@binance")).body.warm).toMatchObject({ source: "binance" });
  });

  it("refuses what a venue cannot have, and asks for the administrator's token", async () => {
    expect((await put("binance", { symbols: ["BTC USDT"] })).body).toMatchObject({
      status: 400,
      code: "symbols_malformed",
      detail: 'symbols[0]: got "BTC USDT", expected a product of Binance spot',
    });
    expect((await put("binance", { symbols: [] })).body.code).toBe("symbols_malformed");
    expect((await put("binance", { symbols: ["BTCUSDT"], hint: "moon" })).body.code).toBe("hint_malformed");
    expect((await put("mtgox", { symbols: ["BTCUSD"] })).body.code).toBe("venue_malformed");
    expect((await fetchJson("/admin/feeds/okx")).body.code).toBe("unknown_feed");
    const { body } = await fetchJson("/admin/feeds");
    expect(body.feeds).toEqual([]);
    expect(body.venues).toContainEqual({ venue: "kraken", title: "Kraken", hint: "weur" });
    const token = "a-token-of-the-administrator";
    expect((await fetchWith({ ADMIN_TOKEN: token }, "/admin/feeds")).status).toBe(401);
    expect((await postJson("/admin/feeds/binance", {})).status).toBe(405);
  });
});
