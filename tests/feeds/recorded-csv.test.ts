import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { seededUniform } from "../trainer/volatile-ticks.ts";
import { comparedBars } from "./compared-bars.ts";

const T0 = 1_764_547_200_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-csv-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("CSV recordings", () => {
  it("reads ticks by their header, in any order of columns, with empty cells, quotes and a byte order mark", async () => {
    const path = await file(
      "ticks.csv",
      "\ufeffsymbol,note,timestamp,price,best_bid,ask,bidSize,ask_size,trade_size,trade_id\r\n" +
        `BTC-USD,"a, ""b""",${T0},10,9,,1,NaN,0.5,7\r\n` +
        `"eth-usd",,2025-12-01 00:00:00.001+00:00,20,null,21,,4,,x1\r\n`,
    );
    const { ticks, rejected } = await readTickFiles([path]);
    const first = { bid: 9, ask: NaN, bidSize: 1, askSize: NaN, size: 0.5, id: 7 };
    const second = { bid: NaN, ask: 21, bidSize: NaN, askSize: 4, size: NaN, id: ticks[1]!.id };
    expect(ticks).toEqual([
      { symbol: "BTC-USD", tsMs: T0, price: 10, ...first },
      { symbol: "ETH-USD", tsMs: T0 + 1, price: 20, ...second },
    ]);
    expect(rejected.size).toBe(0);
  });

  it("counts cut rows and refused ticks by reason", async () => {
    const path = await file("bad.csv", `ts,symbol,price\n${T0},A,\n${T0},A,-1\n${T0},,1\nsoon,A,1\n${T0},A,3\n${T0},A`);
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks.map(({ price }) => price)).toEqual([3]);
    const once = { price_missing: 1, price_not_positive: 1, symbol_missing: 1, ts_malformed: 1, not_a_row: 1 };
    expect(Object.fromEntries(rejected)).toEqual(once);
  });

  it("reads quoted cells with commas and blanks around them, and takes a quote inside another cell for a letter", async () => {
    const rows = `${T0}, "A" ,1,"a, ""quoted"" note"\r\n\r\n${T0 + 1},A,2,5" nail\r\n`;
    const path = await file("quotes.csv", `ts,symbol,price,note\r\n${rows}`);
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks.map(({ symbol, price }) => [symbol, price])).toEqual([
      ["A", 1],
      ["A", 2],
    ]);
    expect(rejected.size).toBe(0);
  });

  it("counts a last line that is cut inside a quoted cell, as a killed recorder leaves it", async () => {
    const path = await file("cut.csv", `ts,symbol,price\n${T0},A,1\n${T0},"A`);
    const { ticks, rejected } = await readTickFiles([path]);
    expect([ticks.length, Object.fromEntries(rejected)]).toEqual([1, { not_a_row: 1 }]);
  });

  it("refuses the one row whose quote is never closed, and loses none of those after it", async () => {
    const rows = [`${T0},A,1`, `${T0 + 1},A,"2`, `${T0 + 2},A,3`, `${T0 + 3},A,4`, `${T0 + 4},"A",5`];
    const path = await file("open.csv", `ts,symbol,price\n${rows.join("\n")}\n`);
    const { ticks, rejected } = await readTickFiles([path]);
    expect(ticks.map(({ price }) => price)).toEqual([1, 3, 4, 5]);
    expect(Object.fromEntries(rejected)).toEqual({ not_a_row: 1 });
  });

  it("names a text with a line that is too long to be a row", async () => {
    const path = await file("long.csv", `ts,symbol,price\n${T0},"${"A".repeat(17 << 20)},2\n`);
    await expect(readTickFiles([path])).rejects.toThrow("long.csv: holds a line of more than 16 Mi characters");
  });

  it("takes the symbol given for ticks without one, and takes NA for a symbol", async () => {
    const path = await file("nameless.csv", `ts,price\n${T0},1\n`);
    expect((await readTickFiles([path], { symbol: "sol-usd" })).ticks[0]!.symbol).toBe("SOL-USD");
    await expect(readTickFiles([path])).rejects.toThrow("nameless.csv: got ticks without a column symbol");
    const na = await file("na.csv", `ts,symbol,price\n${T0},NA,1\n`);
    expect((await readTickFiles([na])).ticks[0]!.symbol).toBe("NA");
  });

  it("says what it found in a header that is neither of bars nor of ticks", async () => {
    const path = await file("odd.csv", "time,last\n1,2\n");
    const expected = 'odd.csv: got the columns "time,last", expected ts with price, with bid and ask, or with open';
    await expect(readTickFiles([path])).rejects.toThrow(expected);
  });

  it("closes a grid of one minute with exactly the high, low and close of every bar", async () => {
    const uniform = seededUniform(3);
    const rows = Array.from({ length: 3000 }, (_, i) => {
      const [open, close] = [100 + uniform(), 100 + uniform()];
      return [T0 + (i + 1) * 60_000, open, Math.max(open, close) + uniform(), Math.min(open, close) - uniform(), close];
    });
    const text = rows.map((row) => row.join(",") + "\n").join("");
    const path = await file("XYZ_1m.csv", "timestamp_ms,open,high,low,close\n" + text);
    expect(await comparedBars(path)).toEqual({ bars: 3000, closed: 2999, different: 0, rejected: 0 });
  });
});
