// Binance spot and USD-M: frames, answers, and what is counted of their messages.
import { describe, expect, test } from "vitest";
import { BINANCE } from "../../../src/markets/feed/binance.ts";
import { BINANCE_USDM_QUOTES, BINANCE_USDM_TRADES } from "../../../src/markets/feed/binance-usdm.ts";
import { readText, RECEIVED_MS, ticksIn } from "./venue-text.ts";

describe("Binance spot", () => {
  test("asks for 100 streams a frame at most, each frame with a number", () => {
    const products = Array.from({ length: 51 }, (_, i) => `P${i}USDT`);
    const frames = BINANCE.subscribe(products, 4).map((text) => JSON.parse(text) as { id: number; params: string[] });
    expect(frames.map(({ id, params }) => [id, params.length])).toEqual([
      [4, 100],
      [5, 2],
    ]);
    expect(frames[1]).toEqual({ method: "SUBSCRIBE", params: ["p50usdt@trade", "p50usdt@bookTicker"], id: 5 });
    expect(JSON.parse(BINANCE.unsubscribe(["BTCUSDT"], 7)[0]!)).toEqual({
      method: "UNSUBSCRIBE",
      params: ["btcusdt@trade", "btcusdt@bookTicker"],
      id: 7,
    });
  });

  test("reads a recorded trade with its number, and a recorded quote, which has no time", () => {
    const trade =
      '{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,' +
      '"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}';
    const quote =
      '{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",' +
      '"a":"61837.64000000","A":"1.54698000"}}';
    expect(ticksIn(BINANCE, trade)).toEqual([
      {
        product: "BTCUSDT",
        trade: [3735683259, 3735683259],
        tsMs: 1723161255342,
        price: 61837.63,
        size: 0.02,
        side: -1,
      },
    ]);
    expect(ticksIn(BINANCE, quote)).toEqual([
      { product: "BTCUSDT", tsMs: RECEIVED_MS, bid: 61837.63, ask: 61837.64, bidSize: 3.78826, askSize: 1.54698 },
    ]);
  });

  test("tells answers, refusals and the server's end apart", () => {
    expect(readText(BINANCE, '{"result":null,"id":1}')).toEqual({ kind: "subscribed", products: [], request: 1 });
    expect(readText(BINANCE, '{"result":["btcusdt@trade"],"id":0}')).toEqual({ kind: "other" });
    const refusal = { kind: "refused", products: [], text: "Invalid request: unknown variant (code 2)" };
    expect(readText(BINANCE, '{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":3}')).toEqual({
      ...refusal,
      request: 3,
    });
    expect(readText(BINANCE, '{"code":2,"msg":"Invalid request: unknown variant"}')).toEqual(refusal);
    const end = { e: "serverShutdown", E: 1770123456789 };
    expect(readText(BINANCE, JSON.stringify(end))).toMatchObject({ kind: "leaving" });
    expect(readText(BINANCE, JSON.stringify({ stream: "", data: end }))).toMatchObject({ kind: "leaving" });
    expect(readText(BINANCE, '{"stream":"btcusdt@depth5","data":{"lastUpdateId":1,"bids":[],"asks":[]}}')).toEqual({
      kind: "other",
    });
    expect(readText(BINANCE, '{"stream":"btcusdt@trade","da')).toEqual({ kind: "unknown" });
  });

  test("its ping is a question that changes nothing", () => {
    expect(JSON.parse(BINANCE.ping!.text)).toEqual({ method: "LIST_SUBSCRIPTIONS", id: 0 });
    expect(BINANCE.ping!.everyMs).toBeLessThan(BINANCE.silenceMs / 2);
  });

  test("takes a product in several spellings", () => {
    const names = ["btcusdt", "BTC/USDT", "BTC-USDT", "btc_usdt"];
    expect(names.map((name) => BINANCE.productOf(name))).toEqual(Array.from(names, () => "BTCUSDT"));
    expect(["币安人生USDT", "BTC USDT", "BTCUSDT@trade", ""].map((name) => BINANCE.productOf(name))).toEqual(
      Array.from({ length: 4 }),
    );
  });
});

describe("Binance USD-M", () => {
  test("has trades and quotes at the two addresses of 2026", () => {
    expect(BINANCE_USDM_TRADES.endpoint).toBe("wss://fstream.binance.com/market/stream");
    expect(BINANCE_USDM_QUOTES.endpoint).toBe("wss://fstream.binance.com/public/stream");
    const params = [BINANCE_USDM_TRADES, BINANCE_USDM_QUOTES].map(
      (protocol) => (JSON.parse(protocol.subscribe(["BTCUSDT"], 1)[0]!) as { params: string[] }).params,
    );
    expect(params).toEqual([["btcusdt@aggTrade"], ["btcusdt@bookTicker"]]);
  });

  test("counts an aggregate trade once, by its own number", () => {
    const data = {
      e: "aggTrade",
      E: 9,
      s: "BTCUSDT",
      a: 5933014,
      p: "0.001",
      q: "100",
      f: 100,
      l: 105,
      T: 1723161256313,
    };
    expect(
      ticksIn(BINANCE_USDM_TRADES, JSON.stringify({ stream: "btcusdt@aggTrade", data: { ...data, m: false } })),
    ).toEqual([
      { product: "BTCUSDT", trade: [5933014, 5933014], tsMs: 1723161256313, price: 0.001, size: 100, side: 1 },
    ]);
  });

  test("reads a recorded quote, which has a time here", () => {
    const quote =
      '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20",' +
      '"B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}}';
    expect(ticksIn(BINANCE_USDM_QUOTES, quote)).toEqual([
      { product: "BTCUSDT", tsMs: 1723161256313, bid: 61800.2, ask: 61800.3, bidSize: 2.507, askSize: 2.51 },
    ]);
  });

  test("takes contracts with a date, and ccxt's names", () => {
    expect(["BTCUSDT_260327", "btc/usdt:usdt", "BTCUSDT"].map((name) => BINANCE_USDM_TRADES.productOf(name))).toEqual([
      "BTCUSDT_260327",
      "BTCUSDT",
      "BTCUSDT",
    ]);
  });
});
