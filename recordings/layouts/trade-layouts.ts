// Layouts of files of trades. A side is always turned into that of the taker.
import { databentoEvent } from "./databento.ts";
import { type Layout, type LayoutInput, shapeOf } from "./layout.ts";

/** `is_buyer_maker`: the buyer's order lay in the book, so the seller took it. Other texts stay, to be refused. */
function takerOfBuyerMaker(input: LayoutInput): void {
  const text = String(input.side).trim().toLowerCase();
  if (text === "true") input.side = "sell";
  else if (text === "false") input.side = "buy";
  else input.side = `is_buyer_maker=${text}`;
}

/** The other side: Coinbase's REST interface names the maker's. */
function takerOfMaker(input: LayoutInput): void {
  const text = String(input.side).trim().toLowerCase();
  if (text === "buy") input.side = "sell";
  else if (text === "sell") input.side = "buy";
}

/** Whether a headerless row may be a trade of Binance: the product is rounded to eight digits. */
function isProduct(cell: (name: string) => number): boolean {
  const product = cell("price") * cell("qty");
  return Math.abs(cell("quoteqty") - product) <= 1e-6 * product + 1e-7;
}

const DATABENTO_EVENT = {
  ts: ["ts_event"],
  symbol: ["symbol"],
  side: ["side"],
  price: ["price"],
  size: ["size"],
} as const;
const DATABENTO_SIGNATURE = ["rtype", "publisher_id", "instrument_id", "action"];
const DATABENTO_UNREAD = ["ts_recv", "depth", "flags", "ts_in_delta", "sequence", "index"];

export const TRADE_LAYOUTS: readonly Layout[] = [
  {
    name: "Binance aggTrades",
    columns: {
      id: ["agg_trade_id", "id"],
      price: ["price"],
      size: ["quantity", "qty"],
      ts: ["transact_time", "timestamp", "time"],
      side: ["is_buyer_maker"],
    },
    signature: ["first_trade_id|first_id", "last_trade_id|last_id"],
    others: ["is_best_match"],
    shape: shapeOf(
      "id:whole price:number qty:number first_id:whole last_id:whole time:epoch is_buyer_maker:flag is_best_match:flag?",
    ),
    fits: (cell) => cell("firstid") <= cell("lastid"),
    adjust: takerOfBuyerMaker,
  },
  {
    name: "Binance trades",
    columns: {
      id: ["id", "trade_id"],
      price: ["price"],
      size: ["qty", "quantity"],
      ts: ["time", "timestamp"],
      side: ["is_buyer_maker"],
    },
    signature: ["quote_qty|quote_quantity"],
    others: ["is_best_match"],
    shape: shapeOf(
      "id:whole price:number qty:number quote_qty:number time:epoch is_buyer_maker:flag is_best_match:flag?",
    ),
    fits: isProduct,
    adjust: takerOfBuyerMaker,
  },
  {
    name: "Binance trades of COIN-M futures",
    columns: {
      id: ["id"],
      price: ["price"],
      size: ["base_qty"],
      ts: ["time"],
      side: ["is_buyer_maker"],
    },
    signature: ["qty"],
    adjust: takerOfBuyerMaker,
    note: "sizes are base_qty; qty is a number of contracts",
  },
  {
    name: "tardis trades",
    columns: {
      venue: ["exchange"],
      symbol: ["symbol"],
      ts: ["timestamp"],
      id: ["id"],
      side: ["side"],
      price: ["price"],
      size: ["amount"],
    },
    signature: ["local_timestamp"],
    mayBeEmpty: ["id"],
  },
  {
    name: "Databento trades",
    columns: DATABENTO_EVENT,
    // With some columns of a book it is another layout, which lacks the others.
    isExact: true,
    ...{ optional: ["symbol"], signature: DATABENTO_SIGNATURE, keepers: ["publisher_id"] },
    others: DATABENTO_UNREAD,
    mayBeEmpty: "all",
    adjust: databentoEvent,
  },
  {
    name: "Databento tbbo and mbp-1",
    columns: {
      ...DATABENTO_EVENT,
      bid: ["bid_px_00"],
      ask: ["ask_px_00"],
      bidSize: ["bid_sz_00"],
      askSize: ["ask_sz_00"],
    },
    ...{ optional: ["symbol"], signature: DATABENTO_SIGNATURE, keepers: ["publisher_id"] },
    others: [...DATABENTO_UNREAD, "bid_ct_00", "ask_ct_00"],
    mayBeEmpty: "all",
    adjust: databentoEvent,
    note: "every event is a quote, and those with action T are trades too",
  },
  {
    name: "Bybit trades",
    columns: {
      ts: ["timestamp"],
      symbol: ["symbol"],
      side: ["side"],
      size: ["size"],
      price: ["price"],
      id: ["trdMatchID"],
    },
    signature: ["tickDirection"],
    others: ["grossValue", "homeNotional", "foreignNotional", "RPI"],
    mayBeEmpty: ["id"],
    note: "sizes of inverse contracts are in the quote currency",
  },
  {
    name: "Bybit spot trades",
    columns: { id: ["id"], ts: ["timestamp"], price: ["price"], size: ["volume"], side: ["side"] },
    others: ["rpi"],
    isExact: true,
  },
  {
    name: "freqtrade trades",
    columns: { ts: ["timestamp"], id: ["id"], side: ["side"], price: ["price"], size: ["amount"] },
    signature: ["type", "cost"],
    others: ["date", "pair"],
    mayBeEmpty: ["id"],
    shape: shapeOf("timestamp:epoch id:any type:any side:side price:number amount:number cost:number"),
    fits: (cell) => Math.abs(cell("cost") - cell("price") * cell("amount")) <= 1e-6 * cell("cost") + 1e-9,
  },
  {
    name: "Coinbase trades",
    columns: {
      id: ["trade_id"],
      price: ["price"],
      side: ["side"],
      size: ["size"],
      ts: ["time"],
      symbol: ["product_id"],
    },
    optional: ["symbol"],
    isExact: true,
    adjust: takerOfMaker,
    note: "side is the maker's in the file, and read as the taker's",
  },
  {
    name: "Kraken trades",
    columns: { ts: ["time"], price: ["price"], size: ["volume"] },
    isHeaderless: true,
    shape: shapeOf("time:seconds price:number volume:number"),
  },
];
