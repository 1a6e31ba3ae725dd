// From the samples of rounds to figures, ratios and goals.
import { describe, expect, it } from "vitest";
import type { Measure } from "../../bench/core/bench.ts";
import { caseText, goalText } from "../../bench/core/result-text.ts";
import { chosenWays, figuresOf, judgeGoals, ratiosOf, type Series, turnsOf } from "../../bench/core/summarize.ts";

const measures: Readonly<Record<string, Measure>> = {
  rate: { unit: "ticks/s", better: "more", digits: 0 },
  memory: { unit: "MiB", better: "less", digits: 1 },
};
const of = (way: string, checkout: string | null, ...samples: Series["samples"][number][]): Series => ({
  ...{ case: "4 symbols", way, checkout, samples },
});
const gateway = figuresOf(of("gateway", "A", { rate: 50, memory: 9 }, { rate: 80, memory: 7 }), measures);
const floor = figuresOf(of("floor", null, { rate: 100 }, { rate: 100 }), measures);

describe("figures", () => {
  it("keep each round, in its order", () => {
    expect(gateway.map(({ measure, values, median }) => [measure, values, median])).toEqual([
      ["rate", [50, 80], 65],
      ["memory", [9, 7], 8],
    ]);
  });

  it("are of measures that every round has", () => {
    expect(figuresOf(of("gateway", "A", { rate: 1, memory: 2 }, { rate: 1 }), measures)).toMatchObject([
      { measure: "rate", count: 2 },
    ]);
  });
});

describe("ratios", () => {
  it("divide round by round, not the medians", () => {
    const uneven = figuresOf(of("floor", null, { rate: 50 }, { rate: 160 }), measures);
    const [ratio] = ratiosOf([...gateway, ...uneven], [{ measure: "rate", of: "gateway", to: "floor" }]);
    expect(ratio).toMatchObject({ values: [1, 0.5], median: 0.75 });
  });

  it("stay within a checkout, but for the floor, which is of none", () => {
    const ways = [
      of("packed", "A", { rate: 4 }),
      of("http", "A", { rate: 2 }),
      of("packed", "B", { rate: 9 }),
      of("http", "B", { rate: 3 }),
      of("floor", null, { rate: 18 }),
    ];
    const found = ratiosOf(
      ways.flatMap((series) => figuresOf(series, measures)),
      [
        { measure: "rate", of: "packed", to: "http" },
        { measure: "rate", of: "packed", to: "floor" },
      ],
    );
    expect(found.map(({ checkout, to, median }) => [checkout, to, median])).toEqual([
      ["A", "http", 2],
      ["B", "http", 3],
      ["A", "floor", 4 / 18],
      ["B", "floor", 0.5],
    ]);
  });

  it("are left out where the other way was not measured, or was 0 in a round", () => {
    const ratios = [{ measure: "rate", of: "gateway", to: "floor" }];
    expect(ratiosOf(gateway, ratios)).toEqual([]);
    const none = figuresOf(of("floor", null, { rate: 5 }, { rate: 0 }), measures);
    expect(ratiosOf([...gateway, ...none], ratios)).toEqual([]);
  });
});

describe("goals", () => {
  const goal = { text: "ticks/s", case: "4 symbols", measure: "rate", way: "gateway" };
  const ratios = ratiosOf([...gateway, ...floor], [{ measure: "rate", of: "gateway", to: "floor" }]);

  it("are judged by the median of a figure or of a ratio", () => {
    const goals = [
      { ...goal, side: "at least", bound: 65 },
      { ...goal, side: "at least", bound: 65.1 },
      { ...goal, to: "floor", side: "at least", bound: 0.65 },
      { ...goal, measure: "memory", side: "below", bound: 8 },
      { ...goal, measure: "memory", side: "below", bound: 8.1 },
    ] as const;
    expect(judgeGoals(goals, gateway, ratios).map(({ isReached }) => isReached)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it("are not judged where their case was not run", () => {
    expect(judgeGoals([{ ...goal, case: "8 symbols", side: "at least", bound: 1 }], gateway, ratios)).toEqual([]);
  });

  it("are told with the bound and what was got", () => {
    const [judged] = judgeGoals([{ ...goal, side: "at least", bound: 100_000 }], gateway, ratios);
    expect(goalText(judged!)).toBe("goal: ticks/s at least 100,000: got 65, NOT reached");
  });
});

describe("the table of a case", () => {
  const ratios = ratiosOf([...gateway, ...floor], [{ measure: "rate", of: "gateway", to: "floor" }]);

  it("has a line for each figure and each ratio", () => {
    const text = caseText("4 symbols", [...gateway, ...floor], ratios, measures);
    expect(text.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["4 symbols, 2 rounds"],
      ["median", "quartiles", "least to most"],
      ["gateway", "rate, ticks/s", "65", "58 to 73", "50 to 80"],
      ["gateway", "memory, MiB", "8.0", "7.5 to 8.5", "7.0 to 9.0"],
      ["floor", "rate, ticks/s", "100", "100 to 100", "100 to 100"],
      ["gateway / floor", "rate, ratio", "0.65", "0.57 to 0.73", "0.50 to 0.80"],
    ]);
  });

  it("names the checkouts where there are two", () => {
    const other = figuresOf(of("gateway", "B", { rate: 1 }, { rate: 1 }), measures);
    const text = caseText("4 symbols", [...gateway, ...other], [], measures);
    expect(text).toContain("gateway, A  ");
    expect(text).toContain("gateway, B  ");
  });
});

describe("turns", () => {
  it("go through the checkouts way by way, and end with the floors", () => {
    const ways = [{ name: "packed" }, { name: "floor", isFloor: true }, { name: "http" }] as const;
    expect(turnsOf(ways, ["A", "B"])).toEqual([
      { way: "packed", checkout: "A" },
      { way: "packed", checkout: "B" },
      { way: "http", checkout: "A" },
      { way: "http", checkout: "B" },
      { way: "floor", checkout: null },
    ]);
  });

  it("may be of some ways alone, in their usual order", () => {
    const ways = [{ name: "packed" }, { name: "http" }, { name: "floor", isFloor: true }] as const;
    expect(chosenWays(ways, undefined)).toEqual(ways);
    expect(chosenWays(ways, ["floor", "packed"])).toEqual([ways[0], ways[2]]);
    expect(() => chosenWays(ways, ["packed", "text"])).toThrow("--ways: got text, expected packed, http, floor");
  });
});
