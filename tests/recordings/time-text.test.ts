// Times as texts in the forms of vendors, and the zones of those that name none.
import { describe, expect, it } from "vitest";
import { msOfTimeText, type TimeForm } from "../../recordings/time-text.ts";
import { TimeColumn } from "../../recordings/time-column.ts";
import { parseTimeZone } from "../../src/markets/time-zone.ts";

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());
const read = (text: string, zone?: string, ...forms: TimeForm[]): string | undefined =>
  iso(msOfTimeText(text, { forms, zone: zone === undefined ? undefined : parseTimeZone(zone) }));

describe("a time as text", () => {
  it("may have the forms of HistData, TrueFX and Dukascopy where the layout has them", () => {
    expect(read("20200101 170000065", "EST", "compact")).toBe("2020-01-01T22:00:00.065Z");
    expect(read("20200101 170000", "EST", "compact")).toBe("2020-01-01T22:00:00.000Z");
    expect(read("20090501 00:00:00.304", undefined, "compact")).toBe("2009-05-01T00:00:00.304Z");
    expect(read("31.12.2020 23:59:59.123", undefined, "dotted")).toBe("2020-12-31T23:59:59.123Z");
    expect(read("31.12.2020 23:59:59.123 GMT+0200", "EST", "dotted")).toBe("2020-12-31T21:59:59.123Z");
    expect(read("2021-11-27", undefined, "date")).toBe("2021-11-27T00:00:00.000Z");
    for (const text of ["20200101 170000065", "31.12.2020 23:59:59", "2021-11-27"]) expect(read(text)).toBeUndefined();
  });

  it("that does not exist is none", () => {
    expect(read("12.31.2020 00:00:00", undefined, "dotted")).toBeUndefined();
    expect(read("20200230 000000", undefined, "compact")).toBeUndefined();
    expect(read("20200101 240000", undefined, "compact")).toBeUndefined();
    expect(read("2020-13-01 00:00", "EST")).toBeUndefined();
  });

  it("with a zone of its own keeps it", () => {
    for (const text of ["2020-07-01T12:00:00Z", "2020-07-01 14:00:00+02:00", "2020-07-01 14:00:00.000+02"]) {
      expect(read(text, "America/New_York")).toBe("2020-07-01T12:00:00.000Z");
    }
  });
});

describe("a time zone", () => {
  it("has its summer time, and EST has none", () => {
    expect(read("2020-01-01 12:00", "America/New_York")).toBe("2020-01-01T17:00:00.000Z");
    expect(read("2020-07-01 12:00", "America/New_York")).toBe("2020-07-01T16:00:00.000Z");
    expect(read("2020-07-01 12:00", "EST")).toBe("2020-07-01T17:00:00.000Z");
    expect(read("2020-07-01 12:00", "Asia/Kolkata")).toBe("2020-07-01T06:30:00.000Z");
    expect(read("2020-07-01 12:00", "GMT+2")).toBe("2020-07-01T10:00:00.000Z");
  });

  it("gives no time for one that the clock skips or shows twice, and is right a minute beside", () => {
    const zone = "America/New_York";
    expect(read("2020-03-08 01:59", zone)).toBe("2020-03-08T06:59:00.000Z");
    expect([read("2020-03-08 02:00", zone), read("2020-03-08 02:59", zone)]).toEqual([undefined, undefined]);
    expect(read("2020-03-08 03:00", zone)).toBe("2020-03-08T07:00:00.000Z");
    expect(read("2020-11-01 00:59", zone)).toBe("2020-11-01T04:59:00.000Z");
    expect([read("2020-11-01 01:00", zone), read("2020-11-01 01:59", zone)]).toEqual([undefined, undefined]);
    expect(read("2020-11-01 02:00", zone)).toBe("2020-11-01T07:00:00.000Z");
  });

  it("is none of the names that mean several zones, or no zone", () => {
    for (const name of ["CST", "IST", "EDT", "Mars/Base", "", "+25", "New York"]) {
      expect(parseTimeZone(name)).toBeUndefined();
    }
  });
});

describe("--unit", () => {
  it("goes before the magnitude, and what is then no time is refused", () => {
    const column = new TimeColumn("a.csv", "line", { unit: "s" });
    expect(column.msOf("1764547200", 2)).toBe(1_764_547_200_000);
    expect(column.msOf("1764547200000", 3)).toBe(1_764_547_200_000);
    expect(new TimeColumn("a.csv", "line", { unit: "ms" }).msOf("1764547200", 2)).toBe(1_764_547_200);
  });
});
