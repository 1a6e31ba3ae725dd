import { describe, expect, it } from "vitest";
import { editDistance, mistypedName, nearestNames } from "../../command-line/nearest-names.ts";
import {
  decimal,
  duration,
  parseDurationMs,
  positiveUpTo,
  wholeNumber,
  words,
} from "../../command-line/value-types.ts";

describe("a value on a command line", () => {
  it.each([
    [wholeNumber(1, 10), "11", "--x: got 11, expected a whole number from 1 to 10"],
    [wholeNumber(0), "-1", "--x: got -1, expected a whole number from 0"],
    [wholeNumber(), "1.5", "--x: got 1.5, expected a whole number"],
    [wholeNumber(), "1e300", "--x: got 1e300, expected a whole number"],
    [decimal(0.1, 2), "NaN", "--x: got NaN, expected a number from 0.1 to 2"],
    [decimal(0.1, 2), " ", '--x: got " ", expected a number from 0.1 to 2'],
    [positiveUpTo(1), "0", "--x: got 0, expected a number above 0 and at most 1"],
    [duration(60_000), "59s", "--x: got 59s, expected a length of time like 60s or 2h, at least 1m"],
    [duration(100, 3_600_000), "1d", "from 100ms to 1h"],
    [words("NAME", 3), "four", "--x: got 4 characters, expected 1 to 3 characters"],
  ])("names what was expected, case %#", (type, value, message) => {
    expect(() => type.parse(value, "--x")).toThrow(message);
  });

  it("is a length of time when it is a whole number with a unit", () => {
    expect(["500ms", "90s", "5m", "2h", "30d"].map(parseDurationMs)).toEqual([
      500, 90_000, 300_000, 7_200_000, 2.592e9,
    ]);
    for (const text of ["", "1", "s", "1.5s", "-1s", "1 s"]) expect(parseDurationMs(text)).toBeNaN();
  });
});

describe("nearest names", () => {
  it("are the ones with the fewest edits", () => {
    expect([editDistance("rv_60", "rv_600"), editDistance("", "abc"), editDistance("kitten", "sitting")]).toEqual([
      1, 3, 3,
    ]);
    expect(nearestNames("rv_61", ["spread", "rv_600", "rv_60"], 2)).toEqual(["rv_60", "rv_600"]);
    expect(nearestNames("x", [])).toEqual([]);
  });

  it("distinguish a mistyped name from another one", () => {
    const known = ["to", "seed", "alert-rate"];
    expect(["sed", "alret-rate", "x", "gateway", ""].map((name) => mistypedName(name, known))).toEqual([
      "seed",
      "alert-rate",
      undefined,
      undefined,
      undefined,
    ]);
    expect(mistypedName("x", [])).toBeUndefined();
  });
});
