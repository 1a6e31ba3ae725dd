// Ticks over a socket of their symbol: the same verdicts as POST /ingest, answered frame by frame.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { deliverHere } from "../../src/clients/deliver-batch.ts";
import { refusedBatch } from "../../src/durable/symbol/pipeline.ts";
import { encodeTickFrame } from "../../src/markets/tick-frame.ts";
import { fetchJson, fetchWith, ingest, rise } from "./gateway.ts";
import { market, START_MS, tick } from "./market.ts";
import { packedFrame, SocketClient } from "./socket-door.ts";

/** The counts of an acknowledgement. */
const counts = (accepted: number, other: object = {}) => ({
  type: "ack",
  accepted,
  duplicate: 0,
  late: 0,
  held: 0,
  released: 0,
  rejected: 0,
  ...other,
});
const stateOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body;

describe("WS /symbols/:symbol/ticks", () => {
  it("takes ticks as text and packed, and gives the state that POST /ingest gives", async () => {
    const ticks = market("TEXT", 300);
    const renamed = (symbol: string) => ticks.map((message) => ({ ...message, symbol }));
    await ingest(renamed("POSTED"));
    const text = await SocketClient.open("/symbols/TEXT/ticks");
    const packed = await SocketClient.open("/symbols/packed/ticks?producer=p1");
    const bare = ticks.map(({ ts, price, bid, ask, bidSize, askSize }) => ({ ts, price, bid, ask, bidSize, askSize }));
    for (let k = 0; k < 3; k++) {
      const part = bare.slice(k * 100, k * 100 + 100);
      expect(await text.ask({ seq: 7 + k, ticks: part })).toEqual(counts(100, { seq: 7 + k }));
      expect(await packed.ask(packedFrame(k, { "": part }))).toEqual(counts(100, { seq: k }));
    }
    const posted = await stateOf("POSTED");
    for (const symbol of ["TEXT", "PACKED"]) {
      const state = await stateOf(symbol);
      expect(state).toMatchObject({ steps_closed: posted.steps_closed, ticks: posted.ticks });
      expect(state.probability).toBe(posted.probability);
    }
    text.close();
    packed.close();
  });

  it("says hello with its limits, and speaks its protocol", async () => {
    const { client, hello, response } = await SocketClient.greeted("/symbols/HELLO/ticks", {
      "Sec-WebSocket-Protocol": "volgate.v1",
    });
    expect(hello).toEqual({
      type: "hello",
      protocol: "volgate.v1",
      max_frames_in_flight: 64,
      max_bytes_in_flight: 8_388_608,
    });
    expect(response.headers.get("Sec-WebSocket-Protocol")).toBe("volgate.v1");
    expect(await client.ask("ping")).toBe("pong");
    client.close();
  });

  it("refuses what is no upgrade, other protocols, and a producer or venue that is none", async () => {
    expect(await fetchJson("/symbols/A/ticks")).toMatchObject({ status: 426, body: { code: "upgrade_required" } });
    expect(await fetchJson("/ticks")).toMatchObject({ status: 426, body: { code: "upgrade_required" } });
    const upgrade = { headers: { Upgrade: "websocket" } };
    for (const [path, code] of [
      ["/symbols/A/ticks?producer=a%20b", "producer_malformed"],
      ["/symbols/A/ticks?venue=%20", "venue_malformed"],
      ["/symbols/A@kraken/ticks?venue=coinbase", "venue_malformed"],
      ["/symbols/A%20B/ticks", "symbol_malformed"],
    ] as const) {
      expect((await fetchJson(path, upgrade)).body).toMatchObject({ status: 400, code });
    }
    const other = { headers: { ...upgrade.headers, "Sec-WebSocket-Protocol": "mqtt" } };
    expect((await fetchJson("/ticks", other)).body).toMatchObject({ status: 400, code: "protocol_malformed" });
    const closed = await fetchWith({ ENVIRONMENT: "production" }, "/symbols/A/ticks", upgrade);
    expect(closed.body).toMatchObject({ status: 503, code: "not_configured" });
    const wrong = await fetchWith({ INGEST_TOKEN: "secret-of-ingest-1" }, "/symbols/A/ticks", upgrade);
    expect(wrong.body).toMatchObject({ status: 401, code: "not_authenticated" });
  });

  it("refuses single ticks as POST /ingest does, with their place in the frame", async () => {
    const socket = await SocketClient.open("/symbols/SINGLE/ticks?venue=kraken");
    const good = { ts: START_MS, price: 100 };
    const rejected = await rise(
      "volgate_ticks_rejected_total",
      { way: "socket", reason: "price_not_positive" },
      async () => {
        const answer = await socket.ask({
          seq: 1,
          ticks: [good, { ...good, price: 0 }, 7, { ...good, symbol: "OTHER" }],
        });
        expect(answer).toMatchObject(counts(1, { rejected: 3 }));
        expect(answer.errors).toMatchObject([
          { index: 1, symbol: "SINGLE@kraken", reason: "price_not_positive" },
          { index: 2, reason: "not_an_object" },
          { index: 3, reason: "symbol_malformed", got: "OTHER@kraken", expected: "SINGLE@kraken, the socket's symbol" },
        ]);
      },
    );
    expect(rejected).toBe(1);
    const rows = Float64Array.from([START_MS + 1000, -5, ...Array<number>(11).fill(NaN)]);
    const packed = await socket.ask(encodeTickFrame(2, [{ name: "single", venue: "Kraken", rows }]));
    expect(packed).toMatchObject(counts(0, { seq: 2, rejected: 1, errors: [{ index: 0, got: "-5" }] }));
    const other = await socket.ask(encodeTickFrame(3, [{ name: "OTHER", venue: "", rows }]));
    expect(other).toMatchObject({ rejected: 1, errors: [{ reason: "symbol_malformed", got: "OTHER@kraken" }] });
    const elsewhere = await socket.ask(encodeTickFrame(4, [{ name: "", venue: "okx", rows }]));
    expect(elsewhere).toMatchObject({ rejected: 1, errors: [{ reason: "venue_malformed", got: '"okx"' }] });
    socket.close();
  });

  it("takes native messages, warns of late ticks and of times of receipt", async () => {
    const socket = await SocketClient.open("/symbols/BTCUSDT/ticks");
    const bookTicker = { u: 1, s: "BTCUSDT", b: "99.5", B: "1", a: "100.5", A: "2" };
    const answer = await socket.ask({ seq: 1, ticks: [bookTicker, { result: null, id: 1 }] });
    expect(answer).toMatchObject(counts(1, { skipped: 1, warnings: [{ code: "receive_time" }] }));
    const late = await socket.ask({ seq: 2, ticks: [{ ts: START_MS, price: 100 }] });
    expect(late).toMatchObject(counts(0, { late: 1, warnings: [{ code: "late_ticks" }] }));
    socket.close();
  });

  it("applies a frame that is sent again once, on another socket too", async () => {
    const frame = packedFrame(1, { "": market("AGAIN", 50) });
    const first = await SocketClient.open("/symbols/AGAIN/ticks?producer=again");
    expect(await first.ask(frame)).toMatchObject(counts(50));
    first.close();
    const second = await SocketClient.open("/symbols/AGAIN/ticks?producer=again");
    expect(await second.ask(frame)).toMatchObject(counts(0, { seq: 1, duplicate: 50 }));
    expect(await second.ask(packedFrame(1, { "": [tick("AGAIN", 500)] }))).toMatchObject({
      type: "refused",
      seq: 1,
      code: "sequence_conflict",
      retry_after_s: null,
    });
    const newer = await SocketClient.open("/symbols/AGAIN/ticks?producer=other");
    for (let seq = 0; seq < 130; seq++) await newer.ask({ seq, ticks: [tick("AGAIN", 600 + seq)] });
    expect(await newer.ask({ seq: 0, ticks: [tick("AGAIN", 600)] })).toMatchObject({ code: "sequence_too_old" });
    expect((await stateOf("AGAIN")).ticks).toMatchObject({ accepted: 180 });
    second.close();
    newer.close();
  });

  it("admits new symbols as POST /ingest does", async () => {
    const socket = await SocketClient.open("/symbols/NEW-ONE/ticks");
    expect((await fetchJson("/symbols")).body.symbols).not.toContain("NEW-ONE");
    expect(await socket.ask({ seq: 1, ticks: [{ ts: START_MS }] })).toMatchObject(counts(0, { rejected: 1 }));
    expect((await fetchJson("/symbols")).body.symbols).not.toContain("NEW-ONE");
    await socket.ask({ seq: 2, ticks: [tick("NEW-ONE", 1)] });
    expect((await fetchJson("/symbols")).body.symbols).toContain("NEW-ONE");
    socket.close();
    const batch = {
      symbol: "NEVER",
      rows: new Float64Array(13),
      producer: null,
      producerSeq: null,
      maxTraceBytes: null,
    };
    const take = () => Promise.resolve([refusedBatch("not_created")]);
    for (const [variables, reason] of [
      [{ MAX_SYMBOLS: "1" }, "symbol_limit"],
      [{ ALLOWED_SYMBOLS: "A" }, "symbol_not_allowed"],
    ] as const) {
      const rejected = await rise("volgate_ticks_rejected_total", { way: "socket", reason }, async () => {
        const [delivery] = await deliverHere({ ...env, ...variables }, [batch], { way: "socket", take });
        expect(delivery).toEqual({ kind: "not_admitted", reason });
      });
      expect(rejected).toBe(1);
    }
  });
});

describe("a symbol that does not apply what came", () => {
  it("refuses it as symbol_timeout when the time of a call is over", async () => {
    const batch = {
      symbol: "HANGS",
      rows: new Float64Array(13),
      producer: null,
      producerSeq: null,
      maxTraceBytes: null,
    };
    const take = () => new Promise<never>(() => undefined);
    const counted = await rise("volgate_object_timeouts_total", { object: "symbol" }, async () => {
      const quick = { ...env, OBJECT_DEADLINE_MS: "100" };
      const deliveries = await deliverHere(quick, [batch, batch], { way: "socket", take });
      expect(deliveries).toEqual(Array(2).fill({ kind: "failed", code: "symbol_timeout" }));
    });
    expect(counted).toBe(1);
  });
});

describe("a frame that cannot be read", () => {
  it.each([
    ["not_json", null, "{"],
    ["frame_malformed", null, "[]"],
    ["frame_malformed", 3, '{"seq":3,"tick":[]}'],
    ["frame_malformed", null, '{"seq":-1,"ticks":[]}'],
    ["frame_malformed", null, new Uint8Array(16)],
    ["too_many_ticks", 4, JSON.stringify({ seq: 4, ticks: Array(5_001).fill(0) })],
    ["too_many_ticks", 5, encodeTickFrame(5, [{ name: "", venue: "", rows: new Float64Array(5_001 * 13) }])],
    ["too_many_ticks", 3, JSON.stringify({ seq: 3, ticks: [manyTrades(5_001)] })],
    ["frame_too_large", null, JSON.stringify({ seq: 4, ticks: [Array(320_000).fill(0)] })],
  ])("is refused as %s with the number %s, and the next one is taken", async (code, seq, message) => {
    const socket = await SocketClient.open("/symbols/UNREAD/ticks");
    const refused = await rise("volgate_socket_frames_total", { socket: "symbol", outcome: code }, async () => {
      await socket.ask({ seq: 2, ticks: [] });
      expect(await socket.ask(message)).toMatchObject({ type: "refused", seq, code, retry_after_s: null });
      expect(await socket.ask({ seq: seq === 3 ? 4 : 3, ticks: [] })).toMatchObject(counts(0));
    });
    expect(refused).toBe(1);
    socket.close();
  });
});

/** A message of Coinbase with many trades. */
function manyTrades(count: number): object {
  const trade = {
    trade_id: "1",
    product_id: "UNREAD",
    price: "1",
    size: "1",
    side: "BUY",
    time: "2025-01-01T00:00:00Z",
  };
  return {
    channel: "market_trades",
    timestamp: "2025-01-01T00:00:00Z",
    events: [{ type: "update", trades: Array(count).fill(trade) }],
  };
}
