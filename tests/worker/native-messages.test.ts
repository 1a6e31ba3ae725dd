// Native messages over HTTP: told by themselves, by ?format=, with ?venue=, and what is not a tick.
import { describe, expect, it } from "vitest";
import { fetchJson, metric, postJson, rise, type Answer } from "./gateway.ts";
import { START_MS, tick } from "./market.ts";

const at = (second: number): number => START_MS + second * 1000;
const iso = (second: number): string => new Date(at(second)).toISOString();

const trade = (s: string, second: number, p = "100") => ({
  ...{ e: "trade", E: at(second), s, t: second, p, q: "0.5", T: at(second), m: false, M: true },
});
const quote = (s: string, u: number) => ({ u, s, b: "99", B: "1", a: "101", A: "2" });
const post = (query: string, body: unknown, headers?: Record<string, string>) =>
  postJson(`/ingest?${query}`, body, headers);
const postText = (query: string, body: string, type = "application/x-ndjson"): Promise<Answer> =>
  fetchJson(`/ingest?${query}`, { method: "POST", body, headers: { "Content-Type": type } });
const accepted = async (symbol: string): Promise<number> =>
  (await fetchJson(`/symbols/${encodeURIComponent(symbol)}`)).body.ticks.accepted;

describe("POST /ingest of native messages", () => {
  it("tells several venues' messages in one request by themselves, beside ticks in its own form", async () => {
    const messages = [
      { stream: "natusdt@trade", data: trade("NATUSDT", 0) },
      {
        channel: "trade",
        type: "update",
        data: [
          { symbol: "nat/usd", side: "buy", price: 5, qty: 1, trade_id: 1, timestamp: iso(0) },
          { symbol: "nat/usd", side: "sell", price: 5, qty: 1, trade_id: 2, timestamp: iso(1) },
        ],
      },
      { channel: "heartbeat" },
      { event: "subscribe", arg: { channel: "trades", instId: "NAT-USDT" } },
      tick("NAT", 0),
      [9, [["7", "1", String(at(0) / 1000), "s", "l", ""]], "trade", "NAT/XBT"],
    ];
    const { status, body } = await post("", messages);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 5, rejected: 0, skipped: 2, errors: [] });
    expect(Object.keys(body.symbols).sort()).toEqual(["NAT", "NAT/XBT", "NATUSDT", "nat/usd"]);
    expect(await accepted("NAT/USD")).toBe(2);
  });

  it("takes a raw capture line by line, at the times of receipt that its lines have", async () => {
    const lines = [
      'wss://stream.binance.com <- 1762171200.1: {"method":"SUBSCRIBE"}',
      `${at(0) / 1000}: ${JSON.stringify({ result: null, id: 1 })}`,
      `${at(1)}000000 ${JSON.stringify({ stream: "capusdt@bookTicker", data: quote("CAPUSDT", 1) })}`,
      `${at(3) / 1000}: ${JSON.stringify(quote("CAPUSDT", 2))}`,
      `${at(4) / 1000}: {"stream":"cap`,
    ];
    const { body } = await postText("", lines.join("\n"), "text/plain");
    expect(body).toMatchObject({ accepted: 2, rejected: 1, skipped: 2 });
    expect(body.errors[0]).toMatchObject({ index: 4, reason: "not_json" });
    expect(body.symbols.CAPUSDT.warnings).toMatchObject([{ code: "receive_time" }]);
    expect((await fetchJson("/symbols/CAPUSDT")).body.watermark_ms).toBe(at(3));
  });

  it("gives a message without a time that of its receipt, and says so", async () => {
    const before = Date.now();
    const { body } = await post("", [quote("SPOTUSDT", 1), quote("SPOTUSDT", 2)]);
    expect(body).toMatchObject({ accepted: 2 });
    const [warning] = body.symbols.SPOTUSDT.warnings;
    expect(warning.code).toBe("receive_time");
    expect(warning.detail).toMatch(/^2 of 2 ticks have no time in their messages/);
    const { watermark_ms, receipt_timed_ticks } = (await fetchJson("/symbols/SPOTUSDT")).body;
    expect(receipt_timed_ticks).toBe(2);
    expect(watermark_ms).toBeGreaterThanOrEqual(before);
    expect(watermark_ms).toBeLessThanOrEqual(Date.now());
  });

  it("refuses what is not of the format named, says what it is, and counts it", async () => {
    const messages = [trade("NAMED", 0), { channel: "heartbeat" }, { a: 1, b: 2 }, [1, 2], 7, tick("NAMED", 1)];
    const refused = await rise("volgate_ticks_rejected_total", { reason: "not_of_format" }, async () => {
      const { body } = await post("format=binance", messages);
      expect(body).toMatchObject({ accepted: 1, rejected: 5 });
      expect(body.errors.map(({ index, got }: { index: number; got: string }) => [index, got])).toEqual([
        [1, "a message of kraken"],
        [2, "an object with a, b"],
        [3, "a list of 2"],
        [4, "7"],
        [5, "an object with symbol, ts, price"],
      ]);
      expect(body.errors[0]).toMatchObject({
        ...{ reason: "not_of_format", field: "message", expected: "a message of binance, as ?format= says" },
      });
    });
    expect(refused).toBe(5);
  });

  it("refuses messages of venues that it does not know, and reads rows that look like a heartbeat", async () => {
    const foreign = [
      { type: "message", topic: "/market/match:NAT-USDT", subject: "trade.l3match", data: { price: "1" } },
      { topic: "PERP_NAT_USDT@trade", ts: at(0), data: { symbol: "PERP_NAT_USDT", price: 1 } },
      { id: -1, method: "subscribe", code: 0, result: { channel: "trade", data: [{ p: "1" }] } },
      { action: "snapshot", arg: { instType: "SPOT", channel: "trade", instId: "NATUSDT" }, data: [{ price: "1" }] },
      { topic: "trade", params: { symbol: "NATUSDT" }, data: { v: "1", t: at(0), p: "1", q: "1", m: true } },
    ];
    const { status, body } = await post("", foreign);
    expect([status, body.accepted, body.rejected]).toEqual([422, 0, foreign.length]);
    for (const format of ["bybit", "binance", "kraken", "okx"]) {
      const named = (await post(`format=${format}`, foreign)).body;
      expect(named).toMatchObject({ accepted: 0, rejected: foreign.length });
      expect(new Set(named.errors.map(({ reason }: { reason: string }) => reason))).toEqual(new Set(["not_of_format"]));
    }
    const rows = [
      { symbol: "R-TOPIC", timestamp: at(0), price: 100, topic: "ticks" },
      { symbol: "R-TOPIC", timestamp: at(1), price: 100, channel: "heartbeat" },
    ];
    expect((await post("", rows)).body).toMatchObject({ accepted: 2, rejected: 0 });
  });

  it("takes its own form alone where that is named", async () => {
    const { body } = await post("format=tick", [tick("OWN", 0), trade("OWN", 1)]);
    expect(body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(body.errors[0]).toMatchObject({ index: 1, reason: "symbol_missing" });
  });

  it("chooses nothing between two formats, and names them", async () => {
    const both = { arg: { channel: "trades", instId: "BOTH" }, data: [], ...trade("BOTH", 0) };
    const { status, body } = await post("", both);
    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({
      ...{ reason: "ambiguous_format", got: "binance and okx" },
      expected: "a message of one format; with ?format= it is read as binance or okx",
    });
    expect((await post("format=binance", both)).body).toMatchObject({ accepted: 1 });
  });

  it("counts a request of heartbeats alone, and refuses none of it", async () => {
    const { status, body } = await post("format=kraken", [{ channel: "heartbeat" }, { event: "heartbeat" }]);
    expect([status, body.skipped, body.accepted, body.rejected]).toEqual([200, 2, 0, 0]);
  });

  it("refuses an unknown format and a malformed venue", async () => {
    for (const [query, code] of [
      ["format=ftx", "format_malformed"],
      ["venue=a%20b", "venue_malformed"],
    ] as const) {
      const { status, body } = await post(query, tick("A", 0));
      expect([status, body.code]).toEqual([400, code]);
    }
  });

  it("knows a numbered batch that is sent again, whatever it was received", async () => {
    const as = (seq: number) => ({ "X-Producer-Id": "feed", "X-Producer-Seq": String(seq) });
    const batch = [quote("AGAINUSDT", 1), trade("AGAINUSDT2", 2)];
    expect((await post("", batch, as(1))).body).toMatchObject({ accepted: 2 });
    expect((await post("", batch, as(1))).body).toMatchObject({ accepted: 0, duplicate: 2 });
    // Within an envelope too, whose fields are not the message's own.
    const nested = (p: string) => [{ stream: "x@trade", data: trade("NESTEDUSDT", 3, p) }];
    expect((await post("", nested("1"), as(2))).body).toMatchObject({ accepted: 1 });
    expect((await post("", nested("1"), as(2))).body).toMatchObject({ duplicate: 1 });
    expect((await post("", nested("1.1"), as(2))).status).toBe(409);
  });

  it("refuses messages with more ticks in them than a request may have", async () => {
    const data = Array.from({ length: 1001 }, (_, i) => ({ symbol: "MANY", price: 1, timestamp: iso(i) }));
    const message = { channel: "trade", type: "snapshot", data };
    const { status, body } = await post("", Array(5).fill(message));
    expect([status, body.code]).toEqual([413, "too_many_ticks"]);
    expect(await metric("volgate_symbol_up", { symbol: "MANY" })).toBe(0);
  });
});

describe("POST /ingest?venue=", () => {
  it("names the venue of ticks that name none, in any form", async () => {
    const { body } = await post("venue=Binance", [trade("VENUEUSDT", 0), tick("VENUEUSDT", 1)]);
    expect(Object.keys(body.symbols)).toEqual(["VENUEUSDT@Binance"]);
    expect(await accepted("VENUEUSDT@binance")).toBe(2);
    expect((await fetchJson("/symbols/VENUEUSDT")).status).toBe(404);
  });

  it("refuses a tick that names another one", async () => {
    const { body } = await post("venue=kraken", [
      { ...tick("V", 0), venue: "okx" },
      { ...tick("V", 1), venue: "KRAKEN" },
      { ...tick("V@okx", 2) },
    ]);
    expect(body).toMatchObject({ accepted: 1, rejected: 2 });
    expect(body.errors).toMatchObject([
      { index: 0, reason: "venue_malformed", got: '"okx"', expected: "kraken, which ?venue= says" },
      { index: 2, reason: "venue_malformed" },
    ]);
  });

  it("is never implied by the format", async () => {
    const { body } = await post("format=binance", trade("PLAINUSDT", 0));
    expect(Object.keys(body.symbols)).toEqual(["PLAINUSDT"]);
  });
});

describe("a body of lines that are lists", () => {
  it("is NDJSON, one message a line, also without saying so", async () => {
    const lines = [0, 1].map((second) =>
      JSON.stringify([1, [["5", "1", String(at(second) / 1000), "b", "l", ""]], "trade", "LIST/USD"]),
    );
    expect((await postText("", lines.join("\n"), "text/plain")).body).toMatchObject({ accepted: 2 });
    expect((await postText("", lines[0]!, "application/json")).body).toMatchObject({ duplicate: 0, late: 1 });
  });

  it("is refused where it is one array that is damaged", async () => {
    const { status, body } = await postText(
      "",
      `[${JSON.stringify(tick("D", 0))},\n${JSON.stringify(tick("D", 1))}`,
      "text/plain",
    );
    expect([status, body.code]).toEqual([400, "not_json"]);
  });
});
