import { describe, expect, it } from "vitest";
import { familyLooks } from "../../../trainer/report/family-look.ts";
import { intervalPlot } from "../../../report/interval-plot.ts";
import { precisionRecallPlot, stepPath } from "../../../report/precision-recall-plot.ts";
import { reliabilityEnd, reliabilityPlot } from "../../../report/reliability-plot.ts";
import { histogramEnd, scoreHistogramPlot } from "../../../report/score-histogram-plot.ts";
import { walkForwardPlot } from "../../../report/walk-forward-plot.ts";
import type { FamilyReport, FoldReport } from "../../../trainer/run/run-report.ts";
import { manyFoldsReport, oneFoldReport } from "./sample-report.ts";

const report = oneFoldReport();
const looks = familyLooks(report);
const look = looks.get("logistic")!;
const fold: FoldReport = {
  ...report.folds[0]!,
  chosen: "logistic",
  prAuc: { logistic: { value: 0.5, low: 0.25, high: 1 }, persistence: null, zscore: { value: 0.75, low: 0, high: 1 } },
  test: { rows: 100, positives: 10, episodes: 2, baseRate: 0.1 },
};

/** Precision–recall points as curves of one family. */
function withPoints(precisionRecall: readonly { recall: number; precision: number }[]): FamilyReport {
  const family = report.families[3]!;
  return { ...family, curves: { ...family.curves!, precisionRecall } };
}

describe("precision–recall curves", () => {
  const points = [
    { recall: 0.5, precision: 1 },
    { recall: 1, precision: 0.4 },
  ];

  it("are steps over the recall that each point adds", () => {
    const identity = (x: number) => x;
    expect(stepPath(points, identity, identity)).toBe("M0 1H0.5V0.4H1");
    const plot = precisionRecallPlot({ ...report, families: [withPoints(points)] }, looks).text;
    expect(plot).toContain('d="M46 12H236V190.8H426"');
  });

  it("enclose the area that average precision has", () => {
    let [area, previous] = [0, 0];
    for (const step of stepPath(
      points,
      (x) => x,
      (x) => x,
    ).matchAll(/[ V]([\d.]+)H([\d.]+)/g)) {
      area += Number(step[1]) * (Number(step[2]) - previous);
      previous = Number(step[2]);
    }
    expect(area).toBeCloseTo(0.5 * 1 + 0.5 * 0.4, 12);
  });

  it("have the base rate as a line where a constant score lies", () => {
    const plot = precisionRecallPlot({ ...report, test: { ...report.test, baseRate: 0.25 } }, looks).text;
    expect(plot).toContain('class="reference" d="M46 235.5H426"');
    expect(precisionRecallPlot({ ...report, test: { ...report.test, baseRate: NaN } }, looks).text).not.toContain(
      'class="reference"',
    );
  });

  it("draw the judged family last and thick", () => {
    const drawn = [
      ...precisionRecallPlot(manyFoldsReport(), familyLooks(manyFoldsReport())).text.matchAll(
        /class="(\S+) curve( chosen)?"/g,
      ),
    ];
    expect(drawn).toHaveLength(9);
    expect(drawn.map(([, , chosen]) => chosen === " chosen").lastIndexOf(true)).toBe(8);
    expect(drawn.filter(([, , chosen]) => chosen === " chosen")).toHaveLength(1);
  });
});

describe("reliability curves", () => {
  it("put each bin at its mean probability and observed share, with its rows", () => {
    const plot = reliabilityPlot([{ count: 1234, meanProbability: 0.5, observed: 1 }], look, 1).text;
    expect(plot).toMatch(/cx="175"\s+cy="10"\s+r="16"/);
    expect(plot).toMatch(/x="175" y="269" text-anchor="middle"\s*>1.2k</);
    expect(plot).toContain("1,234 rows at 0.500: observed 1.000");
  });

  it("stagger counts that would overlap", () => {
    const bins = [0.5, 0.51, 0.52, 0.9].map((p) => ({ count: 5, meanProbability: p, observed: p }));
    const rows = [...reliabilityPlot(bins, look, 1).text.matchAll(/y="([\d.]+)"\s+text-anchor="middle"\s*>5</g)];
    expect(rows.map(([, y]) => y)).toEqual(["269", "279.5", "290", "269"]);
  });

  it("share an axis that shows every bin", () => {
    const bin = { count: 1, meanProbability: 0.12, observed: 0.31 };
    expect(reliabilityEnd([[bin], []])).toBe(0.4);
    expect(reliabilityEnd([])).toBe(1);
  });
});

describe("score histograms", () => {
  it("draw each outcome as shares of its own rows", () => {
    const plot = scoreHistogramPlot({ calm: [3, 1], spike: [0, 2] }, look, 1).text;
    expect(plot).toContain('class="calm" d="M52 190V55H179V145H306V190Z"');
    expect(plot).toContain('spike" d="M52 190V190H179V10H306V190"');
    expect(plot).toContain("4 calm rows, half of them below 0.50; 2 spike rows, half of them below 1.00.");
  });

  it("draw nothing for an outcome without rows", () => {
    const plot = scoreHistogramPlot({ calm: [0, 4], spike: [0, 0] }, look, 1).text;
    expect(plot).toContain('spike" d="M52 190"');
    expect(plot).toContain("no spike rows");
  });

  it("cut the axis where no family has rows any more", () => {
    expect(histogramEnd([{ calm: [1, 2, 0, 0, 0, 0, 0, 0, 0, 0], spike: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] }])).toBe(0.3);
    expect(histogramEnd([{ calm: [0], spike: [0] }])).toBe(1);
    expect(histogramEnd([])).toBe(1);
  });
});

describe("the walk-forward plot", () => {
  it("draws the interval of the family chosen in the fold and hollow markers for the others", () => {
    const plot = walkForwardPlot([fold], looks).text;
    expect(plot).toContain('d="M214.64 204.5V14"');
    expect(plot).toContain("translate(238.2 77.5)");
    expect(plot).toContain('class="base-bar" d="M205.96 242.6H258.04"');
    expect(plot).toContain("2 ep.");
  });

  it("keeps the place of a fold without figures and says so", () => {
    const empty = { ...fold, prAuc: { logistic: null, zscore: { value: NaN, low: NaN, high: NaN } } };
    const plot = walkForwardPlot([fold, empty], looks).text;
    expect(plot.match(/no figures/g)).toHaveLength(1);
    expect(plot).toContain("Fold 2, 2 episodes, base rate 0.100: logistic no figure");
  });

  it("grows with the number of folds", () => {
    const width = (folds: number) =>
      Number(/width="(\d+)"/.exec(walkForwardPlot(new Array<FoldReport>(folds).fill(fold), looks).text)![1]);
    expect([width(1), width(6), width(20)]).toEqual([430, 430, 1298]);
  });
});

describe("the interval plot", () => {
  const options = { id: "x", title: "x", axisLabel: "x", reference: { at: 0.5, label: "base" } };

  it("draws each figure with its ends and the reference line", () => {
    const row = { name: "logistic", figure: { value: 0.5, low: 0.25, high: 1 }, look, emphasised: true };
    const plot = intervalPlot([row], options).text;
    expect(plot).toContain('d="M187 33.5H424"');
    expect(plot).toContain("translate(266 33.5)");
    expect(plot).toContain('class="reference" d="M266 20V47"');
  });

  it("reaches below zero when an interval does", () => {
    const row = { name: "a", figure: { value: 0, low: -1, high: 1 }, look, emphasised: false };
    expect(intervalPlot([row], { ...options, reference: null }).text).toContain('d="M108 33.5H424"');
  });
});

describe("looks", () => {
  it("differ between any two families in dash or marker, not in colour alone", () => {
    const all = [...familyLooks(manyFoldsReport()).values()];
    expect(new Set(all.map(({ dash, marker }) => `${dash}|${marker}`)).size).toBe(all.length);
    expect(new Set(all.map(({ className }) => className)).size).toBe(9);
  });

  it("exist for a family that only a fold names", () => {
    expect(familyLooks({ families: [], folds: [fold] }).has("zscore")).toBe(true);
  });
});
