import { describe, expect, it } from "vitest";
import { formatRoute, parseRoute, routeTo, routeWith } from "../../dashboard/route/route.ts";

describe("the address", () => {
  it("keeps view, symbol and state", () => {
    for (const hash of [
      "#/market",
      "#/market?sort=-probability&search=btc&state=alert",
      "#/symbol/BTC-USD%40coinbase?grid=60s&window=6h&to=1796077725274",
      "#/truth",
      "#/drift/BTC%2FUSD",
      "#/operations",
    ]) {
      expect(formatRoute(parseRoute(hash))).toBe(hash);
    }
    expect(parseRoute("#/symbol/BTC%2FUSD").symbol).toBe("BTC/USD");
  });

  it("shows the market where it is unknown, damaged or names no symbol", () => {
    for (const hash of ["", "#", "#/", "#/nothing", "#/symbol", "#/symbol/", "#/symbol/%E0%A4%A"]) {
      expect(parseRoute(hash), hash).toMatchObject({ view: "market", symbol: null });
    }
  });

  it("names no symbol in views that have none", () => {
    expect(parseRoute("#/operations/BTC-USD")).toEqual({ view: "operations", symbol: null, state: {} });
  });

  it("takes an entry of the state away by an empty text", () => {
    const route = parseRoute("#/market?sort=age&search=x");
    expect(formatRoute(routeWith(route, { search: "" }))).toBe("#/market?sort=age");
  });

  it("takes the grid along to another view, and nothing else", () => {
    const from = parseRoute("#/market?grid=60s&sort=age");
    expect(formatRoute(routeTo(from, "symbol", "A B"))).toBe("#/symbol/A%20B?grid=60s");
    expect(formatRoute(routeTo(parseRoute("#/market?sort=age"), "truth"))).toBe("#/truth");
  });
});
