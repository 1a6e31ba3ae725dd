// Layouts of files of price bars.
import { basename } from "node:path";
import { databentoBar } from "./databento.ts";
import { type Layout, OHLC, plainName, shapeOf } from "./layout.ts";

const PRICES = { open: ["open"], high: ["high"], low: ["low"], close: ["close"] } as const;

/** Whether a row can be a bar with its columns in this order: no other order of the four prices passes. */
function isBar(cell: (name: string) => number): boolean {
  const [open, high, low, close] = OHLC.map(cell) as [number, number, number, number];
  return low > 0 && low <= open && open <= high && low <= close && close <= high;
}

const KLINES = {
  ...PRICES,
  ts: ["open_time", "openTime"],
  closeTime: ["close_time", "closeTime"],
  barTrades: ["count", "trades", "number_of_trades", "num_trades"],
} as const;
const BASE_VOLUMES = {
  barVolume: ["volume"],
  barQuoteVolume: ["quote_volume", "quote_asset_volume", "quote_av"],
  barTakerVolume: [
    "taker_buy_volume",
    "taker_buy_base",
    "taker_buy_base_volume",
    "taker_buy_base_asset_volume",
    "tb_base_av",
  ],
} as const;

const KLINES_SHAPE = shapeOf(
  "open_time:epoch open:number high:number low:number close:number volume:number close_time:epoch " +
    "quote_volume:number count:whole taker_buy_volume:number taker_buy_quote_volume:number ignore:any",
);
const KLINES_SIGNATURE = BASE_VOLUMES.barTakerVolume.join("|");
const KLINES_UNREAD = ["ignore", "taker_buy_quote", "taker_buy_quote_asset_volume", "tb_quote_av"];

export const BAR_LAYOUTS: readonly Layout[] = [
  {
    name: "Binance klines of COIN-M futures",
    stamp: "start",
    columns: { ...KLINES, barVolume: ["quote_volume"], barTakerVolume: ["taker_buy_quote_volume"] },
    signature: [KLINES_SIGNATURE],
    others: [...KLINES_UNREAD, "volume", "taker_buy_volume"],
    fileName: /^[A-Z0-9]+USD_(PERP|\d{6})-/,
    shape: KLINES_SHAPE,
    fits: (cell) => isBar(cell) && cell("closetime") > cell("opentime"),
    note: "volumes are those in the base; the file's volume is a number of contracts",
  },
  {
    name: "Binance klines",
    stamp: "start",
    columns: { ...KLINES, ...BASE_VOLUMES },
    fileName: /^(?![A-Z0-9]+USD_(PERP|\d{6})-)/,
    signature: [KLINES_SIGNATURE],
    others: [...KLINES_UNREAD, "taker_buy_quote_volume"],
    shape: KLINES_SHAPE,
    fits: (cell) => isBar(cell) && cell("closetime") > cell("opentime"),
  },
  {
    name: "CryptoDataDownload bars",
    stamp: "start",
    columns: {
      ...PRICES,
      ts: ["unix", "unix timestamp", "unix_timestamp"],
      symbol: ["symbol"],
      barVolume: ["volume base"],
      barQuoteVolume: ["volume quote"],
      barTrades: ["tradecount", "trade_count"],
    },
    optional: ["barTrades"],
    signature: ["date"],
    rename: volumeNames,
    timeForms: ["date"],
  },
  {
    name: "Databento ohlcv",
    stamp: "start",
    columns: { ...PRICES, ts: ["ts_event"], symbol: ["symbol"], barVolume: ["volume"] },
    optional: ["symbol"],
    signature: ["rtype", "publisher_id", "instrument_id"],
    others: ["index"],
    keepers: ["publisher_id"],
    adjust: databentoBar,
  },
  {
    name: "Massive (Polygon) aggregates",
    stamp: "start",
    columns: {
      ...PRICES,
      symbol: ["ticker"],
      ts: ["window_start"],
      barVolume: ["volume"],
      barTrades: ["transactions"],
    },
  },
  {
    name: "Alpaca bars",
    stamp: "start",
    columns: {
      ts: ["t"],
      open: ["o"],
      high: ["h"],
      low: ["l"],
      close: ["c"],
      barVolume: ["v"],
      barTrades: ["n"],
      symbol: ["symbol", "S"],
    },
    optional: ["barTrades", "symbol"],
    signature: ["vw"],
  },
  {
    name: "FXCM bars",
    stamp: "start",
    columns: { ...PRICES, ts: ["timestamp"] },
    isExact: true,
    fileName: /fxcm/i,
    note: "bid and ask are files apart: give one of them",
  },
  {
    name: "freqtrade bars",
    stamp: "start",
    columns: { ...PRICES, ts: ["date"], barVolume: ["volume"] },
    isExact: true,
    timeForms: ["date"],
  },
  {
    name: "BitMEX bars",
    stamp: "end",
    columns: {
      ...PRICES,
      ts: ["timestamp_ms"],
      symbol: ["symbol"],
      barTrades: ["trades"],
      barQuoteVolume: ["volume_usd"],
    },
    optional: ["symbol", "barTrades", "barQuoteVolume"],
    mayBeEmpty: ["barTrades", "barQuoteVolume"],
    movesOpen: true,
  },
  {
    name: "Kraken OHLCVT",
    stamp: "start",
    columns: { ...PRICES, ts: ["time"], barVolume: ["volume"], barTrades: ["trades"] },
    isHeaderless: true,
    shape: shapeOf("time:seconds open:number high:number low:number close:number volume:number trades:whole"),
    fits: isBar,
    lengthOfName: krakenLength,
  },
  {
    name: "ccxt, freqtrade or Kaiko OHLCV",
    stamp: "start",
    columns: { ...PRICES, ts: ["time"], barVolume: ["volume"] },
    isHeaderless: true,
    shape: shapeOf("time:millis open:number high:number low:number close:number volume:number"),
    fits: isBar,
  },
  {
    name: "HistData bars",
    stamp: "start",
    columns: { ...PRICES, ts: ["time"] },
    isHeaderless: true,
    timeForms: ["compact"],
    asksZone: "HistData writes New York's standard time all the year: --timezone EST",
    shape: shapeOf("time:compact open:number high:number low:number close:number histdata_volume:number"),
    fits: isBar,
    note: "its volume is always 0 and not read",
  },
];

/** `XBTUSD_60.csv` has bars of 60 minutes. */
function krakenLength(path: string): number | undefined {
  const minutes = /_(\d{1,5})\.csv/i.exec(basename(path))?.[1];
  return minutes === undefined || Number(minutes) === 0 ? undefined : Number(minutes) * 60_000;
}

/** `Volume BTC` and `Volume USD` are the volumes in base and quote, in this order. */
function volumeNames(names: readonly string[]): readonly string[] {
  const volumes = names.filter((name) => name.startsWith("volume"));
  const renamed = [plainName("volume base"), plainName("volume quote")];
  return names.map((name) => (volumes.length === 2 && volumes.includes(name) ? renamed[volumes.indexOf(name)]! : name));
}
