import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitKey, symbolKey } from "../../src/features/symbol-name.ts";

const SYMBOL = fc.stringMatching(/^[A-Za-z0-9^][A-Za-z0-9._:/=^-]{0,63}$/);
const VENUE = fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/), { nil: undefined });

describe("symbolKey", () => {
  it("upper-cases ASCII only: letters that turn into ASCII in upper case are refused", () => {
    expect(symbolKey("btc-usd")).toBe("BTC-USD");
    for (const symbol of ["ß", "ı", "ſ", "-A", ".A", "/A", "A B", "А", "A@", "@A", "A@b@c", "A@b/c"]) {
      expect(symbolKey(symbol), symbol).toBeUndefined();
    }
    expect(symbolKey("A".repeat(64))).toBe("A".repeat(64));
    expect(symbolKey("A".repeat(65))).toBeUndefined();
  });

  it.each([
    "BTC/USD",
    "BTC/USDT:USDT",
    "BTC-USD",
    "BTCUSDT",
    "X:BTC-USD",
    "ES.C.0",
    "BTCUSDT-PERP.BINANCE",
    "BINANCE:BTC_USDT",
    "^GSPC",
    "EURUSD=X",
    "BTC/USDT:USDT-241227-50000-C",
  ])("takes %s as it is", (name) => {
    expect(symbolKey(name)).toBe(name);
  });

  it("puts the venue behind an @, in lower case, and refuses two that contradict each other", () => {
    expect(symbolKey("btc/usd", "Kraken")).toBe("BTC/USD@kraken");
    expect(symbolKey("BTC/USD@kraken", "KRAKEN")).toBe("BTC/USD@kraken");
    expect(symbolKey("BTC/USD@kraken", "coinbase")).toBeUndefined();
    expect(symbolKey("BTC/USD", "a b")).toBeUndefined();
    for (const none of [undefined, null, ""]) expect(symbolKey("BTC/USD", none)).toBe("BTC/USD");
  });

  it("gives two names one key only when they differ in case alone", () => {
    const name = fc.tuple(SYMBOL, VENUE);
    fc.assert(
      fc.property(name, name, ([a, venueOfA], [b, venueOfB]) => {
        const isSame = a.toUpperCase() === b.toUpperCase() && venueOfA?.toLowerCase() === venueOfB?.toLowerCase();
        expect(symbolKey(a, venueOfA) === symbolKey(b, venueOfB)).toBe(isSame);
      }),
    );
  });

  it("is its own key, and is split into symbol and venue again", () => {
    fc.assert(
      fc.property(SYMBOL, VENUE, (symbol, venue) => {
        const key = symbolKey(symbol, venue)!;
        expect(symbolKey(key)).toBe(key);
        expect(splitKey(key)).toEqual({ symbol: symbol.toUpperCase(), venue: venue?.toLowerCase() });
      }),
    );
  });
});
