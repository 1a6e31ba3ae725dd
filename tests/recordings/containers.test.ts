// What recordings are packed in: members, frames, entries, lists, and what is left of them when they are cut.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remarksOf } from "../../recordings/summary-text.ts";
import { readTickFiles, type TickFiles } from "../../recordings/tick-files.ts";
import { zipBytes } from "./zip-bytes.ts";

const T0 = 1_764_547_200_000;
const HEADER = "ts,symbol,price\n";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-containers-"));
});
afterAll(() => rm(folder, { recursive: true }));

const rows = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `${T0 + from + i},A,${from + i + 1}\n`).join("");

async function read(name: string, content: string | Uint8Array, symbol?: string): Promise<TickFiles> {
  await writeFile(join(folder, name), content);
  return await readTickFiles([join(folder, name)], { symbol });
}

const prices = ({ ticks }: TickFiles): readonly number[] => ticks.map(({ price }) => price);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("a zstd file", () => {
  const frame = (text: string): Buffer => zstdCompressSync(text);
  const skipped = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  it("of several frames is one text, with checksums, without sizes, and with frames to be skipped", async () => {
    const params = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 0 };
    const checked = zstdCompressSync(rows(2, 2), { params });
    const parts = [frame(HEADER + rows(0, 2)), skipped, checked, frame(""), frame(rows(4, 1000))];
    expect(prices(await read("frames.csv.zst", Buffer.concat(parts)))).toEqual(upTo(1004));
  });

  it("that is cut gives what can be read of it and is named; so is one cut inside its last frame's header", async () => {
    const whole = zstdCompressSync(HEADER + rows(0, 60_000));
    const cut = await read("cut.csv.zst", whole.subarray(0, whole.length - 3));
    expect([cut.files[0]!.cut, cut.ticks.length > 10_000]).toEqual([true, true]);
    expect(remarksOf(cut)).toContainEqual(expect.stringContaining("1 of 1 files cut short"));
    const header = await read("header.csv.zst", Buffer.concat([frame(HEADER + rows(0, 5)), whole.subarray(0, 3)]));
    expect([prices(header), header.files[0]!.cut]).toEqual([upTo(5), true]);
  });

  it("with other bytes behind a frame is refused", async () => {
    const bytes = Buffer.concat([frame(HEADER + rows(0, 5)), Buffer.from("something else")]);
    await expect(read("tail.csv.zst", bytes)).rejects.toThrow("not a readable zstd file");
  });
});

describe("a zip archive", () => {
  it("of several entries gives each as a recording, packed once more or not", async () => {
    const read3 = await read(
      "many.zip",
      zipBytes({
        "b/later.csv": HEADER + rows(2, 2),
        "a.csv.gz": gzipSync(HEADER + rows(0, 2)),
        "c.ndjson": `{"ts":${T0 + 4},"symbol":"A","price":5}\n`,
        "readme.txt": "hello",
        "__MACOSX/._a.csv": "x",
      }),
    );
    expect(prices(read3)).toEqual(upTo(5));
    expect(read3.files.map(({ path, ticks }) => [path.slice(folder.length + 1), ticks])).toEqual([
      ["many.zip/b/later.csv", 2],
      ["many.zip/a.csv.gz", 2],
      ["many.zip/c.ndjson", 1],
    ]);
  });

  it("may store its entries as they are, and hold Parquet", async () => {
    const columnData = [
      { name: "ts", data: [BigInt(T0), BigInt(T0 + 1)] },
      { name: "price", data: [1, 2] },
    ];
    const parquet = new Uint8Array(parquetWriteBuffer({ columnData }));
    for (const isStored of [true, false]) {
      const found = await read(`stored-${isStored}.zip`, zipBytes({ "p.parquet": parquet }, isStored), "A");
      expect(prices(found)).toEqual([1, 2]);
    }
  });

  it("that is empty, cut, damaged or without a recording is refused with what is wrong", async () => {
    const whole = zipBytes({ "a.csv": HEADER + rows(0, 5) });
    await expect(read("empty.zip", "")).rejects.toThrow("is empty: 0 bytes");
    await expect(read("cut.zip", whole.subarray(0, -10))).rejects.toThrow(
      "cut.zip: not a readable zip archive, nothing of it was read (",
    );
    const damaged = zipBytes({ "a.csv": HEADER + rows(0, 5) }, true);
    damaged[damaged.indexOf(",A,3\n") + 3] = 0x34;
    await expect(read("damaged.zip", damaged)).rejects.toThrow("damaged.zip/a.csv: is damaged");
    await expect(read("none.zip", zipBytes({ "a.pdf": "x" }))).rejects.toThrow("holds no recording; got a.pdf");
  });
});

describe("a list of JSON", () => {
  const object = (i: number): string => JSON.stringify({ ts: T0 + i, symbol: "A", price: i + 1, note: 'a "]" b' });

  it("of objects or rows is read in one line or many, and several lists behind each other", async () => {
    const objects = [0, 1, 2].map(object);
    expect(prices(await read("one.json", `[${objects.join(",")}]`))).toEqual(upTo(3));
    expect(prices(await read("many.json", `[\n  ${objects.join(",\n  ")}\n]\n`))).toEqual(upTo(3));
    expect(prices(await read("two.json", `[${objects[0]}]\n[${objects[1]}, ${objects[2]}]`))).toEqual(upTo(3));
    const header = `[["ts", "symbol", "price"], [${T0}, "A", 1], [${T0 + 1}, "A", 2]]`;
    expect(prices(await read("header.json", header))).toEqual([1, 2]);
  });

  it("of messages is read as messages", async () => {
    const message = { type: "ticker", product_id: "A", price: "1", time: "2025-12-01T00:00:00Z" };
    expect(prices(await read("messages.json", JSON.stringify([message])))).toEqual([1]);
  });

  it("that is larger than any line is read element by element, and cut it is named", async () => {
    const text = `[${Array.from({ length: 300_000 }, (_, i) => object(i)).join(",")}]`;
    expect(text.length).toBeGreaterThan(1 << 24);
    const whole = await read("large.json", text);
    expect([whole.ticks.length, whole.files[0]!.cut]).toEqual([300_000, false]);
    const cut = await read("cut.json", text.slice(0, 1000));
    expect([cut.files[0]!.cut, cut.rejected.size]).toEqual([true, 0]);
    expect(cut.ticks.length).toBe(text.slice(0, 1000).split("},").length - 1);
  });

  it("refuses rows of another form than the first one's, one by one", async () => {
    const odd = [object(0), `{"ts":${T0 + 1},"symbol":"A","price":2,"size":3}`, "5", object(3).replace("{", "{,")];
    const { ticks, rejected, firstRefused } = await read("odd.json", `[${odd.join(",")}]`);
    expect([ticks.length, Object.fromEntries(rejected)]).toEqual([1, { not_a_row: 2, not_json: 1 }]);
    expect(firstRefused.get("not_a_row")).toMatchObject({ place: "row 2", got: "the key size" });
  });

  it("is no list of numbers, and no document without bars", async () => {
    await expect(read("numbers.json", "[[1, 2], [3, 4]]")).rejects.toThrow("has no header, and its 2 columns");
    await expect(read("page.json", '{"bars": 5, "symbol": "A"}')).rejects.toThrow('without a list in "bars"');
  });
});

describe("a CSV file", () => {
  it("may have a mark, other separators, quotes, joined headers, comments and an address", async () => {
    const tab = `\ufeff# mine\nts\tsymbol\tprice\n${T0}\tA\t1\n\n# more\n${T0 + 1}\tA\t2\n`;
    expect(prices(await read("tab.tsv", tab))).toEqual([1, 2]);
    const quoted = `"ts";"symbol";"price"\r\n"${T0}";"A";"1"\r\n${T0 + 1};A;2\r\n`;
    expect(prices(await read("semicolon.csv", quoted))).toEqual([1, 2]);
    const part = (from: number): string => `\ufeffhttps://www.example.com/data\n${HEADER}${rows(from, 2)}`;
    const joined = await read("joined.csv", part(0) + part(2));
    expect([prices(joined), joined.files[0]!.joinedHeaders, joined.rejected.size]).toEqual([upTo(4), 1, 0]);
  });

  it("with commas in its decimals loses no digit: each row is refused", async () => {
    const { ticks, firstRefused } = await read("comma.csv", `ts;symbol;price\n${T0};A;1,5\n`);
    expect([ticks.length, firstRefused.get("price_not_finite")]).toMatchObject([0, { got: '"1,5"', place: "line 2" }]);
  });

  it("may be called by any name", async () => {
    expect(prices(await read("export.txt", HEADER + rows(0, 2)))).toEqual([1, 2]);
  });
});
