// What `inspect` says of files, good and bad.
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileInspector } from "../../feeds/inspect/file-inspector.ts";
import { durationText, inspectionLines } from "../../feeds/inspect/inspection-text.ts";
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { fileSource } from "../../recordings/recording-source.ts";

const T = Date.UTC(2025, 0, 1);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-inspect-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The lines on a file, without the blanks between name and text. */
async function inspected(name: string, text: string, symbol?: string, reading: ReadingOptions = {}): Promise<string[]> {
  const path = join(folder, name);
  await writeFile(path, text);
  const inspection = await new FileInspector({ symbol, reading }).inspect(fileSource(path, (await stat(path)).size));
  return inspectionLines(inspection, symbol === undefined ? [] : ["--symbol", symbol]).map((line) =>
    line.replace(folder, "…").replace(/ {2,}/g, " ").trim(),
  );
}

describe("inspect", () => {
  it("says of trades what they have and lack, their gaps, doubles, disorder, and refused rows with an example", async () => {
    const row = (s: number, price: number | string): string => `${T + 1000 * s},A,${price},2,buy\n`;
    const rows = [
      row(0, 1),
      row(1, 2),
      row(1, 2),
      row(900, 3),
      row(890, 3.5),
      row(901, "1,5"),
      row(902, "x"),
      row(903, 4),
    ];
    expect(await inspected("trades.csv", "ts,symbol,price,size,side\n" + rows.join(""))).toEqual([
      "…/trades.csv",
      "layout ticks by the names of columns; times in ms",
      "A 6 ticks, 2025-01-01T00:00:00.000Z to 2025-01-01T00:15:03.000Z",
      "has trades, trade sizes, sides",
      "lacks quotes",
      "gaps 1 of more than 5 min, the longest 15 min",
      "doubles 1 equal to another of the same instant",
      "order 1 late, by up to 10 s: sorted when it is read",
      "refused 1 not_a_row, first in line 7: row is 6 cells, expected 5 cells",
      'refused 1 price_not_finite, first in line 8: price is "x", expected a number from 1e-15 to 1000000000000000',
      expect.stringMatching(/^train too short alone: .*with more: npm run train -- …\/trades.csv/),
    ]);
  });

  it("says of bars their length, their stamp and how many are missing, and how to train on them", async () => {
    const bars = Array.from(
      { length: 2000 },
      (_, i) => `${(T + 60_000 * (i < 10 ? i : i + 3)) / 1000},10,12,9,11,5,7\n`,
    );
    const lines = await inspected("XBTUSD_1.csv", bars.join(""));
    expect(lines).toEqual([
      "…/XBTUSD_1.csv",
      "layout Kraken OHLCVT; bars of 1 min, stamped with their start; times in s",
      "XBTUSD 2,000 bars, 2025-01-01T00:00:00.000Z to 2025-01-02T09:22:59.999Z",
      "has prices, volumes, trade counts",
      "bars 3 of the 2,003 in this span are missing",
      `train yes: npm run train -- …/XBTUSD_1.csv --step 60s --label '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'`,
    ]);
  });

  it("tells quotes alone to be trained on their mid, with the options that were given", async () => {
    const quotes = Array.from({ length: 3000 }, (_, i) => `${T + 1000 * i},1.0356,1.0355,0.9,1.5\n`).join("");
    const lines = await inspected("q.csv", "timestamp,askPrice,bidPrice,askVolume,bidVolume\n" + quotes, "EUR/USD");
    expect(lines).toContain("has quotes, quote sizes");
    expect(lines.at(-1)).toBe(
      "train yes: npm run train -- …/q.csv --symbol EUR/USD --source mid; it has quotes alone, whose price is the mid",
    );
  });

  it("names what must be asked for, an unknown layout, and an empty file", async () => {
    expect((await inspected("a_1m.csv", "time,open,high,low,close\n1735689600,1,1,1,1\n", "A")).at(-1)).toContain(
      "NOT READ got bars by the names of columns, and nothing says whether a time is the start or the end",
    );
    expect((await inspected("b.csv", "a,b\n1,2\n")).at(-1)).toContain('NOT READ got the columns "a,b", expected');
    expect(await inspected("c.csv", "")).toEqual(["…/c.csv", "empty 0 bytes", "train no: there is no tick in it"]);
  });

  it("writes lengths of time for people", () => {
    expect([1, 999, 1000, 90_000, 300_000, 9_000_000, 172_800_000].map(durationText)).toEqual([
      ...["1 ms", "999 ms", "1 s", "90 s", "5 min", "2.5 h", "2 d"],
    ]);
  });
});
