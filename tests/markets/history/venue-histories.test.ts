// What each venue is asked, and what is read of its answers: every candle and trade once, in order, none in progress.
import { describe, expect, it } from "vitest";
import { FEED_VENUES, type FeedVenue } from "../../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../../src/markets/feed/venue-protocols.ts";
import { FoundTrades } from "../../../src/markets/history/found-trades.ts";
import { candleMinutes, candleRanges, FoundCandles, ticksOfTrades } from "../../../src/markets/history/past-ticks.ts";
import { VENUE_HISTORIES } from "../../../src/markets/history/venue-histories.ts";
import { VenueAnswerError } from "../../../src/markets/history/venue-history.ts";
import { DEFAULT_TICK_RULES } from "../../../src/features/tick.ts";
import { TICK_FIELDS } from "../../../src/features/packed-ticks.ts";
import { RestExchange } from "../../exchange/rest-exchange.ts";
import { RestMarket } from "../../exchange/rest-market.ts";

/** 23 seconds into a minute. */
const NOW_MS = Date.UTC(2026, 10, 30, 12, 34, 23);
const PRODUCTS: Readonly<Record<FeedVenue, string>> = {
  coinbase: "btc/usd",
  "coinbase-exchange": "BTC-USD",
  binance: "btc-usdt",
  "binance-usdm": "BTCUSDT",
  kraken: "BTC/USD",
  bybit: "BTCUSDT",
  "bybit-linear": "BTCUSDT",
  okx: "BTC-USDT",
};
const market = new RestMarket(NOW_MS);

function productOf(venue: FeedVenue): string {
  return VENUE_PROTOCOLS[venue][0].productOf(PRODUCTS[venue])!;
}

/** The JSON of an answer. */
function ask(exchange: RestExchange, path: string): unknown {
  return JSON.parse(exchange.answer(new URL(path, "https://venue.test"), new Headers()).text);
}

function candlesOf(venue: FeedVenue, exchange = new RestExchange(market)): FoundCandles {
  const history = VENUE_HISTORIES[venue];
  const found = new FoundCandles();
  for (const range of candleRanges(history, productOf(venue), 1, NOW_MS)) {
    found.add(history.readCandles(ask(exchange, history.candlesPath(range))), range);
  }
  return found;
}

/** @param most requests before the plan is stopped. */
function tradesOf(venue: FeedVenue, fromMs: number, most = Infinity, exchange = new RestExchange(market)): FoundTrades {
  const found = new FoundTrades();
  const plan = VENUE_HISTORIES[venue].trades(productOf(venue), fromMs, found);
  let step = plan.next();
  for (let requests = 0; step.done !== true && requests < most; requests++) {
    step = plan.next(ask(exchange, step.value));
  }
  return found;
}

function column(rows: Float64Array, field: number): number[] {
  return Array.from({ length: rows.length / TICK_FIELDS }, (_, k) => rows[k * TICK_FIELDS + field]!);
}

describe.each(FEED_VENUES)("the past of %s", (venue) => {
  const whole = market.candles.slice(0, -1);

  it("has the last day of candles, each once, without the one in progress", () => {
    const { rows, leftOut } = candlesOf(venue).ticks("X", 1);
    const expected = whole.slice(venue === "kraken" ? -719 : -1440);
    expect(leftOut).toBe(0);
    expect(rows.length / TICK_FIELDS).toBe(4 * expected.length);
    const [times, prices] = [column(rows, 0), column(rows, 1)];
    expected.forEach(({ startMs, open, high, low, close }, k) => {
      const of = prices.slice(4 * k, 4 * k + 4);
      expect(times[4 * k]).toBe(startMs);
      expect(times[4 * k + 3]).toBe(startMs + 59_999);
      expect([of[0], Math.max(...of), Math.min(...of), of[3]]).toEqual([open, high, low, close].map(Number));
    });
    // What was traded lies on the last tick of a candle.
    expect(column(rows, 10).filter((volume) => volume > 0)).toEqual(expected.map(({ volume }) => Number(volume)));
  });

  it("stays within the venue's limits", () => {
    const exchange = new RestExchange(market);
    candlesOf(venue, exchange);
    const { candlesPerRequest, mostCandles = 1440 } = VENUE_HISTORIES[venue];
    expect(exchange.asked).toHaveLength(Math.ceil(mostCandles / candlesPerRequest));
  });

  it("has trades from the newest back, each once and in order, wherever it is stopped", () => {
    const fromMs = NOW_MS - 90 * 60_000;
    for (const most of [1, 2, 3, Infinity]) {
      const trades = tradesOf(venue, fromMs, most).sorted();
      const expected = market.trades.slice(-trades.length);
      expect(trades.map(({ tsMs }) => tsMs)).toEqual(expected.map(({ tsMs }) => tsMs));
      expect(trades.map(({ input }) => Number(input.price))).toEqual(expected.map(({ price }) => Number(price)));
      const sides = trades.map(({ input }) => String(input.side ?? "").toLowerCase()[0]);
      if (venue !== "coinbase") expect(sides).toEqual(expected.map(({ side }) => side[0]));
    }
    const all = tradesOf(venue, fromMs).sorted();
    if (venue === "bybit") expect(all).toHaveLength(60);
    else if (venue === "bybit-linear") expect(all).toHaveLength(1000);
    else expect(all[0]!.tsMs).toBeLessThanOrEqual(fromMs + 1_500);
  });

  it("knows an answer that is none", () => {
    const history = VENUE_HISTORIES[venue];
    for (const answer of [null, {}, "x", 5, { data: 1 }, { result: [] }, { code: "0" }, { retCode: 0, result: 3 }]) {
      expect(() => history.readCandles(answer)).toThrow(VenueAnswerError);
      const plan = history.trades(productOf(venue), 0, new FoundTrades());
      plan.next();
      expect(() => plan.next(answer)).toThrow(VenueAnswerError);
    }
  });
});

describe("trades of Kraken", () => {
  const reasonOf = (fromMs: number): string | undefined => {
    const exchange = new RestExchange(new RestMarket(NOW_MS, { trades: 20_000 }));
    const plan = VENUE_HISTORIES.kraken.trades(productOf("kraken"), fromMs, new FoundTrades());
    let step = plan.next();
    while (step.done !== true) step = plan.next(ask(exchange, step.value));
    return step.value;
  };

  it("say why they do not reach back as far as they were to", () => {
    expect(reasonOf(NOW_MS - 90 * 60_000)).toBeUndefined();
    expect(reasonOf(NOW_MS - 7 * 3_600_000)).toMatch(/pages of trades were read/);
  });
});

describe("a venue that answers 200 with an error", () => {
  const read = (venue: FeedVenue, answer: unknown) => () => VENUE_HISTORIES[venue].readCandles(answer);

  it.each([
    ["kraken", { error: ["EQuery:Unknown asset pair"] }, "unknown_product"],
    ["kraken", { error: ["EAPI:Rate limit exceeded"] }, "busy"],
    ["kraken", { error: ["EGeneral:Permission denied"] }, "refused"],
    ["bybit", { retCode: 10006, retMsg: "Too many visits!" }, "busy"],
    ["bybit", { retCode: 10001, retMsg: "Symbol Invalid" }, "unknown_product"],
    ["bybit-linear", { retCode: 10009, retMsg: "IP banned" }, "refused"],
    ["okx", { code: "50011", msg: "Too Many Requests" }, "busy"],
    ["okx", { code: "51001", msg: "Instrument ID doesn't exist" }, "unknown_product"],
    ["okx", { code: "50035", msg: "no" }, "refused"],
  ] as const)("%s: %j is %s", (venue, answer, fault) => {
    expect(read(venue, answer)).toThrow(expect.objectContaining({ fault }));
  });
});

describe("candles", () => {
  it("that are no bars are left out and counted", () => {
    const found = new FoundCandles();
    const range = { product: "BTCUSDT", minutes: 1, fromMs: 0, toMs: 600_000 } as const;
    const rows = [
      [60_000, "2", "3", "1", "2", "5", 0, "10", 3, "4", "0"],
      [120_000, "2", "3", "1", "4", "5", 0, "10", 3, "4", "0"],
      [180_000, "2", "x", "1", "2", "5", 0, "10", 3, "4", "0"],
      [240_000, "2", "3", "1", "2", "-5", 0, "10", 3, "4", "0"],
      [300_000, "2", "3", "1", "2", "5", 0, "10", 3, "6", "0"],
      [360_000, "2", "3", "1", "2", "5", 0, "10", 3.5, "4", "0"],
      "nonsense",
    ];
    found.add(VENUE_HISTORIES.binance.readCandles(rows), range);
    expect(found.ticks("X", 1).leftOut).toBe(6);
    expect(found.count).toBe(1);
  });

  it("of OKX have their volume in the base, of contracts too", () => {
    const spot = ["60000", "100", "101", "99", "100", "5", "500", "500", "1"];
    const swap = ["60000", "100", "101", "99", "100", "500", "5", "500", "1"];
    for (const row of [spot, swap]) {
      const [bar] = VENUE_HISTORIES.okx.readCandles({ code: "0", data: [row] });
      expect(bar!.flow).toMatchObject({ barVolume: 5, barQuoteVolume: 500 });
    }
  });

  it("are as long as fits the grid, and trades serve the others", () => {
    expect([1_000, 30_000, 60_000, 90_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000].map(candleMinutes)).toEqual(
      [undefined, undefined, 1, undefined, 1, 5, 15, 15, 60],
    );
  });
});

describe("ticks of trades", () => {
  it("begin at the time that was asked for, are the newest, and leave out what is no tick", () => {
    const found = new FoundTrades();
    const trade = (id: number, tsMs: number, price: unknown) => ({ id: `${id}`, tsMs, input: { ts: tsMs, price, id } });
    const at = NOW_MS;
    expect(found.addOlder([trade(3, at + 3, "3"), trade(4, at + 4, "4")])).toBe(2);
    expect(found.addOlder([trade(1, at + 1, "1"), trade(2, at + 2, "no"), trade(3, at + 3, "3")])).toBe(2);
    const rules = DEFAULT_TICK_RULES;
    const all = ticksOfTrades("X", found, { fromMs: 0, most: 10, rules });
    expect([column(all.rows, 1), all.leftOut]).toEqual([[1, 3, 4], 1]);
    expect(column(ticksOfTrades("X", found, { fromMs: at + 3, most: 10, rules }).rows, 1)).toEqual([3, 4]);
    expect(column(ticksOfTrades("X", found, { fromMs: 0, most: 1, rules }).rows, 1)).toEqual([4]);
  });
});
