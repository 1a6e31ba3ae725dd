import { describe, expect, it } from "vitest";
import { gridName, parseGridName, parseHorizon } from "../../src/features/grid-name.ts";

describe("the name of a grid", () => {
  it.each([
    [1000, "last", "1s"],
    [60_000, "last", "60s"],
    [60_000, "mid", "60s-mid"],
    [500, "last", "500ms"],
    [1500, "mid", "1500ms-mid"],
    [300_000, "last", "300s"],
  ] as const)("of steps of %i ms of the %s price is %s, and gives them back", (stepMs, source, name) => {
    expect(gridName({ stepMs, source })).toBe(name);
    expect(parseGridName(name)).toEqual({ stepMs, source });
  });

  it.each([
    [{ stepMs: 1000, source: "last", horizonMs: 300_000 }, "1s-h300s"],
    [{ stepMs: 60_000, source: "mid", horizonMs: 900_000 }, "60s-mid-h900s"],
    [{ stepMs: 500, source: "last", horizonMs: 1500 }, "500ms-h1500ms"],
  ] as const)("with a horizon of its own, %o, is %s, and gives it back", (grid, name) => {
    expect(gridName(grid)).toBe(name);
    expect(parseGridName(name)).toEqual(grid);
  });

  it("may be spelled in ms too", () => {
    expect(parseGridName("1000ms-h300000ms")).toEqual({ stepMs: 1000, source: "last", horizonMs: 300_000 });
    expect(parseGridName("60000ms")).toEqual({ stepMs: 60_000, source: "last" });
  });

  it.each([
    "",
    "60",
    "1m",
    "0s",
    "01s",
    "1.5s",
    "60s-last",
    "60S",
    " 60s",
    "-1s",
    "999999999s",
    "60s-mid-mid",
    "1s+300s",
    "1s-300s",
    "1s-h300",
    "1s-h0s",
    "1s-h300s-mid",
    "h300s",
  ])("is not %j", (text) => expect(parseGridName(text)).toBeUndefined());
});

describe("a horizon", () => {
  it("has its unit", () => {
    expect(parseHorizon("300s")).toBe(300_000);
    expect(parseHorizon("1500ms")).toBe(1500);
    for (const text of ["300", "5m", "0s", "", "300 s", "1.5s", "-60s"]) expect(parseHorizon(text)).toBeUndefined();
  });
});
