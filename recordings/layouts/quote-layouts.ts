// Layouts of files of quotes.
import { databentoQuote } from "./databento.ts";
import { type Layout, shapeOf } from "./layout.ts";

const SIDES_AND_SIZES = ["bid", "ask", "bidSize", "askSize"] as const;

export const QUOTE_LAYOUTS: readonly Layout[] = [
  {
    name: "Binance bookTicker",
    columns: {
      id: ["update_id"],
      bid: ["best_bid_price"],
      bidSize: ["best_bid_qty"],
      ask: ["best_ask_price"],
      askSize: ["best_ask_qty"],
      ts: ["transaction_time"],
    },
    signature: ["update_id"],
    others: ["event_time"],
  },
  {
    name: "tardis quotes",
    columns: {
      venue: ["exchange"],
      symbol: ["symbol"],
      ts: ["timestamp"],
      askSize: ["ask_amount"],
      ask: ["ask_price"],
      bid: ["bid_price"],
      bidSize: ["bid_amount"],
    },
    signature: ["local_timestamp"],
    mayBeEmpty: SIDES_AND_SIZES,
  },
  {
    name: "tardis book_snapshot",
    columns: {
      venue: ["exchange"],
      symbol: ["symbol"],
      ts: ["timestamp"],
      ask: ["asks[0].price"],
      askSize: ["asks[0].amount"],
      bid: ["bids[0].price"],
      bidSize: ["bids[0].amount"],
    },
    signature: ["local_timestamp"],
    others: levels(),
    mayBeEmpty: SIDES_AND_SIZES,
    note: "the top of the book is read",
  },
  {
    name: "Databento bbo",
    // Of mbp-1 without its action, trades would be lost.
    isExact: true,
    columns: {
      ts: ["ts_recv"],
      symbol: ["symbol"],
      bid: ["bid_px_00"],
      ask: ["ask_px_00"],
      bidSize: ["bid_sz_00"],
      askSize: ["ask_sz_00"],
    },
    optional: ["symbol"],
    signature: ["rtype", "publisher_id", "instrument_id"],
    others: ["ts_event", "side", "price", "size", "flags", "sequence", "bid_ct_00", "ask_ct_00", "index"],
    keepers: ["publisher_id"],
    mayBeEmpty: "all",
    adjust: databentoQuote,
    note: "the quote at the end of each interval; its last trade is not counted again",
  },
  {
    name: "Dukascopy ticks",
    columns: {
      ts: ["timestamp", "time", "Gmt time", "Local time", "UTC", "EET"],
      ask: ["askPrice", "ask"],
      bid: ["bidPrice", "bid"],
      askSize: ["askVolume", "ask_volume"],
      bidSize: ["bidVolume", "bid_volume"],
    },
    signature: ["ask_volume", "bid_volume"],
    isExact: true,
    timeForms: ["dotted"],
    note: "sizes are in millions, as Dukascopy counts them",
  },
  {
    name: "HistData quotes",
    columns: { ts: ["time"], bid: ["bid"], ask: ["ask"] },
    isHeaderless: true,
    timeForms: ["compact"],
    asksZone: "HistData writes New York's standard time all the year: --timezone EST",
    shape: shapeOf("time:compact bid:number ask:number histdata_volume:number"),
    fits: (cell) => cell("bid") <= cell("ask"),
    note: "its volume is always 0 and not read",
  },
  {
    name: "TrueFX quotes",
    columns: { ts: ["timestamp", "time"], bid: ["bid"], ask: ["ask"], symbol: ["pair", "symbol"] },
    optional: ["symbol"],
    isExact: true,
    timeForms: ["compact"],
    shape: shapeOf("pair:pair timestamp:clock bid:number ask:number"),
    fits: (cell) => cell("bid") <= cell("ask"),
  },
];

/** Names of the levels of a book behind the first. */
function levels(): string[] {
  return Array.from({ length: 100 }, (_, level) =>
    ["asks", "bids"].flatMap((side) => [`${side}[${level}].price`, `${side}[${level}].amount`]),
  ).flat();
}
