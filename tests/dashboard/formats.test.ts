import { describe, expect, it } from "vitest";
import {
  formatBps,
  formatCount,
  formatPrice,
  formatProbability,
  formatShare,
  formatSigned,
  formatSignificant,
} from "../../dashboard/format/number-format.ts";
import { formatDateTime, formatDuration, formatTime } from "../../dashboard/format/time-format.ts";
import { timeAxisTexts } from "../../dashboard/charts/time-axis-texts.ts";

describe("figures as texts", () => {
  it("shows six significant digits of a price, cents from a thousand on", () => {
    expect([97432.1, 1.23456, 0.000123456, 0, null].map(formatPrice)).toEqual([
      "97,432.10",
      "1.23456",
      "0.000123456",
      "0.00",
      "–",
    ]);
  });

  it("never rounds a probability to certainty that it has not", () => {
    expect([0, 0.0001, 0.0713, 0.9999, 1, null].map(formatProbability)).toEqual([
      "0.000",
      "<0.001",
      "0.071",
      ">0.999",
      "1.000",
      "–",
    ]);
  });

  it("drops the decimal of basis points where it says nothing", () => {
    expect([6.63, 99.94, 99.96, 1234.5, null].map(formatBps)).toEqual(["6.6", "99.9", "100", "1,235", "–"]);
  });

  it("says – for what is not known and for what is no number", () => {
    expect([formatCount(null), formatShare(null), formatSigned(null, 2), formatSignificant(null)]).toEqual(
      Array(4).fill("–"),
    );
    expect([formatCount(Number.NaN), formatSigned(Infinity, 1), formatSignificant(Number.NaN)]).toEqual(
      Array(3).fill("–"),
    );
  });

  it("writes signs and shares", () => {
    expect([formatSigned(0.5, 2), formatSigned(-0.5, 2), formatShare(0.1234), formatCount(12345)]).toEqual([
      "+0.50",
      "−0.50",
      "12.3 %",
      "12,345",
    ]);
    expect([0.00012345, 12345.6, 0, 1.5e-9].map(formatSignificant)).toEqual(["0.0001235", "12,345.6", "0", "1.50e-9"]);
  });
});

describe("times as texts", () => {
  it("shows two units of a duration at most", () => {
    const texts = [412, 4_000, 100_000, 3_600_000, 5_000_000, 200_000_000, -5, null].map(formatDuration);
    expect(texts).toEqual(["0.4 s", "4 s", "1 min 40 s", "1 h", "1 h 23 min", "2 d 7 h", "0.0 s", "–"]);
  });

  it("shows times in UTC", () => {
    const ts = Date.UTC(2026, 10, 30, 9, 5, 49);
    expect([formatTime(ts), formatDateTime(ts), formatTime(null)]).toEqual(["09:05:49", "2026-11-30 09:05:49", "–"]);
  });

  it("marks an axis as finely as its marks need, with the date where a day begins", () => {
    const midnight = Date.UTC(2026, 10, 30);
    expect(timeAxisTexts([midnight - 5_000, midnight], 5_000)).toEqual(["23:59:55", "00:00:00\n11-30"]);
    expect(timeAxisTexts([midnight, midnight + 3_600_000], 3_600_000)).toEqual(["00:00", "01:00"]);
    expect(timeAxisTexts([midnight], 86_400_000)).toEqual(["11-30"]);
  });
});
