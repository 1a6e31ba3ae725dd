import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cutText } from "../../recordings/tick-file-summary.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_764_547_200_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-tick-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function line(ts: number, price: number, symbol = "BTC-USD"): string {
  return JSON.stringify({ symbol, ts, price }) + "\n";
}

describe("readTickFiles", () => {
  it("merges files by time and keeps the order of files, then of lines, where times are equal", async () => {
    const first = await file("m1.ndjson", line(T0 + 2, 1) + line(T0 + 5, 2) + line(T0 + 5, 3));
    const second = await file("m2.ndjson.gz", gzipSync(line(T0 + 1, 4) + line(T0 + 5, 5) + line(T0 + 9, 6)));
    const prices = async (paths: string[]) => (await readTickFiles(paths)).ticks.map((tick) => tick.price);
    expect(await prices([first, second])).toEqual([4, 1, 2, 3, 5, 6]);
    expect(await prices([second, first])).toEqual([4, 1, 5, 2, 3, 6]);
  });

  it("reads a recorded Coinbase line with its sizes, and its time without a zone as UTC", async () => {
    const path = await file(
      "cb.ndjson",
      JSON.stringify({
        timestamp: "2025-12-01T00:00:01.637517",
        product_id: "BTC-USD",
        price: "85748",
        best_bid: "85747.97",
        best_ask: "85747.98",
        raw: { best_bid_quantity: "0.5", best_ask_quantity: "0.25" },
      }),
    );
    const { ticks } = await readTickFiles([path]);
    const quote = { bid: 85747.97, ask: 85747.98, bidSize: 0.5, askSize: 0.25 };
    expect(ticks).toEqual([{ symbol: "BTC-USD", tsMs: T0 + 1637, price: 85748, ...quote, size: NaN, id: NaN }]);
  });

  it("counts a cut last line, a broken gzip tail and refused ticks by reason, and keeps the rest", async () => {
    const whole = line(T0, 1) + line(T0 + 1, -2) + '{"type":"heartbeat"}\n' + line(T0 + 2, 3);
    const plain = await file("cut.ndjson", whole + '{"symbol":"BTC-US');
    const zipped = gzipSync(Buffer.from(whole.repeat(2000)));
    const gzip = await file("cut.ndjson.gz", zipped.subarray(0, zipped.length - 30));
    const read = await readTickFiles([plain]);
    expect(read.ticks.map((tick) => tick.price)).toEqual([1, 3]);
    expect(read.rejected).toEqual(
      new Map([
        ["price_not_positive", 1],
        ["unknown_form", 1],
        ["not_json", 1],
      ]),
    );
    expect(read.files[0]).toMatchObject({ ticks: 2, rejected: 3 });
    const cut = await readTickFiles([gzip]);
    expect(cut.ticks.length).toBeGreaterThan(1000);
    expect(cut.ticks.length).toBeLessThan(4000);
    expect([read.files[0]?.cut, cut.files[0]?.cut]).toEqual([false, true]);
  });

  it("says which files were cut, also when not a line is missing", async () => {
    const zipped = gzipSync(line(T0, 1) + line(T0 + 1, 2));
    const whole = await file("whole.ndjson.gz", zipped);
    const cut = await file("without-trailer.ndjson.gz", zipped.subarray(0, -8));
    const { ticks, files, rejected } = await readTickFiles([whole, cut]);
    expect([ticks.length, rejected.size]).toEqual([2, 0]);
    expect(files.map((found) => found.cut)).toEqual([false, true]);
    expect(cutText(files)).toBe(`1 of 2 files cut short, read as far as they go: ${cut}`);
    expect(cutText(files.slice(0, 1))).toBe("");
    const many = Array.from({ length: 5 }, (_, i) => ({ ...files[1]!, path: `f${i}` }));
    expect(cutText(many)).toBe("5 of 5 files cut short, read as far as they go: f0, f1, f2, and 2 more");
  });

  it("makes ticks of CSV bars, with symbol and length from the file's name", async () => {
    const header = "timestamp_ms,open,high,low,close,trades\r\n";
    const path = await file("XBTUSD_5m_2018.csv", `${header}${T0},10,14,9,12,7\r\n${T0 + 300_000},12,13`);
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks.map((tick) => [tick.symbol, tick.tsMs - T0, tick.price])).toEqual([
      ["XBTUSD", -300_000, 10],
      ["XBTUSD", -200_000, 9],
      ["XBTUSD", -100_000, 14],
      ["XBTUSD", -1, 12],
    ]);
    expect(rejected).toEqual(new Map([["not_a_bar", 1]]));
  });

  it("reads a raw capture: receive time in front, what was sent left out", async () => {
    const ticker = { type: "ticker", product_id: "ETH-USD", price: "2000", time: "2021-04-17T16:56:57.1Z" };
    const path = await file(
      "capture.ndjson",
      `wss://x <-> 1618677816.84\nwss://x <- 1618677817.02: {"type":"subscribe"}\n1618677817.1: ${JSON.stringify(ticker)}\n`,
    );
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks.map((tick) => [tick.symbol, tick.price])).toEqual([["ETH-USD", 2000]]);
    expect(rejected.size).toBe(0);
  });

  it("keeps only the wanted symbol, whatever its case, and refuses a malformed one", async () => {
    const path = await file("two.ndjson", line(T0, 1) + line(T0 + 1, 2, "ETH-USD"));
    const read = await readTickFiles([path], { symbol: "eth-usd" });
    expect(read.ticks.map((tick) => tick.price)).toEqual([2]);
    expect(read.files[0]).toMatchObject({ ticks: 1, rejected: 0 });
    await expect(readTickFiles([path], { symbol: "ETH USD" })).rejects.toThrow("symbol: got ETH USD");
  });

  it("takes a directory's recordings by name, and hashes each file as it lies on disk", async () => {
    const inner = await mkdtemp(join(folder, "dir-"));
    await writeFile(join(inner, "b.ndjson"), line(T0, 2));
    await writeFile(join(inner, "a.ndjson.gz"), gzipSync(line(T0, 1)));
    await writeFile(join(inner, "notes.txt"), "no recording");
    const { ticks, files } = await readTickFiles([inner]);
    expect(ticks.map((tick) => tick.price)).toEqual([1, 2]);
    expect(files.map((f) => f.path)).toEqual([join(inner, "a.ndjson.gz"), join(inner, "b.ndjson")]);
    const bytes = await readFile(join(inner, "a.ndjson.gz"));
    expect(files[0]?.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("names the path of a file that is missing, no gzip, without bar columns, or of an empty directory", async () => {
    const fake = await file("fake.ndjson.gz", "plain text");
    const odd = await file("XBTUSD_odd.csv", "time,o,h,l,c\n1,2,3,4,5\n");
    const empty = await mkdtemp(join(folder, "empty-"));
    await expect(readTickFiles([join(folder, "none.ndjson")])).rejects.toThrow("none.ndjson: no such file");
    await expect(readTickFiles([fake])).rejects.toThrow("fake.ndjson.gz: not a readable gzip file");
    await expect(readTickFiles([odd])).rejects.toThrow(
      /XBTUSD_odd.csv: got the columns "time,o,h,l,c", expected ts with price, .*; the nearest is Alpaca bars, without t, v, vw: name/,
    );
    await expect(readTickFiles([empty])).rejects.toThrow(`${empty}: holds no`);
  });

  it("reads a character that lies across two chunks, and lines longer than a chunk", async () => {
    const note = "é".repeat(1_500_001);
    const path = await file("wide.ndjson", JSON.stringify({ note, symbol: "BTC-USD", ts: T0, price: 7 }));
    const { ticks, rejected, files } = await readTickFiles([path]);
    expect([ticks.length, rejected.size]).toEqual([1, 0]);
    expect(files[0]?.sha256).toBe(
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );
  });
});
