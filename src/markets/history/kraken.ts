// Kraken: https://docs.kraken.com/api/docs/rest-api/get-ohlc-data and …/get-recent-trades. The last 720 candles, of
// which the newest is in progress. Trades go forward from a time in ns, 1,000 a page; one request a second. An error
// comes with status 200.
import { msOfSeconds } from "../native-ticks.ts";
import { jsonObject } from "../json-object.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { plainText } from "../../schemas/plain-text.ts";
import type { FoundTrades } from "./found-trades.ts";
import { candleOf, cellsOf, pathWith, tradeOf } from "./read-answer.ts";
import type { PastTrade } from "./past-trade.ts";
import { type TradePlan, VenueAnswerError, type VenueHistory } from "./venue-history.ts";

const TRADES = 1000;
/** Pages of trades that are planned for: as many seconds. */
const MOST_PAGES = 15;
/** Trades may have come faster before than of late. */
const SPARE = 0.7;
/** What REST calls as it always did, and the WebSocket does not. */
const RENAMED: Readonly<Record<string, string>> = { BTC: "XBT", DOGE: "XDG" };

export const KRAKEN_HISTORY: VenueHistory = {
  venue: "kraken",
  title: "Kraken",
  endpoint: "https://api.kraken.com",
  gapMs: 1_000,
  candlesPerRequest: 720,
  mostCandles: 720,
  candlesPath: ({ product, minutes, fromMs }) =>
    // Those after this time.
    pathWith("/0/public/OHLC", { pair: pairOf(product), interval: minutes, since: fromMs / 1000 - 1 }),
  readCandles: (answer) =>
    entriesOf(answer).entries.map((entry) => {
      const [time, open, high, low, close, , volume, trades] = cellsOf(entry);
      return candleOf({ startMs: plainNumber(time) * 1000, open, high, low, close, volume, trades });
    }),
  trades: tradesOf,
};

/** First the newest page, then from as far back as fits into some pages up to it: there may be no hole. */
function* tradesOf(product: string, fromMs: number, found: FoundTrades): TradePlan {
  const path = (since?: string): string =>
    pathWith("/0/public/Trades", { pair: pairOf(product), count: TRADES, since });
  const newest = readTrades(yield path());
  found.addOlder(newest.trades);
  const [first, last] = [newest.trades[0], newest.trades.at(-1)];
  if (first === undefined || last === undefined || newest.trades.length < TRADES || first.tsMs <= fromMs)
    return undefined;
  const reachMs = SPARE * MOST_PAGES * (last.tsMs - first.tsMs);
  const sinceMs = Math.max(fromMs, Math.floor(first.tsMs - reachMs));
  let since = `${sinceMs}000000`;
  const older: PastTrade[] = [];
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = readTrades(yield path(since));
    older.push(...page.trades);
    const hasJoined = page.trades.some(({ id }) => id === first.id);
    if (hasJoined) {
      found.addOlder(older.filter(({ tsMs }) => tsMs <= first.tsMs));
      return sinceMs > fromMs ? `about ${MOST_PAGES} pages of trades were read, and no more are` : undefined;
    }
    if (page.last === since || page.trades.length === 0) break;
    since = page.last;
  }
  return "older trades did not join the newest page, and were left out";
}

function readTrades(answer: unknown): { readonly trades: readonly PastTrade[]; readonly last: string } {
  const { entries, last } = entriesOf(answer);
  const trades = entries.map((entry) => {
    const [price, size, time, side, , , id] = cellsOf(entry);
    return tradeOf(id, { ts: msOfSeconds(time), price, size, id, side });
  });
  return { trades, last: plainText(last) };
}

/** The list of the one pair, whatever its key is, and where the next page begins. */
function entriesOf(answer: unknown): { readonly entries: readonly unknown[]; readonly last: unknown } {
  const { error, result } = jsonObject(answer) ?? {};
  const [text] = Array.isArray(error) ? error.map(plainText) : [];
  if (text !== undefined) throw errorOf(text);
  const { last, ...pairs } = jsonObject(result) ?? {};
  const [entries] = Object.values(pairs);
  if (!Array.isArray(entries)) throw new VenueAnswerError("malformed", "no list of a pair in the answer");
  return { entries, last };
}

function errorOf(text: string): VenueAnswerError {
  if (/rate limit|too many requests|busy|unavailable|throttled/i.test(text)) return new VenueAnswerError("busy", text);
  return new VenueAnswerError(/unknown asset pair/i.test(text) ? "unknown_product" : "refused", text);
}

/** `BTC/USD` is `XBTUSD`. */
function pairOf(product: string): string {
  return product
    .split("/")
    .map((part) => RENAMED[part] ?? part)
    .join("");
}
