// Parquet and Arrow files as pandas, Polars, DuckDB and Spark write them: written-by/make-files.py.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { parseTimeZone } from "../../src/markets/time-zone.ts";

const FOLDER = join(import.meta.dirname, "written-by");
const T0 = Date.UTC(2025, 0, 1);
const MINUTE = 60_000;
const N = 12;

describe("trades", () => {
  it.each([
    ["pandas-ns.parquet", "a categorical, an index without a name"],
    ["pandas-us.parquet", "time stamps of µs"],
    ["pandas-ms.parquet", "time stamps of ms"],
    ["polars.parquet", "large strings, decimals, a time without a zone"],
    ["duckdb.parquet", "decimals, zstd"],
    ["spark.parquet", "times of INT96"],
    ["polars-zstd.arrow", "a categorical, zstd"],
    ["polars-plain.arrow", "large strings, decimals"],
    ["pyarrow-lz4.feather", "a dictionary, decimals of 128 bits, seconds, floats of 32 bits"],
  ])("of %s are read: %s", async (name) => {
    const { ticks, rejected } = await readTickFiles([join(FOLDER, name)]);
    expect(rejected.size).toBe(0);
    expect(ticks.map(({ symbol, tsMs, price, size, flow }) => [symbol, tsMs, price, size, flow?.side])).toEqual(
      Array.from({ length: N }, (_, i) => {
        return [i % 2 === 0 ? "BTC/USD" : "ETH/USD", T0 + i * MINUTE, 100.25 + i, 0.5 + i, i % 3 === 0 ? 1 : -1];
      }),
    );
  });

  it("without a zone are of the zone given", async () => {
    for (const name of ["polars.parquet", "polars-plain.arrow"]) {
      const reading = { timezone: parseTimeZone("+02:00") };
      const { ticks } = await readTickFiles([join(FOLDER, name)], { reading });
      expect(ticks.map(({ tsMs }) => tsMs)).toEqual(Array.from({ length: N }, (_, i) => T0 + (i - 120) * MINUTE));
    }
  });
});

describe("bars", () => {
  it.each([["pandas-index.parquet"], ["pandas-naive.parquet"]])("of %s are read with their index", async (name) => {
    const { ticks, files } = await readTickFiles([join(FOLDER, name)], { symbol: "BTC-USD" });
    expect(files).toMatchObject([{ layout: "freqtrade bars", barMs: MINUTE, ticks: 4 * N }]);
    const closes = ticks.filter((_, i) => i % 4 === 3);
    expect(closes.map(({ tsMs, price, flow }) => [tsMs, price, flow?.barVolume])).toEqual(
      Array.from({ length: N }, (_, i) => [T0 + (i + 1) * MINUTE - 1, 101.25 + i, 10.5 + i]),
    );
  });
});
