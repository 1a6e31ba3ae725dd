import { describe, expect, it } from "vitest";
import { comparisonWords } from "../../report/comparison-words.ts";
import {
  counted,
  countText,
  decimals,
  durationText,
  intervalText,
  percentText,
  shortCount,
  signedDecimals,
  signedIntervalText,
  utcDayText,
  utcMinuteText,
  utcText,
} from "../../report/figure-text.ts";

describe("figures as text", () => {
  it("have fixed digits, a true minus sign and no negative zero", () => {
    expect([0.12345, -0.5, -0.0001, 0].map((x) => decimals(x, 3))).toEqual(["0.123", "−0.500", "0.000", "0.000"]);
    expect([0.5, -0.5, 0.0001, 0].map((x) => signedDecimals(x, 2))).toEqual(["+0.50", "−0.50", "0.00", "0.00"]);
  });

  it("are a dash when they do not exist", () => {
    expect([null, NaN, Infinity].map((x) => decimals(x, 3))).toEqual(["–", "–", "–"]);
    expect([signedDecimals(null, 2), signedDecimals(NaN, 2), percentText(NaN), countText(NaN)]).toEqual([
      "–",
      "–",
      "–",
      "–",
    ]);
    expect([utcText(NaN), durationText(NaN)]).toEqual(["–", "–"]);
  });

  it("show intervals with both ends", () => {
    expect(intervalText({ value: 0.3, low: 0.2134, high: 0.45 }, 3)).toBe("[0.213, 0.450]");
    expect(signedIntervalText({ value: 0, low: -0.03, high: 0.118 }, 3)).toBe("[−0.030, +0.118]");
    expect([intervalText(null, 3), signedIntervalText(null, 3)]).toEqual(["", ""]);
  });

  it("group counts and use the singular for one", () => {
    expect([countText(14_934), counted(1, "episode"), counted(0, "episode")]).toEqual([
      "14,934",
      "1 episode",
      "0 episodes",
    ]);
    expect([7, 980, 999, 6_123, 61_234, 999_499, 999_500, 1_234_567].map(shortCount)).toEqual([
      "7",
      "980",
      "999",
      "6.1k",
      "61k",
      "999k",
      "1.0M",
      "1.2M",
    ]);
    expect([percentText(0.0931), percentText(null), percentText(0.25, 0)]).toEqual(["9.3 %", "–", "25 %"]);
  });

  it("give times in UTC and durations in the unit that reads best", () => {
    const ms = Date.UTC(2025, 11, 6, 3, 35, 59);
    expect(utcText(ms)).toBe("2025-12-06 03:35:59 UTC");
    expect([utcMinuteText(ms), utcMinuteText(null), utcMinuteText(NaN)]).toEqual(["2025-12-06 03:35 UTC", "–", "–"]);
    expect([utcDayText(ms), utcDayText(NaN)]).toEqual(["2025-12-06", "–"]);
    expect([0.42, 9.996, 12.34, 59.96, 185, 3599.6, 3720].map(durationText)).toEqual([
      "0.42 s",
      "10.0 s",
      "12.3 s",
      "1 min 00 s",
      "3 min 05 s",
      "1 h 00 min",
      "1 h 02 min",
    ]);
  });
});

describe("the words of a comparison", () => {
  it("call a difference shown only when the interval excludes no difference", () => {
    const figure = (low: number, high: number) => ({ value: (low + high) / 2, low, high });
    expect(comparisonWords(figure(0.01, 0.1), "higher")).toBe("better");
    expect(comparisonWords(figure(0.01, 0.1), "lower")).toBe("worse");
    expect(comparisonWords(figure(-0.1, -0.01), "higher")).toBe("worse");
    expect(comparisonWords(figure(-0.1, -0.01), "lower")).toBe("better");
    for (const [low, high] of [
      [-0.1, 0.1],
      [0, 0.1],
      [-0.1, 0],
      [0, 0],
      [NaN, NaN],
    ] as const) {
      expect(comparisonWords(figure(low, high), "higher")).toBe("not shown to differ");
    }
    expect(comparisonWords(figure(0.9, 1.2), "higher", 1)).toBe("not shown to differ");
  });
});
