// Two checkouts measured in turn: ratios round by round, and what may be said of them.
import { describe, expect, it } from "vitest";
import { comparisonText } from "../../bench/compare.ts";
import { compareCheckouts, verdictOf } from "../../bench/core/compare-results.ts";
import { figuresOf } from "../../bench/core/summarize.ts";

const measures = {
  rate: { unit: "ticks/s", better: "more", digits: 0 },
  memory: { unit: "MiB", better: "less", digits: 0 },
} as const;
const checkouts = ["A main", "B topic"].map((name) => ({ name, commit: null, isDirty: false }));
const of = (checkout: string | null, samples: readonly { readonly rate: number; readonly memory: number }[]) =>
  figuresOf({ case: "4 symbols", way: "gateway", checkout, samples }, measures);

// A machine that becomes slower from round to round: the medians of both overlap, the ratios do not.
const slower = [100, 80, 60, 40, 30, 20];
const a = of(
  "A main",
  slower.map((rate) => ({ rate, memory: 10 })),
);
const b = of(
  "B topic",
  slower.map((rate) => ({ rate: rate * 1.1, memory: 20 })),
);
const compared = compareCheckouts({ checkouts, figures: [...a, ...b, ...of(null, [{ rate: 1, memory: 1 }])] });

describe("a comparison of two checkouts", () => {
  it("divides what was measured in the same round, whatever the machine did", () => {
    expect(compared.map(({ measure, median, verdict }) => [measure, median, verdict])).toEqual([
      ["rate", expect.closeTo(1.1, 12), "better"],
      ["memory", 2, "worse"],
    ]);
    expect(compared[0]!.ratios).toHaveLength(6);
  });

  it("says nothing where rounds disagree, and nothing from fewer than six", () => {
    expect(verdictOf([1.1, 1.2, 1.3, 1.4, 1.5, 0.99], "more")).toBe("no difference shown");
    expect(verdictOf([1, 1.2, 1.3, 1.4, 1.5, 1.1], "more")).toBe("no difference shown");
    expect(verdictOf([1.1, 1.2, 1.3, 1.4, 1.5], "more")).toBe("too few rounds");
    expect(verdictOf([0.9, 0.8, 0.9, 0.9, 0.8, 0.9], "less")).toBe("better");
    expect(verdictOf([0.9, 0.8, 0.9, 0.9, 0.8, 0.9], "more")).toBe("worse");
  });

  it("leaves out what has no ratio, and what one of them does not have", () => {
    const none = of("A main", [{ rate: 0, memory: 5 }]);
    const some = of("B topic", [{ rate: 7, memory: 5 }]);
    expect(compareCheckouts({ checkouts, figures: [...none, ...some] })).toMatchObject([
      { measure: "memory", ratios: [1] },
    ]);
    expect(compareCheckouts({ checkouts, figures: some })).toEqual([]);
  });

  it("is of two checkouts", () => {
    expect(() => compareCheckouts({ checkouts: checkouts.slice(1), figures: a })).toThrow(
      "checkouts: got 1, expected 2",
    );
  });

  it("is told line by line, with what is better", () => {
    expect(
      comparisonText(compared, checkouts)
        .split("\n")
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ["B topic over A main, ratios of the same round"],
      ["median", "quartiles", "least to most"],
      ["4 symbols", "gateway, rate (more is better)", "1.100", "1.100 to 1.100", "1.100 to 1.100", "better"],
      ["4 symbols", "gateway, memory (less is better)", "2.000", "2.000 to 2.000", "2.000 to 2.000", "worse"],
    ]);
  });
});
