// Tables of nobody's layout: people's own, and those of libraries. They are read, or asked about; a near vendor's
// layout does not shut them out.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T = Date.UTC(2025, 0, 1);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-own-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, name = "own.csv") {
  const path = join(folder, name);
  await writeFile(path, text);
  return await readTickFiles([path], { symbol: name === "own.csv" ? undefined : "BTC-USD" });
}

describe("a table of ticks", () => {
  it.each([
    ["time,symbol,price,size,side", `2025-01-01T00:00:00Z,A,1,2,buy`, { size: 2, side: 1 }],
    ["id,timestamp,symbol,side,price,amount", `1,${T},A,buy,1,2`, { size: 2, side: 1 }],
    [
      "timestamp,datetime,symbol,id,order,type,takerOrMaker,side,price,amount,cost",
      `${T},2025-01-01T00:00:00Z,A,1,,,,sell,1,2,2`,
      { size: 2, side: -1 },
    ],
    ["timestamp,symbol,price,bid,ask,bid_size,trade_id,venue", `${T},A,1,0.9,1.1,2,7,`, { bid: 0.9, size: NaN }],
    ["trade_id,time,symbol,price,size", `9,${T},A,1,2`, { id: 9, size: 2 }],
    ["ts;symbol;bid;ask;note", `${T};A;0.9;1.1;x`, { bid: 0.9, price: NaN }],
  ])("with the columns %s is read", async (header, row, fields) => {
    const { ticks, rejected } = await read(`${header}\n${row}\n`);
    expect([ticks.length, rejected.size]).toEqual([1, 0]);
    const { flow, ...tick } = ticks[0]!;
    expect({ ...tick, ...flow }).toMatchObject({ symbol: "A", tsMs: T, ...fields });
  });

  it.each([
    ["timestamp,symbol,price,volume", "volume", /may be the size of each trade or a total: .*size=volume$/],
    ["ts,symbol,price,trade_siez", "a mistyped name", /got a column "trade_siez", which may mean size/],
    ["ts,symbol,price,Price", "two columns of one name", /got two columns Price, expected one/],
    [
      "trade_id,price,side,size,created",
      "another time than Coinbase's",
      /the nearest is Coinbase trades, without time/,
    ],
    ["id,price,amount,quote_qty,time,is_buyer", "a renamed side", /nearest is Binance trades, without is_buyer_maker/],
  ])("with the columns %s is asked about: %s", async (header, _, message) => {
    await expect(read(`${header}\n`)).rejects.toThrow(message);
  });
});

describe("a column of markets that was added to a vendor's", () => {
  it("keeps them apart", async () => {
    const header =
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,symbol,exchange";
    const row = (symbol: string, minute: number): string =>
      `${T + 60_000 * minute},1,2,0.5,1.5,10,${T + 60_000 * minute + 59_999},15,3,5,${symbol},binance\n`;
    const { ticks, files } = await read(`${header}\n${row("A", 0)}${row("A", 1)}${row("B", 0)}${row("B", 1)}`);
    expect([files[0]!.layout, new Set(ticks.map(({ symbol }) => symbol))]).toEqual([
      "Binance klines",
      new Set(["A@binance", "B@binance"]),
    ]);
  });
});

describe("a table of bars", () => {
  const ohlc = (t: number): string => `${t},1,2,0.5,1.5,10`;

  it("in the order of prices of another vendor has no layout", async () => {
    for (const row of [`[${T},1,1.5,2,0.5,10]`, `[${T / 1000},0.5,2,1,1.5,10]`]) {
      await expect(read(`[${row}, ${row}]`, "candles.json")).rejects.toThrow("has no header, and its 6 columns");
    }
  });

  it("with other columns than a vendor's asks for its stamp", async () => {
    const headers = ["ticker,timestamp,open,high,low,close,volume,vwap", "Date,Open,High,Low,Close,Adj Close,Volume"];
    for (const header of [...headers, "close_time,open,high,low,close,volume"]) {
      await expect(read(`${header}\n${ohlc(T)}\n`, "BTC-USD_1m.csv")).rejects.toThrow(/--stamp start|open, high/);
    }
  });

  it("whose time is called open_time is stamped with the start", async () => {
    const { ticks } = await read(
      `open_time,open,high,low,close,volume\n${ohlc(T)}\n${ohlc(T + 60_000)}\n`,
      "BTC-USD.csv",
    );
    expect([ticks[0]!.tsMs, ticks.at(-1)!.tsMs]).toEqual([T, T + 119_999]);
  });
});
