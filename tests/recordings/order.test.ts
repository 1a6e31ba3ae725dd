// Recordings whose rows are not in order of time.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OrderCheck } from "../../recordings/recording-order.ts";
import { ReorderBuffer } from "../../recordings/reorder-buffer.ts";
import { remarksOf } from "../../recordings/summary-text.ts";
import { readTickFiles, type TickFiles } from "../../recordings/tick-files.ts";
import type { Tick } from "../../src/features/tick.ts";

const T0 = 1_764_547_200_000;
const REORDER = 50;
/** Rows enough that a file is read in several pieces. */
const HALF = 20_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-order-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Seconds behind T0 as rows; the price is the place in the file. */
async function csv(
  name: string,
  seconds: readonly number[],
  symbolOf: (i: number) => string = () => "A",
): Promise<string> {
  const rows = seconds.map((s, i) => `${T0 + 1000 * s},${symbolOf(i)},${i + 1}\n`);
  await writeFile(join(folder, name), "ts,symbol,price\n" + rows.join(""));
  return join(folder, name);
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const read = (...paths: string[]) => readTickFiles(paths, { reorderTicks: REORDER, runTicks: 7_000 });
const isSorted = ({ ticks }: TickFiles): boolean => ticks.every(({ tsMs }, i) => i === 0 || tsMs >= ticks[i - 1]!.tsMs);

describe("a recording out of order", () => {
  it("is sorted on disk, and this is said: joined backwards, days interleaved, or one row a day late", async () => {
    const joined = [...range(HALF, HALF), ...range(0, HALF)];
    const days = range(0, 2).flatMap((k) => [...range(2 * HALF + HALF * k, HALF), ...range(HALF * k, HALF)]);
    const late = [...range(1, 2 * HALF), 0];
    for (const [name, seconds] of Object.entries({ joined, days, late })) {
      const path = await csv(`${name}.csv`, seconds);
      const found = await read(path);
      expect([found.ticks.length, found.outOfOrder, isSorted(found)]).toEqual([seconds.length, 0, true]);
      expect(found.files[0]).toMatchObject({ sorted: true, newestFirst: false, ticks: seconds.length });
      expect(remarksOf(found)).toContain(`were not in order of time, and were sorted: ${path}`);
      expect(found.ticks.every(({ tsMs, price }) => seconds[price - 1] === (tsMs - T0) / 1000)).toBe(true);
    }
    expect(await readdir(tmpdir())).not.toContainEqual(expect.stringMatching(/^volgate-sort-/));
  });

  it("does not disturb the recording in order beside it", async () => {
    const joined = await csv("b-joined.csv", [...range(HALF, HALF), ...range(0, HALF)]);
    const sorted = await csv("a-sorted.csv", range(0, 2 * HALF), () => "B");
    const found = await read(sorted, joined);
    expect([isSorted(found), found.files.map(({ sorted }) => sorted)]).toEqual([true, [false, true]]);
  });

  it("keeps equal times in the order of its rows, whatever runs they fall into", async () => {
    const seconds = range(0, 2 * HALF).map((i) => (i * 7919) % 100);
    const { ticks } = await read(await csv("equal.csv", seconds));
    const expected = seconds
      .map((second, i) => ({ second, price: i + 1 }))
      .sort((a, b) => a.second - b.second)
      .map(({ price }) => price);
    expect(ticks.map(({ price }) => price).join() === expected.join()).toBe(true);
  });

  it("may be of several symbols, one behind the other", async () => {
    const path = await csv("symbols.csv", [...range(0, HALF), ...range(0, HALF)], (i) => (i < HALF ? "A" : "B"));
    const found = await read(path);
    expect([found.ticks.length, found.outOfOrder, isSorted(found)]).toEqual([2 * HALF, 0, true]);
  });

  it("is sorted whatever its form: messages, lists, bars, Parquet", async () => {
    const seconds = [...range(300, 300), ...range(0, 300)];
    const object = (s: number): string => JSON.stringify({ ts: T0 + 60_000 * s, symbol: "A", price: s + 1 });
    const columnData: ColumnSource[] = [
      { name: "ts", data: seconds.map((s) => BigInt(T0 + 60_000 * s)), type: "INT64" },
      { name: "symbol", data: seconds.map(() => "A"), type: "STRING" },
      { name: "price", data: seconds.map((s) => s + 1), type: "DOUBLE" },
    ];
    const contents = {
      "a.ndjson": seconds.map(object).join("\n"),
      "a.json": `[${seconds.map(object).join(",")}]`,
      "A-B_1m.csv": "timestamp_ms,open,high,low,close\n" + seconds.map((s) => `${T0 + 60_000 * s},1,1,1,1\n`).join(""),
      "a.parquet": new Uint8Array(parquetWriteBuffer({ columnData })),
    };
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(join(folder, name), content);
      const found = await read(join(folder, name));
      const count = name.endsWith(".csv") ? 4 * 600 : 600;
      expect([name, found.ticks.length, found.outOfOrder, isSorted(found)]).toEqual([name, count, 0, true]);
      expect(found.files[0]!.sorted).toBe(true);
    }
  });
});

describe("an order check", () => {
  it("is right about what a reorder buffer of the same bound puts in order", () => {
    const times = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 8 }), (tsMs, bound) => {
        const check = new OrderCheck(bound);
        for (const time of tsMs) check.update(time);
        const buffer = new ReorderBuffer(bound + 1);
        const out = tsMs.flatMap((time) => buffer.push([{ tsMs: time } as Tick])).concat(buffer.drain());
        const isOrdered = out.every((tick, i) => i === 0 || tick.tsMs >= out[i - 1]!.tsMs);
        if (check.isInOrder) expect(isOrdered).toBe(true);
      }),
      { seed: 20251202, numRuns: 2000 },
    );
  });
});

describe("identical ticks of several recordings", () => {
  const line = (s: number, price: number, id?: number): string =>
    JSON.stringify({ ts: T0 + 1000 * s, symbol: "A", price, ...(id === undefined ? {} : { id }) }) + "\n";
  const file = async (name: string, ...lines: string[]): Promise<string> => {
    await writeFile(join(folder, name), lines.join(""));
    return join(folder, name);
  };

  it("are counted once, and this is said; those of one recording are all kept", async () => {
    const a = await file("dup-a.ndjson", line(1, 1), line(2, 2), line(2, 2), line(3, 3, 7), line(4, 4));
    const b = await file("dup-b.ndjson", line(2, 2), line(3, 3, 7), line(3, 3, 8), line(4, 5), line(5, 5));
    const found = await read(a, b);
    expect(found.ticks.map(({ price }) => price)).toEqual([1, 2, 2, 3, 3, 4, 5, 5]);
    expect([found.sharedTicks, found.files.map(({ ticks }) => ticks)]).toEqual([2, [5, 5]]);
    expect(remarksOf(found)).toContain("2 ticks are in several files and counted once");
  });

  it("are all of a file that is given twice", async () => {
    const a = await file("twice.ndjson", line(1, 1), line(1, 1), line(2, 2));
    const found = await read(a, a);
    expect([found.ticks.length, found.sharedTicks]).toEqual([3, 3]);
  });
});

describe("a recording from the newest tick to the oldest", () => {
  it("gives what the same rows give oldest first, equal times included, of any length", async () => {
    for (const count of [40, 2 * HALF]) {
      // Two rows a second.
      const seconds = range(0, count).map((i) => Math.floor(i / 2));
      const { ticks, files, outOfOrder } = await read(await csv(`newest-${count}.csv`, seconds.toReversed()));
      expect(ticks.every(({ price }, i) => price === count - i)).toBe(true);
      expect([ticks.length, files[0]!.newestFirst, outOfOrder]).toEqual([count, true, 0]);
    }
  });

  it("is merged with others, also as Parquet and as bars", async () => {
    const times = range(0, 300).toReversed();
    const columnData: ColumnSource[] = [
      { name: "ts", data: times.map((s) => BigInt(T0 + 1000 * s)), type: "INT64" },
      { name: "symbol", data: times.map(() => "P"), type: "STRING" },
      { name: "price", data: times.map((s) => s + 1), type: "DOUBLE" },
    ];
    const parquet = join(folder, "newest.parquet");
    await writeFile(parquet, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100 })));
    const bars = join(folder, "BTC-USD_1m.csv");
    const rows = times.map((s) => `${T0 + 60_000 * (s + 1)},10,14,9,12\n`);
    await writeFile(bars, "timestamp_ms,open,high,low,close\n" + rows.join(""));
    const { ticks, files, outOfOrder } = await read(parquet, bars);
    expect([ticks.length, outOfOrder]).toEqual([300 + 4 * 300, 0]);
    expect(files.map(({ newestFirst }) => newestFirst)).toEqual([true, true]);
    expect(ticks.every(({ tsMs }, i) => i === 0 || tsMs >= ticks[i - 1]!.tsMs)).toBe(true);
  });
});
