import { describe, expect, it } from "vitest";
import { familyLooks } from "../../../trainer/report/family-looks.ts";
import { walkForwardPlot } from "../../../trainer/report/walk-forward-plot.ts";
import type { FoldReport } from "../../../trainer/run/run-report.ts";
import { manyFoldsReport, oneFoldReport } from "./sample-report.ts";

const report = oneFoldReport();
const looks = familyLooks(report);
const fold: FoldReport = {
  ...report.folds[0]!,
  chosen: "logistic",
  prAuc: { logistic: { value: 0.5, low: 0.25, high: 1 }, persistence: null, zscore: { value: 0.75, low: 0, high: 1 } },
  noPrAuc: { persistence: "not fitted" },
  test: { rows: 100, positives: 10, episodes: 2, baseRate: 0.1 },
};

describe("the walk-forward plot", () => {
  it("draws the interval of the family chosen in the fold and hollow markers for the others", () => {
    const plot = walkForwardPlot([fold], "persistence", looks).text;
    expect(plot).toContain('d="M214.64 204.5V14"');
    expect(plot).toContain("translate(238.2 77.5)");
    expect(plot).toContain('class="base-bar" d="M205.96 242.6H258.04"');
    expect(plot).toContain("2 ep.");
  });

  it("keeps the place of a fold without figures and says so", () => {
    const empty = { ...fold, prAuc: { logistic: null, zscore: { value: NaN, low: NaN, high: NaN } } };
    const plot = walkForwardPlot([fold, empty], "persistence", looks).text;
    expect(plot.match(/no figures/g)).toHaveLength(1);
    expect(plot).toContain("Fold 2, 2 episodes, base rate 0.100: logistic no figure");
  });

  it("grows with the number of folds", () => {
    const width = (folds: number) =>
      Number(
        /width="(\d+)"/.exec(walkForwardPlot(new Array<FoldReport>(folds).fill(fold), "persistence", looks).text)![1],
      );
    expect([width(1), width(6), width(20)]).toEqual([430, 430, 1298]);
  });
});

describe("the looks of a run's families", () => {
  it("differ between any two families in dash or marker, not in colour alone", () => {
    const all = [...familyLooks(manyFoldsReport()).values()];
    expect(new Set(all.map(({ dash, marker }) => `${dash}|${marker}`)).size).toBe(all.length);
    expect(new Set(all.map(({ className }) => className)).size).toBe(9);
  });

  it("exist for a family that only a fold names", () => {
    expect(familyLooks({ families: [], folds: [fold] }).has("zscore")).toBe(true);
  });
});
