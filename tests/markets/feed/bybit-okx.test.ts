// Bybit and OKX, version 5 of both: frames, answers, and what is counted of their messages.
import { describe, expect, test } from "vitest";
import { BYBIT, BYBIT_LINEAR } from "../../../src/markets/feed/bybit.ts";
import { OKX } from "../../../src/markets/feed/okx.ts";
import { readText, ticksIn } from "./venue-text.ts";

describe("Bybit", () => {
  test("asks for each product alone, under an id that names it", () => {
    expect(BYBIT.subscribe(["BTCUSDT", "ETHUSDT"], 8).map((text) => JSON.parse(text) as unknown)).toEqual([
      { req_id: "8:BTCUSDT", op: "subscribe", args: ["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"] },
      { req_id: "9:ETHUSDT", op: "subscribe", args: ["publicTrade.ETHUSDT", "orderbook.1.ETHUSDT"] },
    ]);
    expect(BYBIT.endpoint).toBe("wss://stream.bybit.com/v5/public/spot");
    expect(BYBIT_LINEAR.endpoint).toBe("wss://stream.bybit.com/v5/public/linear");
  });

  test("tells answers, refusals and pongs apart", () => {
    const answer = (fields: object) => readText(BYBIT, JSON.stringify({ conn_id: "2324d924", ...fields }));
    const subscribe = { success: true, ret_msg: "subscribe", req_id: "8:BTCUSDT", op: "subscribe" };
    expect(answer(subscribe)).toEqual({ kind: "subscribed", products: ["BTCUSDT"] });
    expect(answer({ ...subscribe, req_id: "" })).toEqual({ kind: "subscribed", products: [] });
    const refusal = "error:handler not found,topic:publicTrade.FOOUSDT";
    expect(answer({ ...subscribe, success: false, ret_msg: refusal })).toEqual({
      kind: "refused",
      products: ["FOOUSDT"],
      text: refusal,
    });
    const again = "error:already subscribed,topic:publicTrade.BTCUSDT";
    expect(answer({ ...subscribe, success: false, ret_msg: again })).toEqual({
      kind: "subscribed",
      products: ["BTCUSDT"],
    });
    expect(answer({ ...subscribe, success: false, ret_msg: "Params Error" })).toMatchObject({ products: ["BTCUSDT"] });
    expect(answer({ success: true, ret_msg: "pong", req_id: "", op: "ping" })).toEqual({ kind: "other" });
    expect(answer({ op: "pong", args: ["1675418560633"] })).toEqual({ kind: "other" });
  });

  test("reads trades without numbers, since Bybit's are not counted, and whole books of one level", () => {
    const data = [
      { T: 1672304486865, s: "BTCUSDT", S: "Buy", v: "0.001", p: "16578.50", i: "2290000000061666327", BT: false },
      { T: 1672304486866, s: "BTCUSDT", S: "Sell", v: "0.002", p: "16578.00", i: "20f43950-d8dd", BT: false },
    ];
    const trades = { topic: "publicTrade.BTCUSDT", type: "snapshot", ts: 1672304486868, data };
    const tick = { product: "BTCUSDT" };
    expect(ticksIn(BYBIT, JSON.stringify(trades))).toEqual([
      { ...tick, tsMs: 1672304486865, price: 16578.5, size: 0.001, side: 1 },
      { ...tick, tsMs: 1672304486866, price: 16578, size: 0.002, side: -1 },
    ]);
    const book = { s: "BTCUSDT", b: [["16493.50", "0.006"]], a: [["16611.00", "0.029"]], u: 18521288, seq: 7961638724 };
    const quote = { topic: "orderbook.1.BTCUSDT", type: "snapshot", ts: 1672304484978, data: book, cts: 1672304484976 };
    expect(ticksIn(BYBIT_LINEAR, JSON.stringify(quote))).toEqual([
      { ...tick, tsMs: 1672304484976, bid: 16493.5, ask: 16611, bidSize: 0.006, askSize: 0.029 },
    ]);
  });

  test("takes contracts with a date on linear alone", () => {
    expect(BYBIT_LINEAR.productOf("btc-26dec25")).toBe("BTC-26DEC25");
    expect(BYBIT_LINEAR.productOf("BTC/USDT:USDT")).toBe("BTCUSDT");
    expect(BYBIT.productOf("btc/usdt")).toBe("BTCUSDT");
  });
});

describe("OKX", () => {
  test("asks for each product alone", () => {
    expect(OKX.subscribe(["BTC-USDT", "BTC-USDT-SWAP"], 5).map((text) => JSON.parse(text) as unknown)).toEqual(
      ["BTC-USDT", "BTC-USDT-SWAP"].map((instId, at) => ({
        id: String(5 + at),
        op: "subscribe",
        args: [
          { channel: "trades", instId },
          { channel: "bbo-tbt", instId },
        ],
      })),
    );
  });

  test("reads a recorded trade, and one that sums up three", () => {
    const recorded =
      '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"338476373",' +
      '"px":"30227.6","sz":"1.21","side":"buy","ts":"1652459235575"}]}';
    const tick = { product: "BTC-USDT", tsMs: 1652459235575, price: 30227.6, size: 1.21, side: 1 };
    expect(ticksIn(OKX, recorded)).toEqual([{ ...tick, trade: [338476373, 338476373] }]);
    const sum = recorded.replace('"side":"buy"', '"side":"buy","count":"3","source":"0","seqId":1234');
    expect(ticksIn(OKX, sum)).toEqual([{ ...tick, trade: [338476371, 338476373] }]);
  });

  test("reads the best bid and ask", () => {
    const data = [
      { asks: [["111.06", "55154", "0", "2"]], bids: [["111.05", "57745", "0", "2"]], ts: "1670324386802" },
    ];
    expect(ticksIn(OKX, JSON.stringify({ arg: { channel: "bbo-tbt", instId: "BCH-USDT-SWAP" }, data }))).toEqual([
      { product: "BCH-USDT-SWAP", tsMs: 1670324386802, bid: 111.05, ask: 111.06, bidSize: 57745, askSize: 55154 },
    ]);
  });

  test("counts no ticker, which would repeat the last trade", () => {
    const data = [
      { instId: "BTC-USDT", last: "9", askPx: "10", askSz: "1", bidPx: "8", bidSz: "1", ts: "1597026383085" },
    ];
    const text = JSON.stringify({ arg: { channel: "tickers", instId: "BTC-USDT" }, data });
    expect(readText(OKX, text)).toEqual({ kind: "other" });
    const ticker = { symbol: "BTCUSDT", lastPrice: "9", bid1Price: "8", ask1Price: "10" };
    expect(readText(BYBIT, JSON.stringify({ topic: "tickers.BTCUSDT", ts: 1, data: ticker }))).toEqual({
      kind: "other",
    });
  });

  test("tells pongs, answers, refusals and notices apart", () => {
    expect(readText(OKX, "pong")).toEqual({ kind: "other" });
    expect(readText(OKX, "pon")).toEqual({ kind: "unknown" });
    const answer = { event: "subscribe", arg: { channel: "trades", instId: "BTC-USDT" }, connId: "a4d3ae55" };
    expect(readText(OKX, JSON.stringify(answer))).toEqual({ kind: "subscribed", products: ["BTC-USDT"] });
    expect(readText(OKX, JSON.stringify({ ...answer, event: "unsubscribe" }))).toEqual({ kind: "other" });
    const msg = "Wrong URL or channel:trades,instId:FOO-USDT doesn't exist. Please use the correct URL";
    expect(readText(OKX, JSON.stringify({ event: "error", msg, code: "60018", connId: "a4d3ae55" }))).toEqual({
      kind: "refused",
      products: ["FOO-USDT"],
      text: `${msg} (code 60018)`,
    });
    const notice = "The connection will soon be closed for a service upgrade. Please reconnect.";
    expect(readText(OKX, JSON.stringify({ event: "notice", code: "64008", msg: notice, connId: "a4d3ae55" }))).toEqual({
      kind: "leaving",
      text: `${notice} (code 64008)`,
    });
  });

  test("takes spot, swaps and dated contracts", () => {
    expect(["btc/usdt", "BTC-USDT-SWAP", "BTC-USD-261225"].map((name) => OKX.productOf(name))).toEqual([
      "BTC-USDT",
      "BTC-USDT-SWAP",
      "BTC-USD-261225",
    ]);
    expect(OKX.productOf("BTCUSDT")).toBeUndefined();
  });
});
