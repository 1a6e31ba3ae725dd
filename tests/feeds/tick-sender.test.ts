import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { TickSender, type TickSenderOptions } from "../../gateway-client/tick-sender.ts";
import type { Tick } from "../../src/features/tick.ts";
import { IngestTotals } from "../../feeds/ingest-totals.ts";
import { FakeGateway } from "./fake-gateway.ts";

const T0 = 1_764_547_200_000;
const NONE = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };

const tick = (symbol: string, i: number): Tick => ({ ...NONE, symbol, tsMs: T0 + i, price: 100 + i });
const both = (from: number, to: number): Tick[] =>
  Array.from({ length: to - from }, (_, k) => [tick("BAD", from + k), tick("GOOD", from + k)]).flat();

let gateway: FakeGateway;
let client: GatewayClient;

beforeEach(async () => {
  gateway = new FakeGateway();
  client = new GatewayClient({ baseUrl: await gateway.start() });
});
afterEach(() => gateway.stop());

function senderWith(options: Partial<TickSenderOptions> = {}) {
  const totals = new IngestTotals();
  const sender = new TickSender(client, {
    onDelivered: (delivery) => totals.add(delivery),
    onGivenUp: (symbol, ticks, why) => totals.addUnsent(symbol, ticks.length, why),
    onRetry: () => undefined,
    ...options,
  });
  return { sender, totals };
}

const appliedOf = (symbol: string): number[] =>
  gateway.applied.filter((one) => one.symbol === symbol).map(({ ts }) => ts - T0);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("TickSender", () => {
  it("goes on with the healthy symbol, and gives the other one up with its reason", async () => {
    gateway.failing.set("BAD", { status: 503 });
    const { sender, totals } = senderWith({ giveUpAfterMs: 500 });
    for (let k = 0; k < 60; k++) {
      await sender.send([tick("BAD", k), ...Array.from({ length: 49 }, (_, i) => tick("GOOD", k * 49 + i))]);
    }
    expect(appliedOf("GOOD")).toEqual(upTo(2940));
    await sender.flush();
    expect(totals.symbols.get("GOOD")).toMatchObject({ sent: 2940, accepted: 2940 });
    expect(totals.unsent.get("BAD")).toEqual({ ticks: 60, why: "BAD: not taken: broken" });
    expect(totals.total.sent).toBe(2940);
  });

  it("sends a failed batch again alone, under its number, and then what waited, once and in order", async () => {
    gateway.failing.set("BAD", { status: 429, times: 2 });
    const { sender, totals } = senderWith();
    for (let k = 0; k < 3; k++) await sender.send(both(k * 10, k * 10 + 10));
    await sender.flush();
    expect(appliedOf("BAD")).toEqual(upTo(30));
    expect(appliedOf("GOOD")).toEqual(upTo(30));
    expect(totals.total).toMatchObject({ sent: 60, accepted: 60, duplicate: 0 });
    const ofFirst = gateway.received.filter(({ seq }) => seq === 1);
    expect(ofFirst.map(({ ticks }) => ticks.length)).toEqual([20, 10, 10]);
    expect(new Set(ofFirst[1]!.ticks.map(({ symbol }) => symbol))).toEqual(new Set(["BAD"]));
  });

  it("never has two unacknowledged batches of one symbol", async () => {
    gateway.failing.set("BAD", { status: 503, times: 1 });
    const { sender } = senderWith();
    await sender.send(both(0, 5));
    await sender.send(both(5, 10));
    expect(gateway.received.map(({ seq, ticks }) => [seq, ticks.length])).toEqual([
      [1, 10],
      [2, 5],
    ]);
    await sender.flush();
    expect(gateway.received.slice(2).map(({ seq, ticks }) => [seq, ticks.length])).toEqual([
      [1, 5],
      [3, 5],
    ]);
    const first = sender.send(both(10, 11));
    await expect(sender.send(both(11, 12))).rejects.toThrow("previous call is not done yet");
    await first;
  });

  it("gives up at once what cannot be sent again, and tries later ticks of the symbol", async () => {
    gateway.failing.set("BAD", { status: 409, times: 1, retryAfterS: null });
    const { sender, totals } = senderWith();
    await sender.send(both(0, 2));
    expect(totals.unsent.get("BAD")).toEqual({ ticks: 2, why: "not taken: broken" });
    await sender.send(both(2, 4));
    expect(appliedOf("BAD")).toEqual([2, 3]);
  });

  it("sends at most 5,000 ticks at once, and waits when 10,000 of a symbol wait", async () => {
    gateway.failing.set("BAD", { status: 503 });
    const { sender, totals } = senderWith({ giveUpAfterMs: 700 });
    const many = (from: number) => Array.from({ length: 6_000 }, (_, k) => tick("BAD", from + k));
    await sender.send(many(0));
    expect(gateway.received.map(({ ticks }) => ticks.length)).toEqual([5_000]);
    await sender.send(many(6_000));
    await sender.send(many(12_000));
    expect(totals.unsent.size).toBe(0);
    const startedMs = performance.now();
    await sender.send(many(18_000));
    expect(performance.now() - startedMs).toBeGreaterThan(100);
    expect(totals.unsent.get("BAD")?.ticks).toBe(18_000);
    await sender.flush();
    expect(totals.unsent.get("BAD")?.ticks).toBe(24_000);
  });

  it("ends its waiting when the signal is aborted", async () => {
    gateway.failing.set("BAD", { status: 503, retryAfterS: 30 });
    const stop = new AbortController();
    const { sender, totals } = senderWith({ signal: stop.signal });
    await sender.send(both(0, 1));
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(sender.flush()).rejects.toThrow("stopped");
    expect(totals.unsent.size).toBe(0);
  });
});
