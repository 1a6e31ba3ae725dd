import { describe, expect, it } from "vitest";
import { figureText, namedFigure, durationText, shareText } from "../../src/quality/alerts/alert-figure-text.ts";

describe("figures of an alert", () => {
  it.each([
    [{ value: 0.2, low: 0.17, high: 0.23 }, "0.200 (0.170 to 0.230)"],
    [{ value: 0.0012, low: -0.0003456, high: 0 }, "0.0012 (-0.000346 to 0.000)"],
    [{ value: 12.3456, low: -1, high: 1e-9 }, "12.346 (-1.000 to 0.000000)"],
  ])("%j are shown as %s", (figure, text) => {
    expect(figureText(figure)).toBe(text);
  });

  it("have names, and units where they have one", () => {
    expect(namedFigure("gain", { value: 0.1, low: 0, high: 0.2 })).toEqual({ gain: 0.1, gain_low: 0, gain_high: 0.2 });
    expect(shareText(1 / 3)).toBe("33.3 %");
  });

  it.each([
    [61_200, "61 s"],
    [900_000, "15 min"],
    [11_520_000, "3 h 12 min"],
    [7_200_000, "2 h"],
    [259_200_000, "3 d"],
    [33_396_477_000, "386 d 13 h"],
  ])("are shown as a time for people: %i ms are %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
