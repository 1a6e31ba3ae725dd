import { describe, expect, it } from "vitest";
import type { OverviewRow } from "../../dashboard/gateway/answers.ts";
import {
  filterRows,
  formatOrder,
  isAlerting,
  keepOrder,
  nextOrder,
  parseOrder,
  shownState,
  sortRows,
} from "../../dashboard/views/market/market-rows.ts";
import { FixtureMarket } from "./fixture-market.ts";

const NOW = 1_796_077_725_000;
const rows = new FixtureMarket({ symbols: 400, nowMs: () => NOW }).overview(null).symbols;

const sorted = (text: string): OverviewRow[] => sortRows([...rows], parseOrder(text), NOW);

describe("the market's order", () => {
  it("is read from the address as it is written there", () => {
    for (const text of ["", "-symbol", "probability", "-probability", "age", "-alerts"]) {
      expect(formatOrder(parseOrder(text))).toBe(text);
    }
    expect(parseOrder("-nothing")).toEqual({ column: "symbol", direction: "ascending" });
  });

  it("asks for the largest figure first and turns round when it is asked again", () => {
    const first = nextOrder(parseOrder(""), "sigma");
    expect(formatOrder(first)).toBe("-sigma");
    expect(formatOrder(nextOrder(first, "sigma"))).toBe("sigma");
    expect(formatOrder(nextOrder(first, "symbol"))).toBe("");
  });

  it("puts rows without the figure last in both directions", () => {
    for (const text of ["price", "-price"]) {
      const known = sorted(text).map(({ price }) => price !== null);
      expect(known).toEqual([...known].sort((a, b) => Number(b) - Number(a)));
      expect(known).toContain(false);
    }
    const prices = sorted("-price").flatMap(({ price }) => (price === null ? [] : [price]));
    expect(prices).toEqual([...prices].sort((a, b) => b - a));
  });

  it("sorts probabilities as shares of their thresholds", () => {
    const [a, b, c] = rows;
    if (a === undefined || b === undefined || c === undefined) throw new Error("three rows");
    const some = [
      { ...a, probability: 0.5, threshold: 0.9 },
      { ...b, probability: 0.2, threshold: 0.1 },
      { ...c, probability: 0.9, threshold: null },
    ];
    expect(sortRows(some, parseOrder("-probability"), NOW).map(({ probability }) => probability)).toEqual([
      0.2, 0.9, 0.5,
    ]);
  });

  it("is kept under a pointer: rows that went are gone, new ones come last", () => {
    const [a, b, c] = rows;
    if (a === undefined || b === undefined || c === undefined) throw new Error("three rows");
    const newer = { ...b, price: 1 };
    expect(keepOrder([a, c, newer], [b, { ...a, symbol: "GONE" }, a])).toEqual([newer, a, c]);
  });
});

describe("the market's filter", () => {
  it("finds every word in symbol or venue, whatever its case", () => {
    const found = filterRows(rows, { search: "btc COINBASE", state: "" }, NOW);
    expect(found.length).toBeGreaterThan(3);
    expect(found.every(({ symbol, venue }) => symbol.startsWith("BTC") && venue === "coinbase")).toBe(true);
  });

  it("finds a state, and what alerts now", () => {
    expect(filterRows(rows, { search: "", state: "silent" }, NOW).map(({ state }) => state)).toContain("silent");
    const alerting = filterRows(rows, { search: "", state: "alert" }, NOW);
    expect(alerting.length).toBeGreaterThan(0);
    expect(alerting.every((row) => row.alert === true && row.state === "live")).toBe(true);
  });
});

describe("a row that was live", () => {
  it("is stale once its horizon is over, and alerts no more", () => {
    const alerting = rows.find((row) => isAlerting(row, NOW));
    if (alerting === undefined) throw new Error("one alerts");
    const laterMs = (alerting.ts ?? 0) + 60_001;
    expect(shownState(alerting, NOW)).toBe("live");
    expect(shownState(alerting, laterMs)).toBe("stale");
    expect(isAlerting(alerting, laterMs)).toBe(false);
    expect(shownState({ ...alerting, state: "unreachable" }, laterMs)).toBe("unreachable");
  });
});
