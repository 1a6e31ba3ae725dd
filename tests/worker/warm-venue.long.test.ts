// A symbol is warmed from its venue's REST service: what is asked, what a failure leaves, and what is refused.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { venuePast } from "../../src/clients/venue-history.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { recordLog } from "../../src/log.ts";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { type Answer, fetchJson, fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";

const BARS = { STEP_MS: "60000" };
const exchange = new RestExchange(new RestMarket(Date.now()));

beforeEach(() => {
  exchange.market = new RestMarket(Date.now());
  exchange.asked.length = 0;
  exchange.faults = [];
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => exchange.fetch(input, init));
});
afterEach(() => void vi.restoreAllMocks());

async function warm(symbol: string, body: object, variables: object = BARS): Promise<Answer> {
  const init = { method: "POST", body: JSON.stringify({ from: "venue", ...body }) };
  return await fetchWith(variables, `/admin/symbols/${encodeURIComponent(symbol)}/warm`, init);
}

const NAMES = { kraken: "BTC/USD", okx: "BTC-USDT", coinbase: "BTC-USD", "coinbase-exchange": "BTC-USD" } as const;
const nameAt = (venue: FeedVenue): string => (NAMES as Record<string, string>)[venue] ?? "BTCUSDT";
/** On a grid of a minute. */
const pastOf = (venue: FeedVenue) => venuePast({ ...env, ...BARS }, venue, "X", nameAt(venue));

describe("the past of a product", () => {
  it.each(FEED_VENUES)("of %s is the last day of candles on a grid of a minute", async (venue) => {
    const { rows, requests, leftOut, cut } = await pastOf(venue);
    expect(rows.length / TICK_FIELDS).toBe(4 * (venue === "kraken" ? 719 : 1440));
    expect({ requests, leftOut, cut }).toEqual({ requests: exchange.asked.length, leftOut: 0, cut: null });
    expect(Date.now() - rows.at(-TICK_FIELDS)!).toBeLessThan(125_000);
    expect(new Set(exchange.clients)).toEqual(new Set(["volgate"]));
  });

  it("is asked for at another address where the deployment says so", async () => {
    const rest = "http://127.0.0.1:9/proxy/";
    const variables = { ...BARS, VENUE_ENDPOINTS: JSON.stringify({ kraken: { rest } }) };
    const urls: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation((input) => {
      urls.push(input as string);
      return Promise.resolve(Response.json({ error: [], result: { XXBTZUSD: [], last: 0 } }));
    });
    await venuePast({ ...env, ...variables }, "kraken", "X", "BTC/USD");
    expect(urls[0]).toMatch(/^http:\/\/127\.0\.0\.1:9\/proxy\/0\/public\/OHLC\?pair=XBTUSD/);
  });
});

describe("a venue that fails", () => {
  it("is asked again: after too many requests, an error, a broken connection, half an answer", async () => {
    exchange.faults = [
      { kind: "status", status: 429, retryAfterS: 0 },
      { kind: "status", status: 503 },
      undefined,
      { kind: "drop" },
      { kind: "half" },
    ];
    const { rows, cut } = await pastOf("coinbase");
    expect([rows.length / TICK_FIELDS, cut]).toEqual([4 * 1440, null]);
    expect(exchange.asked).toHaveLength(5 + 4);
  });

  it("leaves what it gave before, without a hole, and says why it ends", async () => {
    const down = { kind: "status", status: 503 } as const;
    exchange.faults = [undefined, undefined, down, down, down];
    const log: string[] = [];
    recordLog((_, event) => log.push(event));
    const { rows, cut } = await pastOf("coinbase");
    recordLog();
    expect(rows.length / TICK_FIELDS).toBe(4 * 700);
    expect(rows.at(-TICK_FIELDS)! - rows[0]!).toBe(700 * 60_000 - 1);
    expect(cut).toBe("Coinbase Advanced Trade is not available (HTTP 503)");
    expect(log).toContain("venue_history_cut");
  });

  it.each([
    ["451", { kind: "status", status: 451 }, 422, "venue_refused", "refuses clients from this country"],
    ["a ban", { kind: "status", status: 418, retryAfterS: 120 }, 422, "venue_refused", "has banned this address"],
    ["a long pause", { kind: "status", status: 429, retryAfterS: 60 }, 503, "venue_unavailable", "too many requests"],
    ["another body", { kind: "body", body: { hello: 1 } }, 503, "venue_unavailable", "no list"],
    ["nothing", { kind: "body", body: [] }, 422, "no_history", "no tick"],
  ] as const)("with %s is answered in words, and nothing is created", async (what, fault, status, code, words) => {
    exchange.faults = Array.from({ length: 5 }, () => fault);
    const symbol = `GONE-${what.replaceAll(" ", "-")}@binance`;
    const answer = await warm(symbol, { product: "BTCUSDT" });
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringContaining(words) } });
    if (status === 503) expect(answer.headers.get("Retry-After")).toBe("30");
    expect((await fetchJson("/symbols")).body.symbols.join()).not.toContain("GONE");
    expect(exchange.asked.length).toBeLessThanOrEqual(2);
  });

  it("does not know the product", async () => {
    for (const venue of ["binance", "kraken", "okx", "coinbase"]) {
      const answer = await warm(`NOPE-XX@${venue}`, {});
      expect(answer, venue).toMatchObject({ status: 422, body: { code: "product_unknown" } });
    }
    expect(await warm("!@binance", {}).catch(() => undefined)).not.toMatchObject({ status: 200 });
  });
});

describe("a request for a venue's history", () => {
  it("is refused before the venue is asked: live symbols, closed names, unknown venues", async () => {
    await ingest(tick("LIVE@kraken", 0));
    expect(await warm("LIVE@kraken", { product: "BTC/USD" }, {})).toMatchObject({ body: { code: "already_live" } });
    const closed = await warm("SHUT@kraken", { product: "BTC/USD" }, { ALLOWED_SYMBOLS: "OPEN" });
    expect(closed).toMatchObject({ status: 403, body: { code: "symbol_not_allowed" } });
    const malformed = { status: 400, body: { code: "venue_malformed" } };
    expect(await warm("BARE", {})).toMatchObject(malformed);
    expect(await warm("BTC@nowhere", {})).toMatchObject(malformed);
    expect(await warm("BTC", { venue: "nowhere" })).toMatchObject(malformed);
    expect(await warm("BTC", { from: "archive", venue: "okx" })).toMatchObject(malformed);
    expect(await warm("BTC", { product: "" })).toMatchObject({ status: 400, body: { code: "product_malformed" } });
    expect(await warm("BTC@kraken", { product: "one two three" })).toMatchObject({ body: { code: "product_unknown" } });
    const mid = await warm("BTC@kraken", {}, { PRICE_SOURCE: "mid" });
    expect(mid).toMatchObject({ status: 422, body: { code: "product_unknown" } });
    const ofMid = await warm("BTC/USD@kraken", {}, { PRICE_SOURCE: "mid" });
    expect(ofMid).toMatchObject({
      status: 422,
      body: { code: "venue_refused", detail: expect.stringContaining("mid") },
    });
    expect(exchange.asked).toEqual([]);
  });
});
