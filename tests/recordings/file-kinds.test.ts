// Kinds of files that are not read, and words for missing values.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decimalNumber } from "../../recordings/decimal-number.ts";
import { remarksOf, requireTicks, unitsText } from "../../recordings/summary-text.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_764_547_200_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-kinds-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const tick = JSON.stringify({ ts: T0, symbol: "A", price: 1 });

describe("a file of a kind that is not read", () => {
  it.each([
    ["a.ndjson", bytes("ARROW1\0\0…"), "feather, Arrow IPC under another name: the name must end with .feather"],
    ["a.csv", bytes("PK\u0003\u0004…"), "a zip archive under another name: the name must end with .zip"],
    ["b.ndjson", gzipSync(tick), "gzip under another name: the name must end with .gz"],
    ["c.ndjson", bytes("PAR1…"), "Parquet under another name: the name must end with .parquet"],
    ["d.ndjson", zstdCompressSync(tick), "zstd under another name: the name must end with .zst"],
    ["e.csv", bytes("DBN\u0001…"), "Databento's binary DBN: have it delivered as CSV"],
    ["b.csv", bytes("\u00ff\u00fet\0s\0"), "text in UTF-16: write it in UTF-8"],
    ["c.ndjson.gz", gzipSync(bytes("abc\0def")), "binary"],
    ["b.txt", "hello\n", 'no line is JSON, the first is "hello"'],
  ])("is named: %s", async (name, content, kind) => {
    const path = await file(name, content);
    await expect(readTickFiles([path])).rejects.toThrow(`${path}: this kind of file is not read (${kind}`);
  });

  it("of Databento is refused with a sentence that says to use its CSV form", async () => {
    const path = await file("trades.dbn.zst", zstdCompressSync("DBN\u0001…"));
    await expect(readTickFiles([path])).rejects.toThrow("have it delivered as CSV");
  });

  it.each([
    ["a.feather", "not a readable Arrow file"],
    ["a.csv.zst", "not a readable zstd file"],
    ["a.csv.gz", "not a readable gzip file"],
    ["a.zip", "not a readable zip archive, nothing of it was read"],
  ])("under the name of one that is read is named: %s", async (name, message) => {
    const path = await file(name, "ts,symbol,price\n");
    await expect(readTickFiles([path])).rejects.toThrow(`${path}: ${message}`);
  });

  it("is no NDJSON with a few other lines, and no capture of messages that are lists", async () => {
    const some = await file("some.ndjson", `# recorded by me\n[1, 2]\n${tick}\n`);
    const lists = await file("lists.ndjson", `[119930888, {"a": 1}, "spread"]\n`);
    const read = await readTickFiles([some, lists]);
    expect([read.ticks.length, Object.fromEntries(read.rejected)]).toEqual([1, { not_json: 1, unknown_form: 2 }]);
    expect(read.firstRefused.get("not_json")).toEqual({
      path: some,
      place: "line 1",
      reason: "not_json",
      field: "line",
      got: '"# recorded by me"',
      expected: "JSON, one message a line",
    });
  });

  it("is named where it lies in a folder, with or without others that are read", async () => {
    const mixed = await mkdtemp(join(folder, "mixed-"));
    await writeFile(join(mixed, "a.7z"), "7z");
    await writeFile(join(mixed, "settings.json"), '{"step": "1s"}');
    await expect(readTickFiles([mixed])).rejects.toThrow(`${join("", "a.7z")} is of a kind that is not read`);
    await writeFile(join(mixed, "b.ndjson"), tick + "\n");
    expect((await readTickFiles([mixed])).skipped).toEqual([join(mixed, "a.7z"), join(mixed, "settings.json")]);
  });

  it("is no file without a byte, which is named beside the others", async () => {
    const empty = await file("empty.csv", "");
    const read = await readTickFiles([empty, await file("one.ndjson", tick)]);
    expect([read.ticks.length, remarksOf(read)[0]]).toEqual([1, `WARNING: empty, with nothing to read: ${empty}`]);
  });
});

describe("a missing value", () => {
  const WORDS = ["", "N/A", "n/a", "\\N", "#N/A", "#N/A N/A", "<NA>", "NaN", "-nan", "NULL", "None", "1.#QNAN", "-"];

  it("in an optional cell keeps the row, whatever word stands for it", async () => {
    const rows = WORDS.map((word, i) => `${T0 + i},A,1,${word},${word},${word},${word},${word},${word}\n`);
    const path = await file("words.csv", "ts,symbol,price,bid,ask,bid_size,ask_size,size,id\n" + rows.join(""));
    const { ticks, rejected } = await readTickFiles([path]);
    expect([ticks.length, rejected.size]).toEqual([WORDS.length, 0]);
    for (const { bid, ask, bidSize, askSize, size, id } of ticks) {
      expect([bid, ask, bidSize, askSize, size, id]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
    }
  });

  it("is the same in NDJSON and Parquet; in a price it is missing, and a symbol may be called NA", async () => {
    const text = JSON.stringify({ ts: T0, symbol: "NA", price: "1", bid: "N/A", ask: "\\N" });
    const none = JSON.stringify({ ts: T0, symbol: "NA", price: "#N/A" });
    const columnData: ColumnSource[] = [
      { name: "ts", data: [BigInt(T0)], type: "INT64" },
      { name: "symbol", data: ["NA"], type: "STRING" },
      { name: "price", data: ["2.5"], type: "STRING" },
      { name: "bid", data: ["<NA>"], type: "STRING" },
    ];
    const paths = [
      await file("na.ndjson", `${text}\n${none}\n`),
      await file("na.parquet", new Uint8Array(parquetWriteBuffer({ columnData }))),
    ];
    const { ticks, rejected } = await readTickFiles(paths);
    expect(ticks.map(({ symbol, price, bid, ask }) => [symbol, price, bid, ask])).toEqual([
      ["NA", 1, NaN, NaN],
      ["NA", 2.5, NaN, NaN],
    ]);
    expect(Object.fromEntries(rejected)).toEqual({ price_missing: 1 });
  });

  it("is not made of an id below zero or beyond 2^53", async () => {
    const ids = ["-1", "9007199254740993", '"-1"', "1e30"];
    const lines = ids.map((id, i) => `{"ts":${T0 + i},"symbol":"A","price":1,"id":${id}}\n`);
    const { ticks, rejected } = await readTickFiles([await file("ids.ndjson", lines.join(""))]);
    expect([ticks.length, rejected.size, ticks.filter(({ id }) => Number.isNaN(id)).length]).toEqual([4, 0, 0]);
  });
});

describe("decimals of Parquet", () => {
  it("are the nearest doubles at any precision", () => {
    expect(decimalNumber(8454229000000n, 8)).toBe(84542.29);
    expect(decimalNumber(89417010000000000000000n, 18)).toBe(89417.01);
    expect(decimalNumber(Uint8Array.of(0xff, 0x85), 2)).toBe(-1.23);
    expect(decimalNumber(5, 0)).toBe(5);
    for (let cents = 1; cents < 100_000; cents += 7) {
      expect(decimalNumber(cents, 2)).toBe(
        Number(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`),
      );
    }
  });
});

describe("words about what was read", () => {
  it("name units, first refusals, columns that are not read, and that no tick has a quote", async () => {
    const us = await file("us.csv", `ts,symbol,price,mood\n${T0}000,A,1,up\n${T0}000,A,-1,up\n`);
    const ms = await file("ms.csv", `ts,symbol,price\n${T0 + 1},A,1\n${T0},B,1\n`);
    const read = await readTickFiles([us, ms], { symbol: "A" });
    expect(unitsText(read.files)).toBe("times in µs (1 file), ms (1 file)");
    expect(remarksOf(read)).toEqual([
      `first price_not_positive: ${us}, line 3: price is "-1", expected a number from 1e-15 to 1000000000000000`,
      "other symbols, left out: B",
      "columns that are not read: mood",
      "no tick has a bid and an ask: columns of spread and imbalance stay empty",
    ]);
    const none = await readTickFiles([ms], { symbol: "C" });
    expect(() => requireTicks(none.ticks.length, none, "C")).toThrow(
      "no tick of --symbol C in 1 file; refused: none; other symbols: A, B",
    );
  });
});
