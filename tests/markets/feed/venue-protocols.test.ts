// What must hold for the protocols of all venues.
import { describe, expect, test } from "vitest";
import { symbolKey } from "../../../src/features/symbol-name.ts";
import { FEED_VENUES } from "../../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../../src/markets/feed/venue-protocols.ts";

const PROTOCOLS = Object.values(VENUE_PROTOCOLS).flat();
/** A product that each venue has, as a person may write it. */
const PAIR = "btc/usdt";

test("every venue has a protocol, under its own name", () => {
  expect(Object.keys(VENUE_PROTOCOLS)).toEqual([...FEED_VENUES]);
  for (const [venue, protocols] of Object.entries(VENUE_PROTOCOLS)) {
    expect(protocols.map((protocol) => protocol.venue)).toEqual(protocols.map(() => venue));
  }
  expect(new Set(PROTOCOLS.map(({ endpoint }) => endpoint)).size).toBe(PROTOCOLS.length);
});

describe.each(PROTOCOLS)("$title", (protocol) => {
  test("a product's name stays what it is, and gives a symbol of the gateway", () => {
    const product = protocol.productOf(PAIR)!;
    expect(protocol.productOf(product)).toBe(product);
    expect(symbolKey(product, protocol.venue)).toBe(`${product}@${protocol.venue}`);
  });

  test("no name that could change a frame is taken for a product", () => {
    for (const name of ["", " ", 'BTC"USDT', "BTC USDT", "a".repeat(500), "BTC@USDT", "../x", "БТС-USDT", "\u0000"]) {
      expect(protocol.productOf(name), JSON.stringify(name)).toBeUndefined();
    }
  });

  test("its address is encrypted, and its limits fit each other", () => {
    expect(protocol.endpoint).toMatch(/^wss:\/\//);
    expect(protocol.silenceMs).toBeGreaterThan(2 * (protocol.ping?.everyMs ?? 0));
    expect(protocol.reorderMs).toBeLessThan(1_000);
    const products = Array.from({ length: protocol.maxProducts }, (_, i) => protocol.productOf(`P${i}/USDT`)!);
    const frames = protocol.subscribe(products, 1);
    // All products of a connection are asked for within two minutes.
    expect(frames.length * protocol.frameGapMs).toBeLessThan(120_000);
    for (const frame of frames) expect(frame.length).toBeLessThan(4_096);
  });

  test("no value is a reason to throw", () => {
    for (const value of [undefined, null, 0, "", "ping", [], [[]], {}, { data: null }, { event: 1 }, { arg: 1 }]) {
      expect(["unknown", "other", "refused"]).toContain(protocol.read(value).kind);
    }
  });
});
