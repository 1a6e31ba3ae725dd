import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barLengthMs, HEAD_BARS } from "../../recordings/bar-length.ts";
import { recordingName } from "../../recordings/recording-name.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_764_547_200_000;
const HEADER = "timestamp_ms,open,high,low,close\n";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-bars-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** One bar `seconds` behind T0 each. */
function bars(seconds: readonly number[], price = 10): string {
  return HEADER + seconds.map((s) => `${T0 + s * 1000},${price},${price + 4},${price - 1},${price + 2}\n`).join("");
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function symbolsOf(path: string, symbol?: string): Promise<string[]> {
  const { ticks } = await readTickFiles([path], { symbol });
  return [...new Set(ticks.map((tick) => tick.symbol))];
}

describe("the name of a file of bars", () => {
  it.each([
    ["XBTUSD_1m_2018.csv.gz", { symbol: "XBTUSD", stepMs: 60_000 }],
    ["btcusd-1h.csv", { symbol: "BTCUSD", stepMs: 3_600_000 }],
    ["BTC-USD-1H.CSV", { symbol: "BTC-USD", stepMs: 3_600_000 }],
    ["Binance_BTCUSDT_1d.csv.GZ", { symbol: "BTCUSDT", stepMs: 86_400_000 }],
    ["BTCUSDT-1m-2024-12-31.csv", { symbol: "BTCUSDT", stepMs: 60_000 }],
    ["BTCUSDT-trades-2024-12-31.csv", { symbol: "BTCUSDT", stepMs: undefined }],
    ["ETH-USD.csv", { symbol: "ETH-USD", stepMs: undefined }],
    ["ethusdt_2020.csv", { symbol: "ETHUSDT", stepMs: undefined }],
    ["BINANCE_ETHUSDT.parquet", { symbol: "ETHUSDT", stepMs: undefined }],
    ["spy-1d.csv", { symbol: "SPY", stepMs: 86_400_000 }],
    // Words that are no symbol, and names that are not certainly one.
    ["bars.csv", { symbol: undefined, stepMs: undefined }],
    ["candles-1h.csv", { symbol: undefined, stepMs: 3_600_000 }],
    ["spy.csv", { symbol: undefined, stepMs: undefined }],
    ["2025-12-01T00.csv", { symbol: undefined, stepMs: undefined }],
    ["bars_2018_5m.csv", { symbol: undefined, stepMs: 300_000 }],
    // One half of a pair.
    ["BTC_USDT-5m.csv", { symbol: undefined, stepMs: 300_000 }],
    ["BTC_BUSD-5m.csv", { symbol: undefined, stepMs: 300_000 }],
    ["BTC_USDT_USDT-1h-futures.csv", { symbol: undefined, stepMs: 3_600_000 }],
    ["XBTUSD_0m.csv", { symbol: "XBTUSD", stepMs: undefined }],
    ["_.csv", { symbol: undefined, stepMs: undefined }],
  ])("%s gives symbol and length", (name, expected) => {
    expect(recordingName(`/a_9m/${name}`)).toEqual(expected);
  });
});

describe("the length of bars", () => {
  const gaps = (step: number, count: number): number[] => Array.from({ length: count }, (_, i) => step * (1 + (i % 3)));

  it("is the smallest distance where the name says none, and gaps are multiples of it", () => {
    expect(barLengthMs(undefined, [60_000, 180_000])).toBe(60_000);
    expect(barLengthMs(undefined, gaps(3_600_000, 20))).toBe(3_600_000);
    expect(barLengthMs(undefined, [60_000, 90_000])).toMatch(/60 s and 90 s apart, expected multiples/);
    expect(barLengthMs(undefined, [])).toMatch(/got a single bar.*BTC-USD_1m.csv/);
    expect(barLengthMs(undefined, [250])).toMatch(/250 ms apart, expected bars of at least 1 s/);
  });

  it("is what the name says, with one odd stamp or with gaps, but not against the stamps", () => {
    expect(barLengthMs(60_000, [])).toBe(60_000);
    expect(barLengthMs(60_000, [300_000])).toBe(60_000);
    expect(barLengthMs(60_000, [60_000, 60_000, 60_001, 59_999])).toBe(60_000);
    expect(barLengthMs(3_600_000, [60_000, 60_000])).toMatch(/stamps 60 s apart, expected bars of 3600 s/);
    const hourly = Array.from({ length: HEAD_BARS - 1 }, () => 3_600_000);
    expect(barLengthMs(60_000, hourly)).toMatch(/stamps 3600 s apart, expected bars of 60 s/);
    expect(barLengthMs(60_000, [...hourly.slice(1), 60_000])).toBe(60_000);
  });
});

describe("recorded bars", () => {
  it("take their length from the stamps when the name says none, also newest first", async () => {
    for (const [name, seconds] of [
      ["BTC-USD.csv", [3600, 7200, 14_400]],
      ["BTC-EUR.csv", [14_400, 7200, 3600]],
    ] as const) {
      const { ticks } = await readTickFiles([await file(name, bars(seconds))]);
      expect(ticks.map(({ tsMs }) => (tsMs - T0) / 1000)).toEqual([
        ...[0, 1200, 2400, 3599.999],
        ...[3600, 4800, 6000, 7199.999],
        ...[10_800, 12_000, 13_200, 14_399.999],
      ]);
    }
  });

  it("give all of a file longer than what is held back, in order", async () => {
    const seconds = Array.from({ length: 2 * HEAD_BARS + 1 }, (_, i) => 300 * (i + 1));
    const { ticks, rejected } = await readTickFiles([await file("SOL-USD.csv", bars(seconds) + "1,2\n")]);
    const ends = ticks.filter((_, i) => i % 4 === 3).map(({ tsMs }) => (tsMs + 1 - T0) / 1000);
    expect(ends).toEqual(seconds);
    expect(rejected).toEqual(new Map([["not_a_bar", 1]]));
  });

  it("are refused when name and stamps disagree", async () => {
    const path = await file("btcusd-1h.csv", bars([60, 120, 180]));
    await expect(readTickFiles([path])).rejects.toThrow(
      "btcusd-1h.csv: got stamps 60 s apart, expected bars of 3600 s, which its name says",
    );
    await expect(readTickFiles([await file("LTC-USD.csv", bars([60]))])).rejects.toThrow("got a single bar");
  });

  it("have stamps in one unit, whatever it is, and none with an exponent", async () => {
    const us = bars([60, 120, 180]).replace(/^(\d{13}),/gm, "$1000,");
    const { ticks, files } = await readTickFiles([await file("ETH-USD_1m.csv", us + "1.7645E+15,1,1,1,1\n")]);
    expect([ticks.length, ticks[0]!.tsMs, ticks.at(-1)!.tsMs]).toEqual([12, T0, T0 + 179_999]);
    expect(files[0]).toMatchObject({ timeUnit: "µs", barMs: 60_000, rejected: 1 });
    const two = await file("BCH-USD_1m.csv", us + `${T0 + 240_000},1,1,1,1\n`);
    await expect(readTickFiles([two])).rejects.toThrow(/BCH-USD_1m.csv: line 5: got the time \d+, which is in ms/);
  });

  it("of a time before 2009 or after 2100 are refused, and those beside them taken", async () => {
    const seconds = [60, 120, 180, 200 * 366 * 86_400];
    const { ticks, rejected } = await readTickFiles([await file("ADA-USD_1m.csv", bars(seconds))]);
    expect(ticks).toHaveLength(12);
    expect(rejected).toEqual(new Map([["ts_out_of_range", 1]]));
  });

  it("give nothing for a file that holds only its header", async () => {
    expect((await readTickFiles([await file("XRP-USD.csv", HEADER)])).ticks).toEqual([]);
  });

  it("belong to the symbol given where neither name nor column tells one, else only those of that symbol are taken", async () => {
    const nameless = await file("bars.csv", bars([60, 120]));
    expect(await symbolsOf(nameless, "BTC-USD")).toEqual(["BTC-USD"]);
    await expect(symbolsOf(nameless)).rejects.toThrow("bars.csv: got bars without a symbol, expected a name as");
    const pair = await mkdtemp(join(folder, "pair-"));
    await writeFile(join(pair, "ethusd-1m.csv"), bars([60, 120], 20));
    await writeFile(join(pair, "XBTUSD_1m.csv"), bars([60, 120], 10));
    const { ticks, files } = await readTickFiles([pair], { symbol: "XBTUSD" });
    expect([...new Set(ticks.map(({ price }) => price))].sort()).toEqual([10, 12, 14, 9]);
    expect(files.map((found) => found.ticks)).toEqual([8, 0]);
  });

  it("take the given spelling of the name's symbol", async () => {
    expect(await symbolsOf(await file("btcusd-1m.csv", bars([60, 120])), "BTC-USD")).toEqual(["BTC-USD"]);
  });

  it("take their symbol from a column before anything else, and their length from each symbol's own stamps", async () => {
    const rows = [60, 120, 180].flatMap((s) => [`${T0 + s * 1000},A`, `${T0 + s * 1000 + 5000},B`]);
    const text = `timestamp_ms,symbol,open,high,low,close\n${rows.map((row) => `${row},10,14,9,12\n`).join("")}`;
    const path = await file("XBTUSD_both.csv", text);
    const { ticks } = await readTickFiles([path]);
    expect(ticks.filter(({ symbol }) => symbol === "A").map(({ tsMs }) => (tsMs - T0) / 1000)).toContain(59.999);
    expect([...new Set(ticks.map(({ symbol }) => symbol))].sort()).toEqual(["A", "B"]);
    expect(await symbolsOf(path, "b")).toEqual(["B"]);
  });

  it("are found whatever the case of the ending", async () => {
    expect(await symbolsOf(await file("ADA-USD_1m.CSV", bars([60])))).toEqual(["ADA-USD"]);
    expect(await symbolsOf(await file("DOT-USD_1m.csv.GZ", gzipSync(bars([60]))))).toEqual(["DOT-USD"]);
    const ticks = gzipSync(JSON.stringify({ symbol: "BTC-USD", ts: T0, price: 1 }));
    expect(await symbolsOf(await file("upper.NDJSON.GZ", ticks))).toEqual(["BTC-USD"]);
  });
});
