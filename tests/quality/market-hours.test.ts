import { describe, expect, it } from "vitest";
import { MarketHours } from "../../src/quality/alerts/market-hours.ts";

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);

describe("market hours", () => {
  const exchange = MarketHours.parse("Mon-Fri 13:30-20:00")!;

  it.each([
    ["27T13:29", undefined],
    ["27T13:30", "27T13:30"],
    ["27T19:59", "27T13:30"],
    ["27T20:00", undefined],
    ["28T15:00", undefined], // a Saturday
    ["29T15:00", undefined],
    ["30T15:00", "30T13:30"],
  ])("of an exchange at %s opened at %s", (now, opened) => {
    expect(exchange.openedAt(at(now))).toBe(opened === undefined ? undefined : at(opened));
  });

  it("join sessions that touch, over midnight and the end of the week", () => {
    const currencies = MarketHours.parse("Sun 22:00-24:00, Mon-Thu 00:00-24:00, Fri 00:00-22:00")!;
    expect(currencies.openedAt(at("25T12:00"))).toBe(at("22T22:00"));
    expect(currencies.openedAt(at("27T22:00"))).toBeUndefined();
    const weekend = MarketHours.parse("Sat-Mon 10:00-24:00")!;
    expect(weekend.openedAt(at("29T11:00"))).toBe(at("29T10:00"));
    expect(weekend.openedAt(at("27T11:00"))).toBeUndefined();
  });

  it("that never close opened a week ago", () => {
    const now = at("25T12:00");
    expect(MarketHours.parse("Mon-Sun 00:00-24:00")!.openedAt(now)).toBe(now - 7 * 86_400_000);
  });

  it.each([
    "",
    "Mon",
    "Mon-Fri 20:00-13:30",
    "Mon 10:00-25:00",
    "Mon 10:60-11:00",
    "mon 10:00-11:00",
    "Mon 10:00-11:00;",
  ])("are not %j", (text) => {
    expect(MarketHours.parse(text)).toBeUndefined();
  });
});
