// Batches of several senders that reach a symbol at once.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { BatchQueue, MAX_WAITING, MOST_TOGETHER } from "../../src/durable/symbol/batch-queue.ts";
import { type BatchAnswer, type IngestBatch, refusedBatch } from "../../src/durable/symbol/pipeline.ts";
import { recordLog } from "../../src/log.ts";
import { currentRequest, runAsRequest } from "../../src/request-context.ts";
import { fetchJson, ingestAs, stubOf } from "./gateway.ts";
import { START_MS, tick } from "./market.ts";

const batch = (producerSeq: number, { ticks = 1, producer = "p", maxTraceBytes = null as number | null } = {}) =>
  ({ symbol: "Q", rows: new Float64Array(ticks * TICK_FIELDS), producer, producerSeq, maxTraceBytes }) as IngestBatch;

const taken = (accepted: number): BatchAnswer =>
  ({ ...refusedBatch("symbol_busy"), refused: undefined, accepted }) as never;

/** A queue whose symbol is at work until `go` is called; `groups` has the numbers of the batches taken as one. */
function busyQueue(fails: (numbers: readonly number[]) => boolean = () => false) {
  const groups: number[][] = [];
  let go = (): void => undefined;
  const isFree = new Promise<void>((done) => (go = done));
  const queue = new BatchQueue(async (pull) => {
    await isFree;
    const numbers = pull().map(({ producerSeq }) => producerSeq!);
    groups.push(numbers);
    if (fails(numbers)) throw new Error(`failed: ${numbers.join()}`);
    return numbers.map(taken);
  });
  return { queue, groups, go };
}

const accepted = async (answers: Promise<readonly BatchAnswer[]>) => (await answers).map((answer) => answer.accepted);

describe("batches that wait together", () => {
  it("are taken as one, and each sender has its own answers", async () => {
    const { queue, groups, go } = busyQueue();
    const all = [[batch(1)], [batch(2), batch(3)], [batch(4, { producer: "q" })]].map((one) => queue.add(one));
    go();
    expect(await Promise.all(all.map(accepted))).toEqual([[1], [2, 3], [4]]);
    expect(groups).toEqual([[1, 2, 3, 4]]);
    expect(await accepted(queue.add([batch(5)]))).toEqual([5]);
  });

  it("are no more than stated, and a traced one or a repeated number is taken after them", async () => {
    const { queue, groups, go } = busyQueue();
    const numbers = Array.from({ length: MOST_TOGETHER.batches + 1 }, (_, i) => i);
    const large = batch(100, { ticks: MOST_TOGETHER.ticks });
    const others = [large, batch(101), batch(101), batch(102, { maxTraceBytes: 1 }), batch(103)];
    const all = [...numbers.map((number) => batch(number)), ...others].map((one) => queue.add([one]));
    go();
    await Promise.all(all);
    expect(groups).toEqual([numbers.slice(0, -1), [numbers.at(-1), 100], [101], [101], [102], [103]]);
  });

  it("fail alone: the others are taken", async () => {
    const { queue, groups, go } = busyQueue((numbers) => numbers.includes(2));
    const events: unknown[] = [];
    recordLog((level, event, fields) => void events.push([level, event, fields]));
    onTestFinished(() => recordLog());
    const all = [1, 2, 3].map((number) => queue.add([batch(number)]));
    go();
    const [first, second, third] = await Promise.allSettled(all);
    expect([first!.status, second!.status, third!.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(groups).toEqual([[1, 2, 3], [1], [2], [3]]);
    const fields = { symbol: "Q", deliveries: 3, error: "Error: failed: 1,2,3" };
    expect(events).toEqual([["warn", "batches_failed_together", fields]]);
  });

  it("are refused from a number and from a size on, and taken again when there is room", async () => {
    for (const ticks of [1, 5_000]) {
      const { queue, go } = busyQueue();
      const room = Math.min(MAX_WAITING.batches, MAX_WAITING.ticks / ticks);
      const all = Array.from({ length: room }, (_, i) => queue.add([batch(i, { ticks })]));
      expect(await queue.add([batch(-1)])).toMatchObject([{ refused: "symbol_busy", accepted: 0 }]);
      go();
      expect((await Promise.all(all.map(accepted))).flat()).toHaveLength(room);
      expect(await accepted(queue.add([batch(7, { ticks })]))).toEqual([7]);
    }
  });
});

it("senders of one symbol at once get their own counts, and a number that comes twice is applied once", async () => {
  await ingestAs("first", 1, [tick("CROWD", 0)]);
  const sent = [1, 2, 3, 3, 4].map((second) => ingestAs(`sender-${second}`, 9, [tick("CROWD", second)]));
  const bodies = (await Promise.all(sent)).map(({ body }) => body);
  expect(bodies.map((body) => body["accepted"] + body["duplicate"])).toEqual([1, 1, 1, 1, 1]);
  expect(bodies.reduce((sum, body) => sum + body["duplicate"], 0)).toBe(1);
  expect((await fetchJson("/symbols/CROWD")).body.ticks).toMatchObject({ accepted: 5 });
});

it("a symbol that cannot keep up says so, and when to come again", async () => {
  await ingestAs("p", 1, [tick("BUSY", 0)]);
  await runInDurableObject(stubOf("BUSY"), (object) => {
    Object.assign(object, {
      queue: { add: (batches: readonly unknown[]) => batches.map(() => refusedBatch("symbol_busy")) },
    });
  });
  const { status, headers, body } = await ingestAs("p", 2, [tick("BUSY", 1)]);
  expect([status, headers.get("Retry-After")]).toEqual([429, "1"]);
  expect(body).toMatchObject({ code: "symbol_busy", symbols: { BUSY: { failed: { code: "symbol_busy" } } } });
  const beside = await ingestAs("p", 3, [tick("BUSY", 1), tick("CALM", 1)]);
  expect(beside).toMatchObject({ status: 207, body: { symbols: { CALM: { accepted: 1 } } } });
});

it("what is done for batches that wait is not done in the name of the first", async () => {
  await ingestAs("p", 1, [tick("NAMED", 0)]);
  await runInDurableObject(stubOf("NAMED"), async (object) => {
    const names: (string | undefined)[] = [];
    const prepare = object.access.prepare.bind(object.access);
    const spied = vi.spyOn(object.access, "prepare").mockImplementation(async () => {
      names.push(currentRequest()?.requestId);
      await prepare();
    });
    onTestFinished(() => spied.mockRestore());
    const rows = Float64Array.of(START_MS + 1000, 100, 1, NaN, NaN, NaN, NaN, NaN);
    const sent = { symbol: "NAMED", maxTraceBytes: null, producer: "q", producerSeq: 1, rows };
    const first = runAsRequest({ requestId: "first" }, () => object.ingest({ ...sent, requestId: "first" }));
    const second = object.ingest(sent);
    expect([(await first).accepted, (await second).duplicate]).toEqual([1, 1]);
    expect(names).toEqual([undefined, undefined]);
  });
});
