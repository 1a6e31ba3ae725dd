// WS /ticks: frames of several symbols, acknowledged when all have taken theirs.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { deliverFrame } from "../../src/clients/deliver-batch.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { parseTick, type Tick } from "../../src/features/tick.ts";
import { encodeTickFrame } from "../../src/markets/tick-frame.ts";
import { fetchJson, ingest, rise, stubOf } from "./gateway.ts";
import { market, START_MS, tick } from "./market.ts";
import { packedFrame, SocketClient } from "./socket-door.ts";

const ticksOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body.ticks;

/** Lets a symbol fail, or not. */
async function setFailing(symbol: string, fails: boolean): Promise<void> {
  await runInDurableObject(stubOf(symbol), ({ access }) => {
    const fail = (): never => {
      throw new Error("on purpose");
    };
    if (fails) Object.assign(access, { prepare: fail });
    else delete (access as { prepare?: unknown }).prepare;
  });
}

describe("WS /ticks", () => {
  it("hands each symbol its part of a frame, text or packed, in order", async () => {
    const socket = await SocketClient.open("/ticks?producer=several");
    const [a, b] = [market("WS-A", 200), market("WS-B", 200, { seed: 2 })];
    const half = (ticks: readonly object[], k: number) => ticks.slice(k * 100, k * 100 + 100);
    socket.send(packedFrame(1, { "ws-a": half(a, 0), "WS-B": half(b, 0) }));
    socket.send({ seq: 2, ticks: [...half(a, 1), ...half(b, 1), { ts: START_MS, price: 1 }] });
    const [packed, text] = await socket.take(2);
    expect(packed).toMatchObject({ type: "ack", seq: 1, accepted: 200, rejected: 0 });
    expect(text).toMatchObject({ type: "ack", seq: 2, accepted: 200, rejected: 1 });
    expect(text.errors).toMatchObject([{ index: 200, reason: "symbol_missing" }]);
    for (const symbol of ["WS-A", "WS-B"]) expect(await ticksOf(symbol)).toMatchObject({ accepted: 200, late: 0 });
    socket.close();
  });

  it("joins the sections of one symbol, and refuses those that name none", async () => {
    const socket = await SocketClient.open("/ticks?venue=kraken");
    const row = (second: number) => Float64Array.from([START_MS + second * 1000, 100, ...Array<number>(11).fill(NaN)]);
    const sections = [
      { name: "JOINED", venue: "", rows: row(1) },
      { name: "", venue: "", rows: row(1) },
      { name: "joined@kraken", venue: "Kraken", rows: row(2) },
    ];
    const answer = await socket.ask(encodeTickFrame(1, sections));
    expect(answer).toMatchObject({ accepted: 2, rejected: 1, errors: [{ index: 1, reason: "symbol_malformed" }] });
    expect(await ticksOf("JOINED@kraken")).toMatchObject({ accepted: 2 });
    socket.close();
  });

  it("knows a frame with many sections of one symbol again by the content of all of them", async () => {
    const socket = await SocketClient.open("/ticks?producer=sections");
    const frame = (lastPrice: number) => {
      const sections = Array.from({ length: 200 }, (_, i) => {
        const price = i === 199 ? lastPrice : 100;
        return {
          name: "CUT",
          venue: "",
          rows: Float64Array.from([START_MS + i, price, ...Array<number>(11).fill(NaN)]),
        };
      });
      return encodeTickFrame(1, sections);
    };
    expect(await socket.ask(frame(100))).toMatchObject({ type: "ack", accepted: 200 });
    expect(await socket.ask(frame(100))).toMatchObject({ type: "ack", accepted: 0, duplicate: 200 });
    expect(await socket.ask(frame(101))).toMatchObject({ type: "refused", code: "sequence_conflict" });
    socket.close();
  });

  it("refuses a frame of which a symbol took nothing, and takes it once when it comes again", async () => {
    await ingest([tick("WELL", 0), tick("ILL", 0)]);
    await setFailing("ILL", true);
    const socket = await SocketClient.open("/ticks?producer=partly");
    const frame = { seq: 1, ticks: [tick("WELL", 1), tick("ILL", 1)] };
    const failed = await rise("volgate_ingest_failures_total", { way: "socket", code: "symbol_failed" }, async () => {
      expect(await socket.ask(frame)).toMatchObject({
        type: "refused",
        seq: 1,
        code: "symbol_failed",
        retry_after_s: 1,
        symbols: [{ symbol: "ILL", code: "symbol_failed", ticks: 1, retry_after_s: 1 }],
      });
    });
    expect(failed).toBe(1);
    expect(await socket.ask({ seq: 2, ticks: [tick("WELL", 2)] })).toMatchObject({ code: "resend_from", from: 1 });
    await setFailing("ILL", false);
    expect(await socket.ask(frame)).toMatchObject({ type: "ack", accepted: 1, duplicate: 1 });
    expect(await socket.ask({ seq: 2, ticks: [tick("WELL", 2)] })).toMatchObject({ type: "ack", accepted: 1 });
    for (const symbol of ["WELL", "ILL"]) expect(await ticksOf(symbol)).toMatchObject({ duplicate: 0, late: 0 });
    socket.close();
  });

  it("creates no more symbols with one frame than the limit allows", async () => {
    const { length: existing } = (await fetchJson("/symbols")).body.symbols;
    const variables = { ...env, MAX_SYMBOLS: String(existing + 2) };
    const batches = Array.from({ length: 8 }, (_, i) => {
      const packed = new PackedTicks();
      packed.add(parseTick(tick(`WS-LIMIT-${i}`, 1), Infinity) as Tick);
      const sent = { producer: null, producerSeq: null, maxTraceBytes: null };
      return { symbol: `WS-LIMIT-${i}`, rows: packed.rows(), ...sent };
    });
    const deliveries = await deliverFrame(variables, batches);
    expect(deliveries.map(({ kind }) => kind)).toEqual([
      ...Array<string>(2).fill("taken"),
      ...Array<string>(6).fill("not_admitted"),
    ]);
  });

  it("brings back a symbol that was removed meanwhile", async () => {
    const socket = await SocketClient.open("/ticks");
    await socket.ask({ seq: 1, ticks: [tick("GONE", 1)] });
    await fetchJson("/admin/symbols/GONE", { method: "DELETE", body: "{}" });
    expect(await socket.ask({ seq: 2, ticks: [tick("GONE", 2)] })).toMatchObject({ type: "ack", accepted: 1 });
    socket.close();
  });
});
