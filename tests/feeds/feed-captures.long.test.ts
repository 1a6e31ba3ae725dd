// Real captures of venues, in ../shared, replayed by a local exchange to the feed from Node: every trade and quote of
// the capture arrives once. Captures whose messages are those of today are taken.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { capturedLine } from "../../src/markets/captured-line.ts";
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { FeedUnderTest } from "../exchange/feed-under-test.ts";
import { waitUntil } from "./wait-until.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const hasData = existsSync(DATA);
if (!hasData) console.log(`skipped: no captures in ${DATA}`);

/** What a message of a capture holds, read without the code under test. */
type Found = readonly { readonly product: string; readonly kind: "trade" | "quote" }[];
type Message = Readonly<Record<string, unknown>>;

const CAPTURES: readonly { venue: FeedVenue; file: string; find: (message: Message) => Found }[] = [
  { venue: "coinbase-exchange", file: "wire/COINBASE.ws.28.0.gz", find: ofCoinbase },
  { venue: "binance", file: "formats/binance_spot_btcusdt_20240808.native.gz", find: ofBinance },
  { venue: "binance-usdm", file: "formats/binance_usdm_btcusdt_20240808.native.gz", find: ofBinance },
  { venue: "binance-usdm", file: "wire/BINANCE.ws.1.0.gz", find: ofBinance },
  { venue: "okx", file: "wire/OKX.ws.1.0.gz", find: ofOkx },
];

function ofCoinbase({ type, product_id, time }: Message): Found {
  if (type === "match" || type === "last_match") return [{ product: String(product_id), kind: "trade" }];
  return type === "ticker" && time !== undefined ? [{ product: String(product_id), kind: "quote" }] : [];
}

function ofBinance({ stream, data }: Message): Found {
  const { s, X } = (data ?? { s: "" }) as { s: string; X?: string };
  if (/@(aggT|t)rade$/.test(String(stream)))
    return X === undefined || X === "MARKET" ? [{ product: s, kind: "trade" }] : [];
  return String(stream).endsWith("@bookTicker") ? [{ product: s, kind: "quote" }] : [];
}

function ofOkx({ arg, data }: Message): Found {
  const { channel, instId } = (arg ?? {}) as { channel?: string; instId?: string };
  if (channel !== "trades" || data === undefined) return [];
  return (data as unknown[]).map(() => ({ product: instId!, kind: "trade" as const }));
}

/** Messages of a capture; its last line may be cut. */
function messagesOf(file: string): string[] {
  const text = gunzipSync(readFileSync(join(DATA, file)), { finishFlush: 2 }).toString();
  const lines = text.split("\n").map((line) => capturedLine(line));
  return lines.flatMap((line) => (typeof line === "object" && isJson(line.text) ? [line.text] : []));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasData)("captures through the feed", () => {
  test.each(CAPTURES)("$venue: $file", async ({ venue, file, find }) => {
    const messages = messagesOf(file);
    const found = messages.flatMap((text) => find(JSON.parse(text) as Message));
    const products = [...new Set(found.map(({ product }) => product))];
    expect(products.map((product) => VENUE_PROTOCOLS[venue][0].productOf(product))).toEqual(products);
    const feed = await FeedUnderTest.start(venue, products);
    try {
      await feed.subscribed();
      const own = feed.exchange.log.length;
      // A connection of USD-M would get each message twice: it is sent to one alone.
      for (const text of messages) feed.exchange.sendRawToFirst(text);
      await feed.exchange.settled();
      await waitUntil("all ticks", () => feed.gateway.applied.length >= found.length + own);
      expect(await feed.stop()).toBe(true);
      const trades = found.filter(({ kind }) => kind === "trade").length;
      const given = feed.gateway.applied.filter(({ price }) => price !== undefined && price !== null).length;
      expect({ trades: given, all: feed.gateway.applied.length - own }).toEqual({ trades, all: found.length });
      expect(feed.noted.filter((line) => !line.startsWith("gateway"))).toEqual([]);
      console.log(`${venue} ${file}: ${messages.length} messages, ${trades} trades, ${found.length - trades} quotes`);
    } finally {
      await feed.close();
    }
  });
});
