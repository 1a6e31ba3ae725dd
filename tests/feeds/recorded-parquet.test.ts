import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AsyncBuffer } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeptMarkets } from "../../recordings/kept-markets.ts";
import { parquetRows, parquetTimes } from "../../recordings/recorded-parquet.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { TimeColumn } from "../../recordings/time-column.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";

const T0 = 1_764_547_200_000;
const GOLDEN = join(import.meta.dirname, "golden-ticks.parquet");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-parquet-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, columnData: ColumnSource[], rowGroupSize = 100_000): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })));
  return path;
}

function times(n: number, stepMs = 1): ColumnSource {
  return { name: "ts", data: Array.from({ length: n }, (_, i) => BigInt(T0 + stepMs * i)), type: "INT64" };
}

function prices(...data: number[]): ColumnSource {
  return { name: "price", data, type: "DOUBLE" };
}

function symbols(...data: string[]): ColumnSource {
  return { name: "symbol", data, type: "STRING" };
}

describe("Parquet recordings", () => {
  it("reads every column under both its names, nulls and NaN as missing, ids beyond 2^53 as digits", async () => {
    const path = await file("all.parquet", [
      times(2),
      symbols("btc-usd", "BTC-USD"),
      prices(10, 11),
      { name: "bid", data: [9, NaN], type: "DOUBLE" },
      { name: "ask", data: [null, 12], type: "DOUBLE", nullable: true },
      { name: "bid_size", data: [1, 2], type: "DOUBLE" },
      { name: "askSize", data: [3, 4], type: "DOUBLE" },
      { name: "tradeSize", data: [0, 0.5], type: "DOUBLE" },
      { name: "id", data: [7n, 2n ** 60n], type: "INT64" },
    ]);
    const { ticks, rejected, files } = await readTickFiles([path]);
    const symbol = "BTC-USD";
    expect(ticks).toEqual([
      { symbol, tsMs: T0, price: 10, bid: 9, ask: NaN, bidSize: 1, askSize: 3, size: 0, id: 7 },
      { symbol, tsMs: T0 + 1, price: 11, bid: NaN, ask: 12, bidSize: 2, askSize: 4, size: 0.5, id: ticks[1]!.id },
    ]);
    // A hash, as for the same digits in JSON.
    expect(ticks[1]!.id).toBeLessThan(0);
    expect(rejected.size).toBe(0);
    expect(files).toMatchObject([{ path, ticks: 2, rejected: 0, sha256: sha256Hex(await readFile(path)), cut: false }]);
  });

  it("reads what pyarrow wrote: ns time stamps, a dictionary, and zstd, gzip, snappy, brotli and LZ4", async () => {
    const { ticks, rejected } = await readTickFiles([GOLDEN]);
    expect([ticks.length, rejected.size]).toEqual([200, 0]);
    for (const [i, tick] of ticks.entries()) {
      expect(tick).toEqual({
        symbol: i % 3 === 0 ? "ETH-USD@coinbase" : "BTC-USD@coinbase",
        tsMs: T0 + 250 * i,
        price: 100 + i / 4,
        bid: i % 5 === 0 ? NaN : 99 + i / 4,
        ask: i % 7 === 0 ? NaN : 101 + i / 4,
        bidSize: i / 8,
        askSize: NaN,
        size: NaN,
        id: i % 2 === 0 ? i : tick.id,
      });
    }
    const only = await readTickFiles([GOLDEN], { symbol: "eth-usd" });
    expect(only.ticks.map(({ price }) => price)).toEqual(Array.from({ length: 67 }, (_, i) => 100 + (3 * i) / 4));
  });

  it("reads times as ms, us and ns time stamps, Date and ISO text, cut to the ms", async () => {
    const iso = await file("iso.parquet", [
      { name: "timestamp", data: ["2025-12-01T00:00:01.5004", "2025-12-01 01:00:00+01:00", "noon"], type: "STRING" },
      symbols("A", "A", "A"),
      prices(1, 2, 3),
    ]);
    const dates = await file("dates.parquet", [
      { name: "ts", data: [new Date(T0 + 3)], type: "TIMESTAMP" },
      symbols("A"),
      prices(4),
    ]);
    const { ticks, rejected } = await readTickFiles([iso, dates]);
    expect(ticks.map(({ tsMs, price }) => [tsMs - T0, price])).toEqual([
      [0, 2],
      [3, 4],
      [1500, 1],
    ]);
    expect(rejected).toEqual(new Map([["ts_malformed", 1]]));
  });

  it("refuses ticks for the same reasons as everywhere", async () => {
    const path = await file("bad.parquet", [
      { name: "ts", data: [BigInt(T0), 5n, BigInt(T0)], type: "INT64" },
      symbols("A", "A", "a b"),
      prices(-1, 2, 3),
    ]);
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks).toEqual([]);
    expect(Object.fromEntries(rejected)).toEqual({ price_not_positive: 1, ts_out_of_range: 1, symbol_malformed: 1 });
  });

  it("takes the symbol of a folder symbol=, all below a folder in order of paths, and of no other folder", async () => {
    for (const [name, price] of [
      ["lake/symbol=SOL-USD/date=2025-12-01/part-0.parquet", 3],
      ["lake/symbol=btc-usd/part-1.parquet", 2],
      ["lake/symbol=btc-usd/part-0.parquet", 1],
      ["ticks/ETH-USD/2025-12-01/0000-1.parquet", 4],
      ["slash/symbol=BTC%2FUSD%40Kraken/part-0.parquet", 5],
      ["percent/symbol=BTC%2/part-0.parquet", 6],
    ] as const) {
      await file(name, [times(1), prices(price)]);
    }
    const { ticks, files } = await readTickFiles([join(folder, "lake")]);
    expect(ticks.map(({ symbol, price }) => [symbol, price])).toEqual([
      ["SOL-USD", 3],
      ["BTC-USD", 1],
      ["BTC-USD", 2],
    ]);
    expect(files[1]!.path).toBe(join(folder, "lake/symbol=btc-usd/part-0.parquet"));
    expect((await readTickFiles([join(folder, "lake")], { symbol: "BTC-USD" })).ticks.length).toBe(2);
    await expect(readTickFiles([join(folder, "ticks")])).rejects.toThrow("got ticks without a column symbol");
    const slash = await readTickFiles([join(folder, "slash")]);
    expect(slash.ticks).toMatchObject([{ symbol: "BTC/USD@kraken", price: 5 }]);
    await expect(readTickFiles([join(folder, "percent")])).rejects.toThrow("got the folder symbol=BTC%2, expected");
  });

  it("reads one row group at a time, and only the columns it needs", async () => {
    const n = 30_000;
    const noise = Array.from({ length: n }, (_, i) => `${i}-${(i * 2654435761) % 4294967296}`.padEnd(100, "x"));
    const path = await file(
      "groups.parquet",
      [times(n), prices(...Array.from({ length: n }, (_, i) => 1 + i)), { name: "noise", data: noise, type: "STRING" }],
      10_000,
    );
    const counting = await countingFile(path);
    const context = { path, wanted: "A", kept: new KeptMarkets(), reading: {}, times: new TimeColumn(path, "row") };
    const inputs = parquetRows(counting, context);
    await inputs.next();
    const footerAtMost = 1 << 16;
    const afterFirst = counting.read - footerAtMost;
    let rows = 4096;
    for await (const batch of inputs) rows += batch.length;
    expect(rows).toBe(n);
    expect(afterFirst).toBeLessThan((counting.read - footerAtMost) / 2);
    expect(counting.read - footerAtMost).toBeLessThan(counting.byteLength / 2);
  });

  it("reads a file too large for one piece by its row groups, and hashes all of it", async () => {
    const n = 85_000;
    const noise = Array.from({ length: n }, (_, i) => `${i}`.padEnd(200, "x"));
    const stamps = Array.from({ length: n }, (_, i) => BigInt(T0 + i));
    const columnData: ColumnSource[] = [
      { name: "ts", data: stamps, type: "INT64" },
      { name: "noise", data: noise, type: "STRING", codec: "UNCOMPRESSED" },
      { name: "price", data: Float64Array.from(stamps, Number), type: "DOUBLE" },
    ];
    const path = await file("large.parquet", columnData, 25_000);
    const bytes = await readFile(path);
    expect(bytes.length).toBeGreaterThan(1 << 24);
    const seen: number[] = [];
    const onProgress = (read: number, total: number): number => seen.push(read / total);
    const { ticks, files } = await readTickFiles([path], { symbol: "A", onProgress });
    expect(ticks.map(({ tsMs, price }) => [tsMs, price])).toEqual(stamps.map((ts) => [Number(ts), Number(ts)]));
    expect(files[0]).toMatchObject({ ticks: n, sha256: sha256Hex(bytes) });
    expect([seen[0]! < 0.2, seen.at(-1)]).toEqual([true, 1]);
  });

  it("reads the earliest time of all row groups from the footer, where it is there", async () => {
    const stamps = Array.from({ length: 30_000 }, (_, i) => BigInt(T0 + ((i * 7919) % 30_000)));
    const shuffled = await file(
      "shuffled.parquet",
      [{ name: "ts", data: stamps, type: "INT64" }, prices(...stamps.map(Number))],
      999,
    );
    const counting = await countingFile(shuffled);
    expect((await parquetTimes(shuffled, counting)).earliestMs).toBe(T0);
    expect(counting.read).toBeLessThan(counting.byteLength / 2);
    expect((await parquetTimes(GOLDEN, await countingFile(GOLDEN))).earliestMs).toBe(T0);
    const iso = await file("one-1.parquet", [{ name: "ts", data: ["2025-12-01T00:00:01"], type: "STRING" }, prices(1)]);
    const none = await file("one-2.parquet", [times(0), prices()]);
    const silent = await file("one-3.parquet", [{ ...times(3), statistics: false }, prices(1, 2, 3)]);
    for (const path of [iso, none, silent]) {
      expect((await parquetTimes(path, await countingFile(path))).earliestMs).toBeUndefined();
    }
    expect((await readTickFiles([silent, iso, none], { symbol: "A" })).ticks.length).toBe(4);
  });

  it("merges files by the times in their footers", async () => {
    const at = (start: number, n: number, price: number): ColumnSource[] => [
      { name: "ts", data: Array.from({ length: n }, (_, i) => BigInt(T0 + start + 2 * i)), type: "INT64" },
      prices(...Array.from({ length: n }, (_, i) => price + i)),
    ];
    const late = await file("merge-2.parquet", at(101, 50, 1000));
    const early = await file("merge-1.parquet", at(0, 100, 1));
    const { ticks, outOfOrder } = await readTickFiles([late, early], { symbol: "A", reorderTicks: 0 });
    expect(ticks.map(({ tsMs }) => tsMs)).toEqual(ticks.map(({ tsMs }) => tsMs).sort((a, b) => a - b));
    expect([ticks.length, outOfOrder, ticks[50]!.price, ticks[51]!.price]).toEqual([150, 0, 51, 1000]);
  });

  it("names the path of a file that is no Parquet, is damaged or cut, or lacks a column or the symbol", async () => {
    const text = join(folder, "text.parquet");
    await writeFile(text, "ts,price\n1,2\n");
    const whole = await readFile(GOLDEN);
    const cut = join(folder, "cut.parquet");
    await writeFile(cut, whole.subarray(0, whole.length - 9));
    const damaged = join(folder, "damaged.parquet");
    await writeFile(
      damaged,
      whole.map((byte, i) => (i > 4 && i < 400 ? 0xff : byte)),
    );
    const empty = join(folder, "empty.parquet");
    await writeFile(empty, "");
    for (const path of [text, cut, damaged, empty]) {
      await expect(readTickFiles([path])).rejects.toThrow(`${path}: not a readable Parquet file (`);
    }
    const odd = await file("odd.parquet", [times(1), symbols("A")]);
    await expect(readTickFiles([odd])).rejects.toThrow(
      'odd.parquet: got the columns "ts,symbol", expected ts with price, with bid and ask',
    );
    const nameless = await file("nameless.parquet", [times(1), prices(1)]);
    await expect(readTickFiles([nameless])).rejects.toThrow("nameless.parquet: got ticks without a column symbol");
    expect((await readTickFiles([nameless], { symbol: "A" })).ticks.length).toBe(1);
  });

  it("gives nothing for a file without rows", async () => {
    const path = await file("rows-none.parquet", [times(0), symbols(), prices()]);
    const { ticks, files } = await readTickFiles([path]);
    expect(ticks).toEqual([]);
    expect(files[0]).toMatchObject({ ticks: 0, rejected: 0 });
  });
});

/** A file in memory that counts the bytes asked for. */
async function countingFile(path: string): Promise<AsyncBuffer & { read: number }> {
  const bytes = new Uint8Array(await readFile(path)).buffer;
  const file = {
    byteLength: bytes.byteLength,
    read: 0,
    slice: (start: number, end = bytes.byteLength) => {
      file.read += end - start;
      return bytes.slice(start, end);
    },
  };
  return file;
}
