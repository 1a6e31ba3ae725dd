// Real samples of public layouts, in ../shared/data/formats: whole, with the right unit, stamp, sizes and sides.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { parseTimeZone } from "../../src/markets/time-zone.ts";

const FOLDER = resolve(import.meta.dirname, "../../../shared/data/formats");
const EST: ReadingOptions = { timezone: parseTimeZone("EST") };

interface Sample {
  readonly file: string;
  readonly layout: string;
  readonly symbol?: string;
  readonly reading?: ReadingOptions;
  readonly rows: number;
  readonly unit: string | undefined;
  /** Minutes, and what is stamped. */
  readonly bars?: string;
  /** Rows with sizes, sides, quotes. */
  readonly has: readonly [sizes: number, sides: number, quotes: number];
  readonly span: readonly [string, string];
  /** The first message where the file asks for something. */
  readonly asks?: string;
}

const SAMPLES: readonly Sample[] = [
  {
    ...{ file: "binance_klines_spot_ADABTC-1m-2021-11-27.csv", layout: "Binance klines", symbol: "ADABTC" },
    ...{ rows: 10, unit: "ms", bars: "1 min from its start", has: [10, 0, 0] },
    span: ["2021-11-27T00:00:00.000Z", "2021-11-27T00:09:59.999Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "tardis_trades_bitmex_XBTUSD.csv.gz", layout: "tardis trades", rows: 10, unit: "µs", has: [10, 10, 0] },
    span: ["2020-03-01T00:00:03.145Z", "2020-03-01T00:00:03.276Z"],
  },
  {
    ...{ file: "tardis_quotes_huobi-dm-swap_BTC-USD.csv.gz", layout: "tardis quotes" },
    ...{ rows: 10, unit: "µs", has: [0, 0, 10] },
    span: ["2020-05-01T00:00:01.099Z", "2020-05-01T00:00:01.814Z"],
  },
  {
    ...{ file: "tardis_book_snapshot_5_binance-futures_BTCUSDT.csv.gz", layout: "tardis book_snapshot" },
    ...{ rows: 10, unit: "µs", has: [0, 0, 10] },
    span: ["2020-09-01T00:00:03.696Z", "2020-09-01T00:00:04.284Z"],
  },
  {
    ...{ file: "kraken_trades_BCHEUR.csv", layout: "Kraken trades", symbol: "BCHEUR", rows: 148, unit: "s" },
    has: [148, 0, 0],
    span: ["2023-01-01T00:03:56.000Z", "2023-01-01T23:19:47.000Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "freqtrade_XRP_ETH-trades.json.gz", layout: "freqtrade trades", symbol: "XRP/ETH" },
    ...{ rows: 12_477, unit: "ms", has: [12_477, 12_477, 0] },
    span: ["2019-10-11T00:00:11.620Z", "2019-10-13T11:19:28.844Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "freqtrade_XRP_ETH-trades.parquet", layout: "freqtrade trades", symbol: "XRP/ETH" },
    ...{ rows: 12_477, unit: "ms", has: [12_477, 12_477, 0] },
    span: ["2019-10-11T00:00:11.620Z", "2019-10-13T11:19:28.844Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "freqtrade_public_trades_list.csv.gz", layout: "freqtrade trades", symbol: "ETH/USDT" },
    ...{ rows: 1000, unit: "ms", has: [1000, 1000, 0] },
    span: ["2023-02-02T09:20:00.138Z", "2023-02-02T09:23:27.493Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "freqtrade_XRP_ETH-1m.feather", layout: "freqtrade bars", symbol: "XRP/ETH" },
    ...{ rows: 2469, unit: "ms", bars: "1 min from its start", has: [2469, 0, 0] },
    span: ["2019-10-11T00:00:00.000Z", "2019-10-13T11:19:59.999Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "freqtrade_XRP_USDT_USDT-1h-futures.json.gz", layout: "ccxt, freqtrade or Kaiko OHLCV" },
    ...{ symbol: "XRP/USDT:USDT", rows: 100, unit: "ms", bars: "60 min from its start", has: [100, 0, 0] },
    span: ["2021-11-17T01:00:00.000Z", "2021-11-21T04:59:59.999Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "fxcm_bars_bid_USDJPY.csv.gz", layout: "FXCM bars", symbol: "USDJPY" },
    ...{ rows: 2000, unit: undefined, bars: "1 min from its start", has: [0, 0, 0] },
    span: ["2013-02-01T00:00:00.000Z", "2013-02-04T09:21:59.999Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "truefx_quotes_USDJPY.csv.gz", layout: "TrueFX quotes", symbol: "USDJPY" },
    ...{ rows: 1000, unit: undefined, has: [0, 0, 1000] },
    span: ["2013-01-01T22:00:00.295Z", "2013-01-01T22:35:13.494Z"],
    asks: "or --symbol",
  },
  {
    ...{ file: "histdata_quotes_EURUSD.csv.gz", layout: "HistData quotes", symbol: "EURUSD", reading: EST },
    ...{ rows: 2000, unit: undefined, has: [0, 0, 2000] },
    span: ["2020-01-01T22:00:00.065Z", "2020-01-01T23:04:36.956Z"],
    asks: "--timezone EST",
  },
];

const REFUSED: readonly (readonly [file: string, message: string])[] = [
  ["databento_mbp-1.dbn.zst", "have it delivered as CSV"],
  ["databento_ohlcv-1m.dbn.zst", "have it delivered as CSV"],
  ["databento_trades.dbn.zst", "have it delivered as CSV"],
];

describe.skipIf(!existsSync(FOLDER))("real samples (need ../shared/data)", () => {
  const table: string[] = [];
  afterAll(() => {
    console.log(["| sample | layout | rows | unit | bars | sizes | sides | quotes | asks for |", ...table].join("\n"));
  });

  it.each(SAMPLES.map((sample) => [sample.file, sample] as const))("%s is read whole", async (file, sample) => {
    const { layout, symbol, reading, rows, unit, bars, has, span, asks } = sample;
    const path = resolve(FOLDER, file);
    if (asks !== undefined) await expect(readTickFiles([path])).rejects.toThrow(asks);
    const read = await readTickFiles([path], { symbol, reading });
    const [one] = read.files;
    const { ticks } = read;
    const barText = one!.barMs === undefined ? undefined : `${one!.barMs / 60_000} min from its start`;
    expect([one!.layout, one!.timeUnit, barText, read.rejected.size]).toEqual([layout, unit, bars, 0]);
    const count = (isThere: (tick: (typeof ticks)[number]) => boolean): number => ticks.filter(isThere).length;
    const sizes = count(({ size, flow }) => size >= 0 || (flow?.barVolume ?? NaN) >= 0);
    const sides = count(({ flow }) => Math.abs(flow?.side ?? NaN) === 1);
    const quotes = count(({ bid, ask, bidSize, askSize }) => {
      return bid <= ask && (Number.isNaN(bidSize) || bidSize + askSize > 0);
    });
    expect([ticks.length / (bars === undefined ? 1 : 4), [sizes, sides, quotes]]).toEqual([rows, has]);
    const iso = (ms: number): string => new Date(ms).toISOString();
    expect([iso(ticks[0]!.tsMs), iso(ticks.at(-1)!.tsMs)]).toEqual(span);
    const cells = [file, layout, rows, unit ?? "text", bars ?? "–", ...has, asks ?? "–"];
    table.push(`| ${cells.join(" | ")} |`);
  });

  it.each(REFUSED)("%s is refused with a sentence that says what to do", async (file, message) => {
    await expect(readTickFiles([resolve(FOLDER, file)])).rejects.toThrow(message);
    table.push(`| ${file} | – | refused: ${message} | | | | | | |`);
  });
});
