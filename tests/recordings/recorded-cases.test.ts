// Files that people have and that were once read wrongly, each with what it says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readTickFiles, type TickFiles } from "../../recordings/tick-files.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";

const CASES = join(import.meta.dirname, "../fixtures/cases");
const at = (...parts: string[]): string => join(CASES, ...parts);
const iso = (tsMs: number): string => new Date(tsMs).toISOString();

function spanOf({ ticks }: TickFiles): [string, string] {
  return [iso(ticks[0]!.tsMs), iso(ticks.at(-1)!.tsMs)];
}

function symbolsOf({ ticks }: TickFiles): string[] {
  return [...new Set(ticks.map(({ symbol }) => symbol))].sort();
}

describe("times", () => {
  it("01: microseconds of a vendor are read as microseconds", async () => {
    const read = await readTickFiles([at("01-us-timestamps-tardis-csv/trades.csv")]);
    expect([read.ticks.length, ...spanOf(read)]).toEqual([
      1200,
      "2025-12-06T00:00:00.666Z",
      "2025-12-06T00:19:59.222Z",
    ]);
    expect(read.files[0]!.timeUnit).toBe("µs");
    expect(read.ticks[0]!.size).toBe(0.095036);
  });

  it("02: a folder that turns from milliseconds to microseconds is one segment", async () => {
    const read = await readTickFiles([at("02-ms-then-us-folder-binance/dump")], { symbol: "BTCUSDT" });
    expect(read.ticks.length).toBe(3000);
    expect(read.files.map(({ ticks, timeUnit }) => [ticks, timeUnit])).toEqual([
      [1500, "ms"],
      [1500, "µs"],
    ]);
    expect(spanOf(read).map((text) => text.slice(0, 16))).toEqual(["2024-12-31T23:35", "2025-01-01T00:24"]);
    const packed = new PackedTicks(3000);
    for (const tick of read.ticks) packed.add(tick);
    const steps = new ClosedSteps(1, 4096);
    const engine = new FeatureEngine();
    engine.process(packed.rows(), steps, new Uint8Array(3000));
    expect(engine.totals).toMatchObject({ accepted: 3000, late: 0, outlier: 0 });
    expect(steps.flags.subarray(0, steps.count).filter((flags) => (flags & FLAG.segmentStart) !== 0).length).toBe(1);
  });

  it("08: what Excel left of a time is no time", async () => {
    const { ticks, rejected, firstRefused } = await readTickFiles([at("08-excel-exponent-times/excel.csv")]);
    expect([ticks.length, Object.fromEntries(rejected)]).toEqual([0, { ts_malformed: 1200 }]);
    expect(firstRefused.get("ts_malformed")).toMatchObject({ place: "line 2", field: "ts", got: '"1.76498E+12"' });
  });

  it("13: seconds with a fraction are read to the millisecond", async () => {
    const read = await readTickFiles([at("13-reasons-without-an-example/bybit.csv")]);
    expect([read.ticks.length, read.rejected.size, spanOf(read)[0]]).toEqual([300, 0, "2025-12-06T00:00:00.666Z"]);
    expect(read.files[0]!.timeUnit).toBe("s");
  });
});

describe("symbols", () => {
  const folder = at("03-folder-above-date-is-no-symbol/data");

  it("03: a folder above a date is no symbol, and --symbol takes the one file that its name allows", async () => {
    await expect(readTickFiles([folder])).rejects.toThrow(
      /USD.parquet: got ticks without a column symbol, expected a column symbol, a folder symbol=/,
    );
    const file = join(folder, "kraken/2025-12-06/BTCUSD.parquet");
    const one = await readTickFiles([file], { symbol: "BTC-USD" });
    expect([one.ticks.length, symbolsOf(one)]).toEqual([1200, ["BTC-USD"]]);
    const both = await readTickFiles([folder], { symbol: "BTC-USD" });
    expect(both.ticks).toEqual(one.ticks);
    expect(both.otherSymbols).toEqual(["ETHUSD"]);
  });

  it("04: a column pair keeps two markets apart", async () => {
    const path = at("04-pair-column-and-symbol-option/pair.csv");
    await expect(readTickFiles([path])).rejects.toThrow(/pair.csv: got ticks without a column symbol.*"pair"/);
    const read = await readTickFiles([path], { symbol: "BTC-USD" });
    expect([read.ticks.length, symbolsOf(read)]).toEqual([1200, ["BTC-USD"]]);
    expect(read.ticks.every(({ price }) => price > 50_000)).toBe(true);
    expect(read.otherSymbols).toEqual(["ETH/USD"]);
  });

  it("12: a slash is a fine name, and --symbol renames a file of one market", async () => {
    const path = at("12-slash-symbols/kraken.csv");
    const plain = await readTickFiles([path]);
    expect([plain.ticks.length, plain.rejected.size, symbolsOf(plain)]).toEqual([300, 0, ["BTC/USD"]]);
    const renamed = await readTickFiles([path], { symbol: "BTC-USD" });
    expect([renamed.ticks.length, symbolsOf(renamed)]).toEqual([300, ["BTC-USD"]]);
    const other = await readTickFiles([path], { symbol: "ETH-USD" });
    expect([other.ticks.length, other.otherSymbols]).toEqual([0, ["BTC/USD"]]);
  });
});

describe("rows", () => {
  it("06: a file newest first gives what the same rows give oldest first, or is refused", async () => {
    const path = at("06-newest-first-csv/newest_first.csv.gz");
    const read = await readTickFiles([path]);
    const rows = gunzipSync(readFileSync(path)).toString().trim().split("\n").slice(1).reverse();
    // As texts, because a difference of two long lists takes minutes to print.
    const expected = rows.map((row) => row.split(",")).map(([ts, , price]) => `${ts} ${Number(price)}`);
    expect(read.ticks.map(({ tsMs, price }) => `${tsMs} ${price}`).join() === expected.join()).toBe(true);
    expect([read.ticks.length, read.outOfOrder, read.files[0]!.newestFirst]).toEqual([24_000, 0, true]);
  });

  it("17: quote columns under the names of vendors are read", async () => {
    const { ticks } = await readTickFiles([at("17-quote-columns-of-vendors/quotes.csv")]);
    expect(ticks.length).toBe(1200);
    expect(ticks[0]).toMatchObject({ bid: 89416.96, ask: 89417.06, bidSize: 0.24, askSize: 2.4817 });
  });

  it("18: a decimal of Parquet is the nearest double", async () => {
    const { ticks } = await readTickFiles([at("18-decimal-prices-last-bit/decimal.parquet")]);
    expect(ticks.some(({ price }) => price === 84542.29)).toBe(true);
    expect(ticks.filter(({ price }) => price !== Number(price.toFixed(8)))).toEqual([]);
  });

  it("20: a bar with one bad extreme is no bar", async () => {
    const { ticks, rejected, firstRefused, files } = await readTickFiles([
      at("20-bar-with-one-bad-extreme/BTCUSDT_1m.csv"),
    ]);
    expect([ticks.length, Object.fromEntries(rejected)]).toEqual([4 * 392, { not_a_bar: 8 }]);
    expect(firstRefused.get("not_a_bar")).toMatchObject({ field: "low", got: "0" });
    expect(files[0]!.barMs).toBe(60_000);
  });

  it("13: trades.zip and trades.tsv are read", async () => {
    const zip = await readTickFiles([at("13-reasons-without-an-example", "trades.zip")]);
    const tsv = await readTickFiles([at("13-reasons-without-an-example", "trades.tsv")]);
    expect([zip.ticks.length, tsv.ticks.length]).toEqual([10_800, 300]);
  });
});
