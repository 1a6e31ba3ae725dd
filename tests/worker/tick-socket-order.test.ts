// The order of a socket's frames, what it may send without an answer, and what ends it.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { refusedBatch } from "../../src/durable/symbol/pipeline.ts";
import { fetchJson, rise, sqlOf, stubOf } from "./gateway.ts";
import { market, roughMarket, START_MS, tick } from "./market.ts";
import { packedFrame, SocketClient } from "./socket-door.ts";

const frame = (seq: number, second: number) => ({ seq, ticks: [{ ts: START_MS + second * 1000, price: 100 }] });
const ticksOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body.ticks;

/** Lets the symbol's archive seem full, or not. */
async function setBacklog(symbol: string, isBacklogged: boolean): Promise<void> {
  await runInDurableObject(stubOf(symbol), (object) => {
    const { archive } = object.live!.engine;
    Object.defineProperty(archive, "isBacklogged", { get: () => isBacklogged, configurable: true });
  });
}

/** Lets a symbol take its batches slowly. */
async function slow(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), (object) => {
    const refused = [refusedBatch("archive_backlog")];
    const take = (): Promise<unknown> => new Promise((done) => setTimeout(done, 1_000, refused));
    Object.assign(object, { takeBatches: take });
  });
}

/** How many batches a symbol takes at a time; the first ones late, so that others wait behind them. */
async function watchGroups(symbol: string): Promise<readonly number[]> {
  const sizes: number[] = [];
  await runInDurableObject(stubOf(symbol), (object) => {
    const { takeBatches } = object as unknown as { takeBatches: (batches: readonly unknown[]) => Promise<unknown> };
    Object.assign(object, {
      takeBatches: async (batches: readonly unknown[]): Promise<unknown> => {
        sizes.push(batches.length);
        if (sizes.length === 1) await new Promise((done) => setTimeout(done, 500));
        return await takeBatches.call(object, batches);
      },
    });
  });
  return sizes;
}

describe("after a frame that must come again", () => {
  it("no later one is taken before it, so that no tick becomes late", async () => {
    const socket = await SocketClient.open("/symbols/GATED/ticks?producer=gate");
    await socket.ask(frame(7, 1));
    await setBacklog("GATED", true);
    socket.send(frame(8, 2));
    socket.send(frame(9, 3));
    socket.send("not a frame");
    socket.send(frame(10, 4));
    expect(await socket.take(4)).toMatchObject([
      { type: "refused", seq: 8, code: "archive_backlog", retry_after_s: 5 },
      { type: "refused", seq: 9, code: "resend_from", from: 8, retry_after_s: 5 },
      { type: "refused", seq: null, code: "not_json" },
      { type: "refused", seq: 10, code: "resend_from", from: 8 },
    ]);
    await setBacklog("GATED", false);
    expect(await socket.ask(frame(9, 3))).toMatchObject({ code: "resend_from", from: 8 });
    for (const seq of [8, 9, 10]) socket.send(frame(seq, seq - 6));
    expect(await socket.take(3)).toMatchObject([8, 9, 10].map((seq) => ({ type: "ack", seq, accepted: 1, late: 0 })));
    expect(await ticksOf("GATED")).toMatchObject({ accepted: 4, late: 0, duplicate: 0 });
    socket.close();
  });

  it("stays so while the socket sleeps", async () => {
    const socket = await SocketClient.open("/symbols/SLEEPS/ticks?producer=sleeps");
    await socket.ask(frame(1, 1));
    await setBacklog("SLEEPS", true);
    expect(await socket.ask(frame(2, 2))).toMatchObject({ code: "archive_backlog" });
    await evictDurableObject(stubOf("SLEEPS"));
    // Awake again, without its backlog.
    expect(await socket.ask(frame(3, 3))).toMatchObject({ code: "resend_from", from: 2, retry_after_s: 5 });
    expect(await socket.ask(frame(2, 2))).toMatchObject({ type: "ack", accepted: 1 });
    expect(await socket.ask(frame(2, 2))).toMatchObject({ type: "ack", accepted: 0, duplicate: 1 });
    expect(await socket.ask(frame(3, 3))).toMatchObject({ type: "ack", accepted: 1 });
    socket.close();
  });

  it("a frame that its sender left out is asked for too", async () => {
    const socket = await SocketClient.open("/symbols/SKIPPED/ticks");
    await socket.ask(frame(1, 1));
    expect(await socket.ask(frame(3, 3))).toMatchObject({ code: "resend_from", from: 2, retry_after_s: 0 });
    socket.close();
  });
});

describe("frames that are applied as one", () => {
  it("give the state, the counts and the slots of frames that come one by one, held and late ticks included", async () => {
    const ticks = roughMarket("TOGETHER", 1_500, 5);
    const parts = Array.from({ length: 60 }, (_, k) => ticks.slice(k * 25, k * 25 + 25));
    const sums: Record<string, number>[] = [];
    const sizes = await watchGroups("TOGETHER");
    for (const symbol of ["TOGETHER", "ALONE"]) {
      const socket = await SocketClient.open(`/symbols/${symbol}/ticks?producer=${symbol}`);
      const frames = parts.map((part, seq) => packedFrame(seq, { "": part }));
      const answers =
        symbol === "ALONE"
          ? await inTurn(frames, (frame) => socket.ask(frame))
          : (frames.forEach((frame) => socket.send(frame)), await socket.take(frames.length));
      expect(answers.map(({ type, seq }) => [type, seq])).toEqual(frames.map((_, seq) => ["ack", seq]));
      sums.push(sumOf(answers));
      for (const { accepted, duplicate, late, held, rejected, seq } of answers) {
        // Of a frame's own ticks; one that an earlier frame left held may be refused with it.
        const own = accepted + duplicate + late + held + rejected;
        expect(own, `${symbol} ${seq}`).toBeGreaterThanOrEqual(parts[seq]!.length);
        expect(own, `${symbol} ${seq}`).toBeLessThanOrEqual(parts[seq]!.length + 1);
      }
      socket.close();
    }
    expect(sizes[0]).toBe(1);
    expect(Math.max(...sizes)).toBe(32);
    const [together, alone] = sums as [Record<string, number>, Record<string, number>];
    const applied = (sum: Record<string, number>) => sum["accepted"]! + sum["released"]!;
    expect(applied(together)).toBe(applied(alone));
    for (const name of ["duplicate", "late", "rejected"]) expect([name, together[name]]).toEqual([name, alone[name]]);
    const shown = async (symbol: string) => {
      const { ticks: counts, steps_closed, probability, batches } = (await fetchJson(`/symbols/${symbol}`)).body;
      return { counts, steps_closed, probability, batches };
    };
    expect(await shown("TOGETHER")).toEqual(await shown("ALONE"));
    expect((await shown("TOGETHER")).batches).toBe(60);
    const slots = (symbol: string) =>
      sqlOf(symbol, "SELECT seq, producer_seq, content_hash, hex(batch) AS batch FROM slots ORDER BY seq");
    expect(await slots("TOGETHER")).toEqual(await slots("ALONE"));
    // And after a restart, which replays slot by slot.
    await evictDurableObject(stubOf("TOGETHER"));
    expect(await shown("TOGETHER")).toEqual(await shown("ALONE"));
  });
});

async function inTurn<T, R>(values: readonly T[], ask: (value: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (const value of values) answers.push(await ask(value));
  return answers;
}

function sumOf(answers: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const answer of answers) {
    for (const name of ["accepted", "duplicate", "late", "held", "released", "rejected"]) {
      sum[name] = (sum[name] ?? 0) + answer[name]!;
    }
  }
  return sum;
}

describe("a socket", () => {
  it("answers frames that are sent at once in their order", async () => {
    const socket = await SocketClient.open("/symbols/AT-ONCE/ticks");
    const ticks = market("AT-ONCE", 640);
    const frames = Array.from({ length: 64 }, (_, k) => ticks.slice(k * 10, k * 10 + 10));
    frames.forEach((part, seq) => socket.send(seq % 2 === 0 ? packedFrame(seq, { "": part }) : { seq, ticks: part }));
    const answers = await socket.take(64);
    expect(answers.map(({ seq }) => seq)).toEqual([...frames.keys()]);
    expect(await ticksOf("AT-ONCE")).toMatchObject({ accepted: 640, late: 0 });
    socket.close();
  });

  it("is closed when more than 64 frames, or 8 MiB, wait for their answers", async () => {
    const many = await SocketClient.open("/symbols/MANY/ticks");
    await slow("MANY");
    for (let seq = 0; seq <= 64; seq++) many.send(frame(seq, seq));
    expect(await many.closed).toEqual({ code: 4029, reason: "too_many_in_flight" });
    const large = await SocketClient.open("/symbols/LARGE/ticks");
    await slow("LARGE");
    for (let seq = 0; seq < 3; seq++) large.send({ seq, ticks: [tick("LARGE", seq), { note: "x".repeat(4_000_000) }] });
    expect(await large.closed).toEqual({ code: 4029, reason: "too_many_in_flight" });
  });

  it("goes on after its object was evicted, and its sender sends again what a dropped one did not answer", async () => {
    const ticks = market("EVICTED", 300);
    const part = (seq: number) => packedFrame(seq, { "": ticks.slice(seq * 100, seq * 100 + 100) });
    const slept = await SocketClient.open("/symbols/EVICTED/ticks?producer=evicted");
    await slept.ask(part(0));
    await evictDurableObject(stubOf("EVICTED"));
    expect(await slept.ask(part(1))).toMatchObject({ type: "ack", seq: 1, accepted: 100 });
    await evictDurableObject(stubOf("EVICTED"), { webSockets: "close" });
    await slept.closed;
    const next = await SocketClient.open("/symbols/EVICTED/ticks?producer=evicted");
    next.send(part(1));
    next.send(part(2));
    expect(await next.take(2)).toMatchObject([
      { seq: 1, duplicate: 100 },
      { seq: 2, accepted: 100 },
    ]);
    expect(await ticksOf("EVICTED")).toMatchObject({ accepted: 300, duplicate: 0, late: 0 });
    next.close();
  });

  it("is closed when its symbol is removed or made again, and brings a symbol back", async () => {
    const closed = await rise("volgate_sockets_closed_total", { socket: "symbol", code: "4410" }, async () => {
      const socket = await SocketClient.open("/symbols/REMOVED/ticks");
      await socket.ask(frame(1, 1));
      const body = JSON.stringify({});
      await fetchJson("/admin/symbols/REMOVED", { method: "DELETE", body });
      expect(await socket.closed).toEqual({ code: 4410, reason: "symbol_removed" });
      const again = await SocketClient.open("/symbols/REMOVED/ticks");
      expect(await again.ask(frame(1, 2))).toMatchObject({ accepted: 1 });
      await fetchJson("/admin/symbols/REMOVED/recreate", { method: "POST", body });
      expect(await again.closed).toEqual({ code: 4410, reason: "symbol_removed" });
    });
    expect(closed).toBe(2);
  });

  it("counts its frames, ticks and bytes, and that it opened and closed", async () => {
    const frames = await rise(
      "volgate_socket_frames_total",
      { socket: "symbol", outcome: "acknowledged" },
      async () => {
        const ticks = await rise("volgate_ingest_ticks_total", { way: "socket", outcome: "accepted" }, async () => {
          const opened = await rise("volgate_sockets_opened_total", { socket: "symbol" }, async () => {
            const socket = await SocketClient.open("/symbols/COUNTED/ticks");
            await socket.ask(packedFrame(1, { "": market("COUNTED", 20) }));
            socket.close();
            await socket.closed;
          });
          expect(opened).toBe(1);
        });
        expect(ticks).toBe(20);
      },
    );
    expect(frames).toBe(1);
  });
});
