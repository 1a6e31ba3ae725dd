// Ticks over a socket: numbered, answered when durable, sent again after a drop and after a refusal, each applied once
// and in order, with bounded memory.
import { describe, expect, it } from "vitest";
import type { TickAck, TickRefusal } from "../../clients/typescript/src/ticks/tick-sender-options.ts";
import { frameBehaviour, type FrameBehaviour, frameLog } from "./fake-tick-socket.ts";
import type { FakeGateway } from "./fake-gateway.ts";
import { clientOf, startGateway, ticksOf, until } from "./test-client.ts";

/** Behaves as told at certain frames, the first time that each comes. */
function behave(gateway: FakeGateway, at: Readonly<Record<number, FrameBehaviour>>): void {
  const left = new Map(Object.entries(at).map(([seq, behaviour]) => [Number(seq), behaviour]));
  frameBehaviour.set(gateway.ticks, ({ seq }) => {
    const behaviour = left.get(seq) ?? "take";
    left.delete(seq);
    return behaviour;
  });
}

const times = (gateway: FakeGateway): number[] => gateway.ticks.applied.map(({ ts }) => ts);
const timesOf = (ticks: readonly { readonly ts: number }[]): number[] => ticks.map(({ ts }) => ts);

describe("a sender of ticks over a socket", () => {
  it("delivers them in packed frames, in order, and counts what became of them", async () => {
    const gateway = await startGateway();
    const acks: TickAck[] = [];
    const sender = clientOf(gateway).ticks({ maxBatch: 100, onAck: (ack) => acks.push(ack) });
    const ticks = ticksOf("BTC-USD", 1_050);
    for (const tick of ticks) await sender.send(tick);
    await sender.close();
    expect(sender.transport).toBe("socket");
    expect(times(gateway)).toEqual(timesOf(ticks));
    expect(frameLog.get(gateway.ticks)!.frames.every(({ isBinary }) => isBinary)).toBe(true);
    expect(acks.map(({ seq }) => seq)).toEqual(acks.map((_, i) => i + 1));
    expect(acks.flatMap((ack) => ack.ticks)).toEqual(ticks);
    expect(sender.report).toMatchObject({ sent: 1_050, accepted: 1_050, rejected: 0, refused: 0, retries: 0 });
    await until(() => gateway.openSockets === 0);
  });

  it("sends ticks as JSON that a packed frame cannot carry, and all of them when it is told so", async () => {
    const gateway = await startGateway();
    const [tick] = ticksOf("BTC-USD", 1);
    const sender = clientOf(gateway).ticks();
    await sender.send({ ...tick!, price: "101.5", id: "a-1" });
    await sender.close();
    const plain = clientOf(gateway).ticks({ binary: false });
    await plain.send({ ...tick!, ts: new Date(tick!.ts + 1000) });
    await plain.close();
    expect(frameLog.get(gateway.ticks)!.frames.map(({ isBinary }) => isBinary)).toEqual([false, false]);
    expect(gateway.ticks.applied).toMatchObject([{ price: "101.5", id: "a-1" }, { ts: "2025-12-06T00:00:01.000Z" }]);
  });

  it("uses the socket of the symbol's own object when it is told the symbol", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks({ symbol: "BTC/USD", venue: "kraken", producer: "p-1" });
    await sender.send({ ts: 1764979200000, price: 1 });
    await sender.close();
    expect(gateway.opened).toEqual(["/symbols/BTC%2FUSD/ticks?producer=p-1&venue=kraken"]);
    expect(sender.report.accepted).toBe(1);
  });

  it("names the ticks that the gateway refuses", async () => {
    const gateway = await startGateway();
    const acks: TickAck[] = [];
    const sender = clientOf(gateway).ticks({ onAck: (ack) => acks.push(ack) });
    const [first, second] = ticksOf("ETH-USD", 2);
    // In a packed frame those of a symbol stand together: the bad one is not at its own place there.
    await sender.send([first!, { symbol: "BTC-USD", ts: first!.ts, price: -1 }, second!]);
    await sender.close();
    const rejected = { tick: { price: -1 }, reason: "price_not_positive", field: "price", got: "-1" };
    expect(acks[0]!.rejectedTicks).toMatchObject([rejected]);
    expect(sender.report).toMatchObject({ accepted: 2, rejected: 1, rejectedTicks: [rejected] });
  });

  it("applies each tick once when sockets break before and after a frame is applied", async () => {
    const gateway = await startGateway();
    behave(gateway, { 2: "drop", 5: "take_then_drop", 9: "take_then_drop", 12: "drop" });
    const sender = clientOf(gateway).ticks({ maxBatch: 10 });
    const ticks = ticksOf("BTC-USD", 200);
    await sender.send(ticks);
    await sender.close();
    expect(times(gateway)).toEqual(timesOf(ticks));
    expect(gateway.opened).toHaveLength(5);
    expect(sender.report).toMatchObject({ accepted: 180, duplicate: 20, retries: 4 });
  });

  it("goes on where it was when the gateway is restarted", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks({ maxBatch: 10, maxDelayMs: 1 });
    const ticks = ticksOf("BTC-USD", 300);
    await sender.send(ticks.slice(0, 100));
    await until(() => gateway.ticks.applied.length > 20);
    await gateway.stop();
    await sender.send(ticks.slice(100));
    await gateway.start();
    await sender.close();
    expect(times(gateway)).toEqual(timesOf(ticks));
    expect(sender.report.accepted + sender.report.duplicate).toBe(300);
    expect(sender.report.retries).toBeGreaterThan(0);
  });

  it("goes back to a frame that is refused for now, so that no tick overtakes it", async () => {
    const gateway = await startGateway();
    behave(gateway, { 3: { code: "archive_backlog", retryAfterS: 0.05 } });
    const whys: string[] = [];
    const sender = clientOf(gateway).ticks({ maxBatch: 10, onRetry: (why) => whys.push(why) });
    const ticks = ticksOf("BTC-USD", 100);
    const startMs = Date.now();
    await sender.send(ticks);
    await sender.close();
    expect(times(gateway)).toEqual(timesOf(ticks));
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(50);
    expect(gateway.opened).toHaveLength(1);
    expect(whys).toEqual(["frame 3 was refused: archive_backlog: archive_backlog as told"]);
    expect(sender.report).toMatchObject({ accepted: 100, duplicate: 0, retries: 1 });
    // Each of the frames behind it came once more, and not twice.
    const seqs = frameLog.get(gateway.ticks)!.frames.map(({ seq }) => seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("hands over what can never be taken, and goes on", async () => {
    const gateway = await startGateway();
    behave(gateway, { 2: { code: "symbol_not_allowed", retryAfterS: null } });
    const refusals: TickRefusal[] = [];
    const sender = clientOf(gateway).ticks({ maxBatch: 10, onRefused: (refusal) => refusals.push(refusal) });
    const ticks = ticksOf("BTC-USD", 30);
    await sender.send(ticks);
    await sender.close();
    expect(refusals).toMatchObject([{ seq: 2, code: "symbol_not_allowed", ticks: ticks.slice(10, 20) }]);
    expect(times(gateway)).toEqual(timesOf([...ticks.slice(0, 10), ...ticks.slice(20)]));
    expect(sender.report).toMatchObject({ accepted: 20, refused: 10 });
  });

  it("tells the symbols of a frame that were refused from those that were taken", async () => {
    const gateway = await startGateway();
    behave(gateway, { 1: { code: "symbol_not_allowed", retryAfterS: null, symbols: ["btc-usd"] } });
    const refusals: TickRefusal[] = [];
    const sender = clientOf(gateway).ticks({ onRefused: (refusal) => refusals.push(refusal) });
    const [refused, taken] = [ticksOf("btc-usd", 2), ticksOf("ETH-USD", 3)];
    await sender.send([...taken, ...refused]);
    await sender.close();
    expect(refusals).toMatchObject([{ seq: 1, code: "symbol_not_allowed", ticks: refused }]);
    expect(gateway.ticks.applied).toEqual(taken);
    expect(sender.report).toMatchObject({ accepted: 0, uncounted: 3, refused: 2 });
  });

  it("ends when nobody takes what can never be taken, and has the ticks", async () => {
    const gateway = await startGateway();
    behave(gateway, { 1: { code: "symbol_not_allowed", retryAfterS: null } });
    const sender = clientOf(gateway).ticks({ maxBatch: 10 });
    const ticks = ticksOf("BTC-USD", 10);
    await sender.send(ticks);
    await expect(sender.flush()).rejects.toMatchObject({ code: "symbol_not_allowed" });
    expect(sender.unacknowledged).toEqual(ticks);
    await expect(sender.send(ticks)).rejects.toMatchObject({ code: "symbol_not_allowed" });
  });

  it("makes who gives ticks wait while the gateway is slow: the memory stays bounded", async () => {
    const gateway = await startGateway();
    frameBehaviour.set(gateway.ticks, () => ({ waitMs: 4 }));
    const sender = clientOf(gateway).ticks({ maxBatch: 10, maxBuffered: 50 });
    const ticks = ticksOf("BTC-USD", 500);
    let most = 0;
    let waited = 0;
    for (const tick of ticks) {
      const since = Date.now();
      await sender.send(tick);
      waited += Date.now() - since > 2 ? 1 : 0;
      most = Math.max(most, sender.buffered);
    }
    await sender.close();
    console.log(`slow gateway: at most ${most} ticks in memory of ${ticks.length}, ${waited} calls waited`);
    expect(most).toBeLessThanOrEqual(50);
    expect(waited).toBeGreaterThan(20);
    expect(times(gateway)).toEqual(timesOf(ticks));
  });

  it("keeps no more frames on their way than the gateway allows", async () => {
    const gateway = await startGateway();
    frameBehaviour.set(gateway.ticks, ({ seq }) => (seq === 1 ? { waitMs: 50 } : "take"));
    const sender = clientOf(gateway).ticks({ maxBatch: 1 });
    await sender.send(ticksOf("BTC-USD", 300));
    await sender.close();
    expect(frameLog.get(gateway.ticks)!.mostInFlight).toBe(64);
    expect(sender.report.accepted).toBe(300);
  });

  it("opens another socket when an answer is none, or does not come", async () => {
    const gateway = await startGateway();
    behave(gateway, {
      1: { answer: "?" },
      2: { answer: '{"type":"ack","seq":77,"accepted":1,"duplicate":0,"late":0,"rejected":0}' },
      3: { waitMs: 1_500 },
    });
    const whys: string[] = [];
    const sender = clientOf(gateway, { timeoutMs: 1_000 }).ticks({ maxBatch: 10, onRetry: (why) => whys.push(why) });
    const ticks = ticksOf("BTC-USD", 40);
    await sender.send(ticks);
    await sender.close();
    expect(whys.slice(0, 3)).toEqual([
      "an answer that is none: ?",
      "an answer to frame 77, expected one to 2",
      "no answer within 1000 ms",
    ]);
    expect(times(gateway)).toEqual(timesOf(ticks));
  });
});
