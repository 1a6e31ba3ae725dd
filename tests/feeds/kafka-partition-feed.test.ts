// Each record reaches the gateway once, whatever crashes: the feed beside a Kafka and a gateway in memory.
import type { DeliveredAnswer } from "../../gateway-client/delivered-answer.ts";
import { noCounts } from "../../gateway-client/ingest-counts.ts";
import type { CommitNote } from "../../feeds/kafka/commit-note.ts";
import type { LogPart } from "../../feeds/kafka/kafka-record.ts";
import { NumberInUseError, PartitionFeed, type PostedBatch } from "../../feeds/kafka/partition-feed.ts";
import { describe, expect, it } from "vitest";
import { KafkaWorld, type WorldOptions } from "./kafka-world.ts";

const CALM = { crashes: 0, takeovers: 0, failures: 0, compacts: false, records: 120 };
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

async function lived(options: WorldOptions): Promise<KafkaWorld> {
  const world = new KafkaWorld(options);
  await world.run();
  return world;
}

/** Ids that were applied, those with a dead letter, and those that compaction took. */
function fates({ applied, letters, compacted }: KafkaWorld) {
  const ids = [...applied.values()].flat();
  return { ids, twice: ids.length - new Set(ids).size, known: new Set([...ids, ...letters.keys(), ...compacted]) };
}

function inOrder({ applied }: KafkaWorld): boolean {
  return [...applied.values()].every((ids) => ids.every((id, i) => i === 0 || id > ids[i - 1]!));
}

describe("a partition's feed", () => {
  it.each([
    ["calm", CALM],
    ["kills at any moment", { ...CALM, crashes: 0.02 }],
    ["takeovers while the old member goes on", { ...CALM, takeovers: 0.01 }],
    ["failing symbols", { ...CALM, failures: 0.1 }],
    ["requests that are too large", { ...CALM, crashes: 0.01, mostLines: 3 }],
    ["everything at once", { ...CALM, crashes: 0.01, takeovers: 0.005, failures: 0.05, compacts: true, mostLines: 8 }],
  ])("applies each tick once and in order: %s", async (_, options) => {
    const sums = { crashes: 0, takeovers: 0, recovered: 0, failures: 0 };
    for (const seed of SEEDS) {
      const world = await lived({ ...options, seed });
      const { twice, known } = fates(world);
      expect({ seed, twice, missing: options.records - known.size }).toEqual({ seed, twice: 0, missing: 0 });
      expect(inOrder(world)).toBe(true);
      for (const name of ["crashes", "takeovers", "recovered", "failures"] as const) sums[name] += world.happened[name];
    }
    // What a case is named for has happened.
    expect(sums.crashes > 0).toBe(options.crashes > 0);
    expect(sums.takeovers > 0).toBe(options.takeovers > 0);
    expect(sums.recovered > 0).toBe(options.crashes > 0 || options.takeovers > 0);
    expect(sums.failures > 0).toBe(options.failures > 0);
  });

  it("writes a dead letter for each message that is not JSON and each tick that is refused, and for no other", async () => {
    const { letters, applied } = await lived({ ...CALM, seed: 5, crashes: 0.02, records: 400 });
    const ids = new Set([...applied.values()].flat());
    expect(letters.size + ids.size).toBe(400);
    expect([...letters.keys()].some((id) => ids.has(id))).toBe(false);
    expect(new Set(letters.values())).toEqual(new Set(["not_json", "price_not_positive"]));
  });

  it("says when records of a batch were compacted away after it was announced", async () => {
    const worlds = await Promise.all(
      SEEDS.map((seed) => lived({ ...CALM, seed, crashes: 0.06, compacts: true, records: 300 })),
    );
    const notes = worlds.flatMap((world) => world.notes);
    expect(notes.some((note) => note.includes("deleted, compacted, or read by other options since"))).toBe(true);
    expect(notes.some((note) => note.includes("was applied before"))).toBe(true);
  });
});

interface Scripted {
  readonly parts: readonly LogPart[];
  /** What the group has; a new group's by default. */
  readonly note?: CommitNote;
  readonly answer: (batch: PostedBatch) => Partial<DeliveredAnswer>;
}

/** A feed of scripted reads and answers, until all is read; what it committed, buried and lost. */
async function fed({ parts, note, answer }: Scripted) {
  const stop = new AbortController();
  const committed: { offset: number; note: CommitNote }[] = [];
  const buried: number[] = [];
  const lost: (readonly [number, number])[] = [];
  const notes: string[] = [];
  const left = [...parts];
  const feed = new PartitionFeed({
    ...{ topic: "ticks", topicId: "id", partition: 0, committed: { offset: 0, note } },
    rules: { query: "", symbolFromKey: false },
    limits: { records: 1000, bytes: 1e6 },
    ports: {
      read: async (offset) => {
        if (left.length === 1) stop.abort();
        return left.shift() ?? { records: [], nextOffset: offset, startOffset: 0 };
      },
      commit: async (offset, note) => void committed.push({ offset, note }),
      post: async (batch) => {
        return {
          answer: { ...noCounts(), symbols: {}, errors: [], errors_omitted: 0, ...answer(batch) },
          isRepeated: false,
        };
      },
      pause: async () => undefined,
      bury: async (letters) => void buried.push(...letters.map(({ record }) => record.offset)),
    },
    watcher: { onBatch: () => undefined, onLost: (...range) => lost.push(range), onNote: (text) => notes.push(text) },
  });
  let isFinished: boolean | undefined;
  const failure = await feed.run(stop.signal).then(
    (result) => void (isFinished = result),
    (error: unknown) => error,
  );
  return { committed, buried, lost, notes, isFinished, failure };
}

function partOf(from: number, to: number, startOffset = 0): LogPart {
  const records = Array.from({ length: to - from }, (_, i) => {
    return { offset: from + i, timestampMs: 0, key: null, value: Buffer.from(`{"n":${from + i}}`), headers: [] };
  });
  return { records, nextOffset: to, startOffset };
}

const END = { records: [], nextOffset: 0, startOffset: 0 };

describe("a partition's feed beside a gateway that", () => {
  it("describes 100 refusals of 350 in an answer writes a dead letter for each", async () => {
    const reason = { reason: "ts_missing", field: "ts", got: undefined, expected: "a time" };
    const { buried } = await fed({
      parts: [partOf(0, 400), END],
      answer: ({ body }) => {
        const lines = body.split("\n").map((line) => (JSON.parse(line) as { n: number }).n);
        const all = lines.flatMap((n, index) => (n < 350 ? [{ index, symbol: undefined, ...reason }] : []));
        return { rejected: all.length, errors: all.slice(0, 100), errors_omitted: Math.max(0, all.length - 100) };
      },
    });
    expect(buried).toEqual(Array.from({ length: 350 }, (_, i) => i));
  });

  it("describes refusals symbol by symbol, as where it takes no more symbols, writes a dead letter for each", async () => {
    const reason = { reason: "symbol_limit", field: "symbol", got: "X", expected: "no more symbols" };
    const { buried } = await fed({
      parts: [partOf(0, 400), END],
      answer: ({ body }) => {
        const lines = body.split("\n").map((line) => (JSON.parse(line) as { n: number }).n);
        const bySymbol = [0, 1, 2].flatMap((symbol) =>
          lines.flatMap((n, index) => (n % 4 === symbol ? [{ index, symbol: `S${symbol}`, ...reason }] : [])),
        );
        const counts = { ...noCounts(), steps_closed: 0, failed: undefined, warnings: undefined };
        return {
          symbols: {
            S0: { ...counts, rejected: 100 },
            S1: { ...counts, rejected: 100 },
            S2: { ...counts, rejected: 100 },
          },
          rejected: bySymbol.length,
          errors: bySymbol.slice(0, 100),
          errors_omitted: Math.max(0, bySymbol.length - 100),
        };
      },
    });
    expect(buried).toEqual(Array.from({ length: 400 }, (_, i) => i).filter((n) => n % 4 !== 3));
  });

  it("counts refusals that it never describes is asked until nothing new comes", async () => {
    let posts = 0;
    const { buried } = await fed({
      parts: [partOf(0, 5), END],
      answer: () => {
        posts += 1;
        return { rejected: 5, errors_omitted: 5 };
      },
    });
    expect({ buried, posts }).toEqual({ buried: [], posts: 2 });
  });

  it("has seen a new number with other ticks stops, and leaves the batch to be sent under another name", async () => {
    const conflict = { code: "sequence_conflict", detail: "other ticks", ticks: 5, retry_after_s: null };
    const A = { ...noCounts(), steps_closed: 0, failed: conflict, warnings: undefined };
    const { committed, failure } = await fed({ parts: [partOf(0, 5), END], answer: () => ({ symbols: { A } }) });
    expect(failure).toBeInstanceOf(NumberInUseError);
    expect(committed.map(({ offset }) => offset)).toEqual([0, 0]);
    expect(committed[1]!.note).toMatchObject({ seq: 0, intent: undefined });
    expect(committed[1]!.note.producer).not.toBe(committed[0]!.note.producer);
  });
});

it("says which offsets were deleted before they were read, and goes on behind them", async () => {
  const { committed, lost } = await fed({
    parts: [{ records: [], nextOffset: 40, startOffset: 40 }, partOf(40, 50, 40), END],
    answer: () => ({}),
  });
  expect(lost).toEqual([[0, 40]]);
  expect(committed.at(-1)!.offset).toBe(50);
});

it("says that it waits for the end of an announced batch, and leaves it announced when it is stopped", async () => {
  const note = { topicId: "id", producer: "p", seq: 3, intent: { end: 10, hash: "h" } };
  const { committed, notes, isFinished, failure } = await fed({
    note,
    parts: [
      partOf(0, 4),
      { records: [], nextOffset: 4, startOffset: 0 },
      { records: [], nextOffset: 4, startOffset: 0 },
    ],
    answer: () => expect.unreachable("nothing is to be sent"),
  });
  expect({ committed, isFinished, failure }).toEqual({ committed: [], isFinished: false, failure: undefined });
  expect(notes[0]).toBe("partition 0: waits for offsets 4 to 9, which a batch was announced for");
});
