// Kinds of files that are not read, and words for missing values.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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
    ["a.feather", bytes("ARROW1\0\0…"), "feather, Arrow IPC"],
    ["a.csv", bytes("PK\u0003\u0004…"), "a zip archive"],
    ["a.csv.zst", bytes("\u0028\u00b5\u002f\u00fd…"), "zstd"],
    ["a.ndjson", gzipSync(tick), "gzip under another name: the name must end with .gz"],
    ["b.ndjson", bytes("PAR1…"), "Parquet under another name: the name must end with .parquet"],
    ["b.csv", bytes("\u00ff\u00fet\0s\0"), "text in UTF-16: write it in UTF-8"],
    ["c.ndjson.gz", gzipSync(bytes("abc\0def")), "binary"],
    ["a.json", `[${tick}]`, 'a JSON list: write one object a line, as jq -c ".[]" does'],
    ["b.json", `[\n  ${tick}\n]\n`, 'a JSON list: write one object a line, as jq -c ".[]" does'],
    ["c.json.gz", gzipSync("[[1570752011620,1,2]]"), 'a JSON list: write one object a line, as jq -c ".[]" does'],
    ["a.tsv", `ts\tsymbol\tprice\n${T0}\tA\t1\n`, "a table separated by tabs"],
    ["a.txt", `ts,symbol,price\n${T0},A,1\n`, "a table under another name: the name must end with .csv"],
    ["b.txt", "hello\n", 'no line is JSON, the first is "hello"'],
  ])("is named: %s", async (name, content, kind) => {
    const path = await file(name, content);
    await expect(readTickFiles([path])).rejects.toThrow(
      `${path}: this kind of file is not read (${kind}); read are NDJSON, CSV and Parquet`,
    );
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
    await writeFile(join(mixed, "a.zip"), "PK");
    await expect(readTickFiles([mixed])).rejects.toThrow(`${join("", "a.zip")} is of a kind that is not read`);
    await writeFile(join(mixed, "b.ndjson"), tick + "\n");
    expect((await readTickFiles([mixed])).skipped).toEqual([join(mixed, "a.zip")]);
  });

  it("shows the separator of a CSV that has another one", async () => {
    const path = await file("semicolon.csv", `ts;symbol;price\n${T0};A;1\n`);
    await expect(readTickFiles([path])).rejects.toThrow('separated by commas and not by ";"');
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
    const us = await file("us.csv", `ts,symbol,price,side\n${T0}000,A,1,buy\n${T0}000,A,-1,buy\n`);
    const ms = await file("ms.csv", `ts,symbol,price\n${T0},A,1\n${T0},B,1\n`);
    const read = await readTickFiles([us, ms], { symbol: "A" });
    expect(unitsText(read.files)).toBe("times in µs (1 file), ms (1 file)");
    expect(remarksOf(read)).toEqual([
      `first price_not_positive: ${us}, line 3: price is "-1", expected a number from 1e-15 to 1000000000000000`,
      "other symbols, left out: B",
      "columns that are not read: side",
      "no tick has a bid and an ask: columns of spread and imbalance stay empty",
    ]);
    const none = await readTickFiles([ms], { symbol: "C" });
    expect(() => requireTicks(none.ticks.length, none, "C")).toThrow(
      "no tick of --symbol C in 1 file; refused: none; other symbols: A, B",
    );
  });
});
