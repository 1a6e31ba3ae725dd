// The queue between a feed and a symbol: order, numbers, what is sent again, and what is given up.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Delivery } from "../../src/clients/delivery.ts";
import { type QueueStatus, type SymbolPast, SymbolQueue } from "../../src/durable/feed/symbol-queue.ts";
import { MOST_WAITING, SymbolQueues } from "../../src/durable/feed/symbol-queues.ts";
import { noCounts } from "../../src/features/batch-counts.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import type { Tick } from "../../src/features/tick.ts";

const TAKEN: Delivery = { kind: "taken", answer: { ...noCounts(), outlierRows: [], trace: undefined } };
const away = (code: "symbol_failed" | "sequence_conflict"): Delivery => ({ kind: "failed", code });

const ticks = (n: number, price = 1): Tick[] => {
  const none = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
  return Array.from({ length: n }, (_, i) => ({ symbol: "A", tsMs: i, price, ...none }));
};

/** A queue whose symbol gives these answers in turn, then takes everything. */
function queueWith(...answers: Delivery[]) {
  const sent: [number: number, ticks: number][] = [];
  let nowMs = 0;
  const send = (rows: Float64Array, number: number): Promise<Delivery> => {
    sent.push([number, rows.length / TICK_FIELDS]);
    return Promise.resolve(answers.shift() ?? TAKEN);
  };
  const queue = new SymbolQueue(send, Promise.resolve({ words: "no past", throughMs: -Infinity }));
  const deliver = async (afterMs = 0): Promise<QueueStatus> => {
    nowMs += afterMs;
    await Promise.resolve();
    await queue.deliver(() => nowMs);
    return queue.status();
  };
  return { queue, sent, deliver };
}

it("sends what waits in batches of 4,000, each under the next number", async () => {
  const { queue, sent, deliver } = queueWith();
  queue.add(ticks(4_500));
  expect(queue.status()).toMatchObject({ waiting: 4_500, delivered: 0 });
  expect(await deliver()).toMatchObject({ waiting: 0, delivered: 4_500, dropped: 0, failure: null });
  queue.add(ticks(1));
  await deliver();
  expect(sent).toEqual([
    [1, 4_000],
    [2, 500],
    [3, 1],
  ]);
});

it("sends a batch again under its number, after a pause that doubles, and others behind it", async () => {
  const { queue, sent, deliver } = queueWith(away("symbol_failed"), away("symbol_failed"));
  queue.add(ticks(2));
  expect(await deliver()).toMatchObject({ waiting: 2, failure: "symbol_failed" });
  queue.add(ticks(3));
  await deliver(500);
  expect(sent).toHaveLength(1);
  await deliver(500);
  await deliver(1_000);
  expect(sent).toHaveLength(2);
  expect(await deliver(1_000)).toMatchObject({ waiting: 0, delivered: 5, dropped: 0, failure: null });
  expect(sent).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
    [2, 3],
  ]);
});

it("gives up a batch that the symbol will never take, and says how many ticks that were", async () => {
  const { queue, sent, deliver } = queueWith(
    { kind: "not_admitted", reason: "symbol_limit" },
    away("sequence_conflict"),
  );
  queue.add(ticks(2));
  expect(await deliver()).toMatchObject({ waiting: 0, dropped: 2, failure: "symbol_limit" });
  queue.add(ticks(3));
  expect(await deliver(1_000)).toMatchObject({ waiting: 0, dropped: 5, failure: "sequence_conflict" });
  queue.add(ticks(1));
  expect(await deliver(2_000)).toMatchObject({ delivered: 1, dropped: 5, failure: null });
  expect(sent.map(([number]) => number)).toEqual([1, 2, 3]);
});

it("drops its oldest batch when it is told to, never the one under way, and counts it", async () => {
  const { queue, deliver } = queueWith(away("symbol_failed"));
  queue.add(ticks(4_000, 1));
  await deliver();
  for (const price of [2, 3, 4]) queue.add(ticks(4_000, price));
  queue.dropOldest();
  expect(queue.status()).toMatchObject({ waiting: 12_000, dropped: 4_000 });
  expect(await deliver(1_000)).toMatchObject({ delivered: 12_000, dropped: 4_000, waiting: 0 });
});

it("lets one symbol of many keep what all may, and drops the oldest of the one that has most", () => {
  const queues = new SymbolQueues(env, "okx");
  const symbols = Array.from({ length: 60 }, (_, i) => `S${i}@okx`);
  // Their pasts are never asked for: what is tested is in one turn.
  queues.follow(new Map(symbols.map((symbol) => [`${symbol} is no product`, symbol])));
  queues.add([["S1@okx", ticks(4_000)]]);
  queues.add([["S0@okx", ticks(MOST_WAITING - 4_000)]]);
  expect(queues.status("S0@okx")).toMatchObject({ waiting: 196_000, dropped: 0 });
  queues.add([["S1@okx", ticks(1)]]);
  expect(queues.status("S0@okx")).toMatchObject({ waiting: 192_000, dropped: 4_000 });
  expect(queues.status("S1@okx")).toMatchObject({ waiting: 4_001, dropped: 0 });
  queues.follow(new Map([["no product", "S1@okx"]]));
  expect(queues.totals).toEqual({ delivered: 0, dropped: MOST_WAITING - 4_000 });
});

it("keeps live ticks until the symbol has its past", async () => {
  let arrive: (past: SymbolPast) => void = () => undefined;
  const sent: number[] = [];
  const send = (_: Float64Array, number: number): Promise<Delivery> => Promise.resolve((sent.push(number), TAKEN));
  const queue = new SymbolQueue(send, new Promise((done) => (arrive = done)));
  queue.add(ticks(2));
  await queue.deliver(() => 0);
  expect(queue.status()).toMatchObject({ waiting: 2, past: null });
  arrive({ words: "1440 steps of kraken", throughMs: -1 });
  await Promise.resolve();
  await queue.deliver(() => 0);
  expect(queue.status()).toMatchObject({ waiting: 0, delivered: 2, past: "1440 steps of kraken" });
  expect(sent).toEqual([1]);
});

it("does not send what the symbol's past has already, and counts it as late", async () => {
  const sent: number[][] = [];
  const send = (rows: Float64Array): Promise<Delivery> => Promise.resolve((sent.push([...timesOf(rows)]), TAKEN));
  const queue = new SymbolQueue(send, Promise.resolve({ words: "1 step of kraken", throughMs: 3_999 }));
  queue.add(ticks(4_002));
  queue.add(ticks(1));
  await Promise.resolve();
  await queue.deliver(() => 0);
  expect(sent).toEqual([[4_000, 4_001]]);
  expect(queue.status()).toMatchObject({ delivered: 4_003, late: 4_001, waiting: 0, dropped: 0 });
});

function timesOf(rows: Float64Array): Float64Array {
  return rows.filter((_, at) => at % TICK_FIELDS === 0);
}
