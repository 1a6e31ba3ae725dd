import { describe, expect, it } from "vitest";
import { gridName, parseGridName } from "../../src/features/grid-name.ts";

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

  it("may be spelled in ms too", () => {
    expect(parseGridName("60000ms")).toEqual({ stepMs: 60_000, source: "last" });
  });

  it.each(["", "60", "1m", "0s", "01s", "1.5s", "60s-last", "60S", " 60s", "-1s", "999999999s", "60s-mid-mid"])(
    "is not %j",
    (text) => expect(parseGridName(text)).toBeUndefined(),
  );
});
