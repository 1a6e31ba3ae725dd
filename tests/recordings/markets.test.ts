// Recordings of two markets are never read as one symbol.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_764_547_200_000;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "volgate-markets-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Files of a new folder, which is returned. */
async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(root, "m-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

async function symbols(path: string, symbol?: string): Promise<string> {
  const { ticks } = await readTickFiles([path], { symbol });
  return ticks.map((tick) => `${tick.symbol} ${tick.price}`).join(", ");
}

const nameless = (price: number): string => `ts,price\n${T0 + price},${price}\n`;
const bar = (price: number): string => {
  const row = (end: number): string => `${T0 + end},${price},${price},${price},${price}\n`;
  return `timestamp_ms,open,high,low,close\n${row(60_000)}${row(120_000)}`;
};

describe("files whose rows name no symbol", () => {
  it("are refused when their names or folders differ, and both would become the symbol given", async () => {
    for (const [a, b] of [
      ["btc.csv", "eth.csv"],
      ["btc/2025-12-01.csv", "eth/2025-12-01.csv"],
      ["kraken/BTCUSD.csv", "binance/BTCUSD.csv"],
      ["BTCUSD.csv", "eth.csv"],
    ] as const) {
      const folder = await folderOf({ [a]: nameless(1), [b]: nameless(2) });
      await expect(symbols(folder, "BTC-USD")).rejects.toThrow(/may be of another market than .*symbol=BTC-USD/);
    }
  });

  it("are one market when their names differ in dates, numbers and random ids", async () => {
    for (const [a, b] of [
      ["trades-2025-12-01.csv", "trades-2025-12-02.csv"],
      ["2025-12-01/part-0.csv", "2025-12-02/part-1.csv"],
      ["btc-nov-2025.csv", "btc-dec-2025.csv"],
      ["BTC_USD-trades.csv", "btcusd-quotes.csv"],
      ["part-0-3f2a9c1e-77aa-4bcd-8ef0-0123456789ab-c000.csv", "part-1-9be0c2d4-88bb-4cde-9f01-abcdef012345-c000.csv"],
    ] as const) {
      const folder = await folderOf({ [a]: nameless(1), [b]: nameless(2) });
      expect(await symbols(folder, "BTC-USD")).toBe("BTC-USD 1, BTC-USD 2");
    }
  });

  it("are chosen by their names where these are certain", async () => {
    const folder = await folderOf({ "BTCUSDT-trades-1.csv": nameless(1), "ETHUSDT-trades-1.csv": nameless(2) });
    expect(await symbols(folder, "ETH-USDT")).toBe("ETH-USDT 2");
    const { otherSymbols } = await readTickFiles([folder], { symbol: "ETH-USDT" });
    expect(otherSymbols).toEqual(["BTCUSDT"]);
  });

  it("take the symbol of a folder symbol=, in CSV as in Parquet", async () => {
    const folder = await folderOf({ "symbol=BTC-USD/a.csv": nameless(1), "symbol=eth-usd/b.csv": nameless(2) });
    expect(await symbols(folder)).toBe("BTC-USD 1, ETH-USD 2");
    expect(await symbols(folder, "BTC-USD")).toBe("BTC-USD 1");
  });

  it("of bars are refused where the name is one half of a pair, or two folders have one name", async () => {
    const halves = await folderOf({ "BTC_USDT-1m.csv": bar(1), "ETH_USDT-1m.csv": bar(2) });
    await expect(symbols(halves)).rejects.toThrow("got bars without a symbol");
    await expect(symbols(halves, "BTC-USDT")).rejects.toThrow("may be of another market");
    expect(await symbols(join(halves, "BTC_USDT-1m.csv"), "BTC-USDT")).toMatch(/^BTC-USDT 1/);
    const venues = await folderOf({ "bitmex/XBTUSD_1m.csv": bar(1), "kraken/XBTUSD_1m.csv": bar(2) });
    await expect(symbols(venues)).rejects.toThrow("may be of another market");
  });
});

describe("columns beside the symbol", () => {
  it("keep two exchanges apart, in one file and in two", async () => {
    const rows = (exchange: string): string => `${exchange},BTC-USD,${T0},1\n`;
    const header = "exchange,symbol,ts,price\n";
    const one = await folderOf({ "a.csv": header + rows("binance") + rows("Binance") + rows("okx") });
    expect(await symbols(one)).toBe("BTC-USD@binance 1, BTC-USD@binance 1, BTC-USD@okx 1");
    const two = await folderOf({ "a.csv": header + rows("binance"), "b.csv": header + rows("okx") });
    expect(await symbols(two, "BTC-USD")).toBe("BTC-USD@binance 1, BTC-USD@okx 1");
    expect(await symbols(two, "BTC-USD@okx")).toBe("BTC-USD@okx 1");
    const { ticks, otherSymbols } = await readTickFiles([two], { reading: { venue: "binance" } });
    expect([ticks.map(({ symbol }) => symbol), otherSymbols]).toEqual([["BTC-USD@binance"], ["BTC-USD@okx"]]);
  });

  it("are no venue of rows that name none, which --venue gives", async () => {
    const path = await folderOf({ "a.csv": `symbol,ts,price\nBTC-USD,${T0},1\n` });
    const { ticks } = await readTickFiles([path], { reading: { venue: "Kraken" } });
    expect(ticks.map(({ symbol }) => symbol)).toEqual(["BTC-USD@kraken"]);
  });

  it("keep them apart in NDJSON and in Parquet", async () => {
    const line = (exchange: string): string => JSON.stringify({ exchange, symbol: "A", ts: T0, price: 1 }) + "\n";
    const text = await folderOf({ "a.ndjson": line("x") + line("y") });
    expect(await symbols(text)).toBe("A@x 1, A@y 1");
    const columnData: ColumnSource[] = [
      { name: "ts", data: [BigInt(T0), BigInt(T0)], type: "INT64" },
      { name: "pair", data: ["BTC/USD", "ETH/USD"], type: "STRING" },
      { name: "price", data: [1, 2], type: "DOUBLE" },
    ];
    const parquet = await folderOf({ "a.parquet": new Uint8Array(parquetWriteBuffer({ columnData })) });
    await expect(symbols(parquet)).rejects.toThrow('expected "pair" renamed to symbol, or --symbol');
    expect(await symbols(parquet, "ETH-USD")).toBe("ETH-USD 2");
  });

  it("are all looked at where several may name the market", async () => {
    const text = `ts,market,ticker,price\n${T0},spot,BTC/USD,1\n${T0 + 1},spot,ETH/USD,2\n`;
    const folder = await folderOf({ "a.csv": text, "b.csv": text + `${T0 + 2},perp,BTC/USD,3\n` });
    expect(await symbols(join(folder, "a.csv"), "BTC-USD")).toBe("BTC-USD 1");
    await expect(symbols(join(folder, "b.csv"), "BTC-USD")).rejects.toThrow(/market "perp", .*market "spot"/);
    await expect(symbols(folder)).rejects.toThrow('expected "market" or "ticker" renamed to symbol');
  });
});

describe("a column symbol", () => {
  it("is renamed only from one name, which means the same market", async () => {
    const row = (symbol: string, price: number): string => `${T0 + price},${symbol},${price}\n`;
    const header = "ts,symbol,price\n";
    const one = await folderOf({ "a.csv": header + row("BTC/USD", 1) + row("BTC/USDT", 2) });
    expect(await symbols(one, "BTC-USD")).toBe("BTC-USD 1");
    const two = await folderOf({ "a.csv": header + row("BTC/USD", 1) + row("BTC USD", 2) });
    await expect(symbols(two, "BTC-USD")).rejects.toThrow('its symbols "BTC/USD" and "BTC USD" are kept apart');
    const ours = await folderOf({ "a.csv": header + row("btc-usd", 1) + row("BTC-USD", 2) + row("BTCUSD", 3) });
    expect(await symbols(ours, "BTC-USD")).toBe("BTC-USD 1, BTC-USD 2");
  });
});
