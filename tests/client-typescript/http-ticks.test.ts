// Ticks over HTTP: numbered requests, one at a time; what a symbol did not take is sent again under its number while
// the others go on.
import { describe, expect, it } from "vitest";
import type { TickRefusal } from "../../clients/typescript/src/ticks/tick-sender-options.ts";
import type { FakeGateway } from "./fake-gateway.ts";
import { clientOf, startGateway, ticksOf } from "./test-client.ts";

const OVER_HTTP = { transport: "http", maxBatch: 10 } as const;

const timesOf = (gateway: FakeGateway, symbol: string): number[] =>
  gateway.ticks.applied.filter((tick) => tick.symbol === symbol).map(({ ts }) => ts);

describe("a sender of ticks over HTTP", () => {
  it("applies each tick once when connections break before and after a batch is applied", async () => {
    const gateway = await startGateway();
    gateway.ticks.script.push("take", "reset", "take_then_reset");
    const sender = clientOf(gateway).ticks(OVER_HTTP);
    const ticks = ticksOf("BTC-USD", 50);
    await sender.send(ticks);
    await sender.close();
    expect(gateway.ticks.applied).toEqual(ticks);
    expect(gateway.ticks.received.map(({ seq }) => seq)).toEqual([1, 2, 2, 3, 4, 5]);
    expect(sender.report).toMatchObject({ accepted: 40, duplicate: 10, retries: 2 });
  });

  it("waits as long as the gateway asks for after a 429", async () => {
    const gateway = await startGateway();
    gateway.ticks.script.push({ status: 429, code: "archive_backlog", retryAfter: "1" });
    const waits: number[] = [];
    const sender = clientOf(gateway).ticks({ ...OVER_HTTP, onRetry: (_, waitMs) => waits.push(waitMs) });
    const startMs = Date.now();
    await sender.send(ticksOf("BTC-USD", 20));
    await sender.close();
    const tookMs = gateway.ticks.received[0]!.atMs - startMs;
    console.log(`429 with Retry-After 1: sent again after ${tookMs} ms`);
    expect(waits).toEqual([1_000]);
    expect(tookMs).toBeGreaterThanOrEqual(995);
    expect(sender.report.accepted).toBe(20);
  });

  it("lets the other symbols go on while one fails, and keeps the order of each", async () => {
    const gateway = await startGateway();
    gateway.ticks.failing.set("A", { code: "symbol_timeout", retryAfterS: 0.05, times: 3 });
    const sender = clientOf(gateway).ticks(OVER_HTTP);
    const [a, b] = [ticksOf("A", 40), ticksOf("B", 40)];
    await sender.send(a.flatMap((tick, i) => [tick, b[i]!]));
    await sender.close();
    expect(timesOf(gateway, "A")).toEqual(a.map(({ ts }) => ts));
    expect(timesOf(gateway, "B")).toEqual(b.map(({ ts }) => ts));
    const firstA = gateway.ticks.applied.findIndex(({ symbol }) => symbol === "A");
    expect(firstA).toBeGreaterThan(5);
    expect(sender.report).toMatchObject({ accepted: 80, duplicate: 0, rejected: 0 });
    // What failed came again under its own number: 5 ticks of the first batch.
    expect(gateway.ticks.received.filter(({ seq }) => seq === 1).map(({ ticks }) => ticks.length)).toEqual([
      10, 5, 5, 5,
    ]);
  });

  it("counts a refused tick of a symbol that failed once", async () => {
    const gateway = await startGateway();
    gateway.ticks.failing.set("A", { code: "symbol_failed", retryAfterS: 0.01, times: 2 });
    const sender = clientOf(gateway).ticks(OVER_HTTP);
    await sender.send([...ticksOf("A", 2), { symbol: "A", ts: 1764979300000, price: -1 }, ...ticksOf("B", 1)]);
    await sender.close();
    expect(sender.report).toMatchObject({ accepted: 3, rejected: 1, rejectedTicks: [{ tick: { price: -1 } }] });
  });

  it("hands over the ticks of a symbol that will never take them, and of one that takes none in time", async () => {
    const gateway = await startGateway();
    gateway.ticks.failing.set("A", { code: "symbol_not_allowed", retryAfterS: null });
    gateway.ticks.failing.set("C", { code: "symbol_failed", retryAfterS: 0.01 });
    const refusals: TickRefusal[] = [];
    const sender = clientOf(gateway).ticks({
      ...OVER_HTTP,
      giveUpAfterMs: 100,
      onRefused: (refusal) => refusals.push(refusal),
    });
    await sender.send([...ticksOf("A", 2), ...ticksOf("B", 3), ...ticksOf("C", 4)]);
    await sender.close();
    expect(refusals.map(({ code, ticks }) => [code, ticks.length])).toEqual([
      ["symbol_not_allowed", 2],
      ["symbol_failed", 4],
    ]);
    expect(sender.report).toMatchObject({ accepted: 3, refused: 6 });
  });

  it("has the ticks that were refused, though the caller's own function threw for others of their batch", async () => {
    const gateway = await startGateway();
    gateway.ticks.failing.set("A", { code: "symbol_not_allowed", retryAfterS: null });
    const sender = clientOf(gateway).ticks({
      ...OVER_HTTP,
      onAck: () => {
        throw new Error("the disk is full");
      },
    });
    const refused = ticksOf("A", 2);
    await sender.send([...refused, ...ticksOf("B", 3)]);
    await expect(sender.flush()).rejects.toThrow("the disk is full");
    expect(sender.unacknowledged).toEqual(expect.arrayContaining(refused));
  });

  it("ends when the gateway refuses the request for good, and has the ticks", async () => {
    const gateway = await startGateway();
    gateway.ticks.script.push({ status: 503, code: "not_configured" });
    const sender = clientOf(gateway).ticks(OVER_HTTP);
    const ticks = ticksOf("BTC-USD", 15);
    await sender.send(ticks);
    await expect(sender.close()).rejects.toMatchObject({ code: "not_configured", status: 503, attempts: 1 });
    expect(sender.unacknowledged).toEqual(ticks);
  });

  it("names symbol and venue in each tick when the sender is that of one", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks({ ...OVER_HTTP, symbol: "BTC/USD", venue: "kraken" });
    await sender.send({ ts: 1764979200000, price: 1 });
    await sender.close();
    expect(gateway.ticks.applied).toEqual([{ symbol: "BTC/USD", venue: "kraken", ts: 1764979200000, price: 1 }]);
  });

  it("sends an infinite number as a text, which the gateway refuses, and leaves NaN out", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks(OVER_HTTP);
    await sender.send({ symbol: "A", ts: 1764979200000, price: Infinity, bid: NaN });
    await sender.close();
    expect(gateway.ticks.applied).toEqual([{ symbol: "A", ts: 1764979200000, price: "Infinity", bid: null }]);
  });
});
