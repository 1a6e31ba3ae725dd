// Recordings of tests/fixtures/cases that were read wrongly once.
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
});
