// Recordings of tests/fixtures/cases that were read wrongly once.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";

const read = (path: string) => readTickFiles([join(import.meta.dirname, "..", "fixtures", "cases", path)]);

describe("recordings with", () => {
  it("times as digits give every tick, NDJSON as CSV", async () => {
    const { ticks, rejected } = await read("09-digit-string-times/digits.ndjson");
    expect([ticks.length, rejected.size]).toEqual([101, 0]);
    expect(ticks[0]).toMatchObject({ tsMs: 1764979200666, price: 89417.01 });
  });

  it("an offset of hours only give every tick", async () => {
    const { ticks, rejected } = await read("10-iso-offset-of-hours-only/duckdb.csv");
    expect([ticks.length, rejected.size, ticks[0]!.tsMs]).toEqual([100, 0, 1764979200666]);
  });

  it("quotes of 0 keep the trades and have no such side", async () => {
    const { ticks, rejected } = await read("11-empty-book-side-zero/zero_quotes.csv");
    expect([ticks.length, rejected.size]).toEqual([100, 0]);
    expect(ticks[0]).toMatchObject({ bid: 89416.96, ask: 89417.06 });
    expect(ticks[1]).toMatchObject({ price: 89408.26, bid: NaN, ask: NaN });
  });

  it("prices outside their own quote are refused beyond the margin that is given", async () => {
    const folder = mkdtempSync(join(tmpdir(), "volgate-quotes-"));
    try {
      const path = join(folder, "quotes.csv");
      const row = (seconds: number, price: number) => `${1764979200000 + seconds * 1000},A,${price},100,101`;
      writeFileSync(path, ["ts,symbol,price,bid,ask", row(0, 100), row(1, 120), row(2, 1000)].join("\n"));
      expect((await readTickFiles([path])).rejected.get("price_outside_quote")).toBe(2);
      expect((await readTickFiles([path], { quoteMarginPercent: 20 })).rejected.get("price_outside_quote")).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
