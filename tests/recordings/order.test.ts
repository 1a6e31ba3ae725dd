// Recordings whose rows are not in order of time.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";

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
/** Without the ticks, whose printing takes minutes where a test fails. */
const counts = async (...paths: string[]) => (await read(...paths)).ticks.length;
const read = (...paths: string[]) => readTickFiles(paths, { reorderTicks: REORDER });

describe("a recording out of order", () => {
  it("is refused when it would lose more than one row in a hundred: joined backwards, or days interleaved", async () => {
    const joined = await csv("joined.csv", [...range(HALF, HALF), ...range(0, HALF)]);
    await expect(counts(joined)).rejects.toThrow(
      /joined.csv: is not in order of time: 20,000 of 40,000 ticks \(50.0 %\) are more than 50 rows behind .*oldest first/,
    );
    const days = range(0, 2).flatMap((k) => [...range(2 * HALF + HALF * k, HALF), ...range(HALF * k, HALF)]);
    await expect(counts(await csv("days.csv", days))).rejects.toThrow("days.csv: is not in order of time");
  });

  it("is named, not the recording in order beside it", async () => {
    const joined = await csv("b-joined.csv", [...range(HALF, HALF), ...range(0, HALF)]);
    const sorted = await csv("a-sorted.csv", range(0, 2 * HALF));
    await expect(counts(sorted, joined)).rejects.toThrow("b-joined.csv: is not in order of time");
  });

  it("keeps what it has, and says so, when it loses one row in a hundred or less", async () => {
    const { ticks, outOfOrder } = await read(await csv("few.csv", [...range(300, 2 * HALF), ...range(0, 300)]));
    expect([ticks.length, outOfOrder]).toEqual([2 * HALF + 300, 300]);
  });

  it("loses nothing when it is sorted by symbol, then by time", async () => {
    const path = await csv("symbols.csv", [...range(0, HALF), ...range(0, HALF)], (i) => (i < HALF ? "A" : "B"));
    const { ticks, outOfOrder } = await read(path);
    expect([ticks.length, outOfOrder]).toEqual([2 * HALF, 0]);
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
