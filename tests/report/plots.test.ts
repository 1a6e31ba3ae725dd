import { describe, expect, it } from "vitest";
import { intervalPlot } from "../../report/interval-plot.ts";
import { legend } from "../../report/legend.ts";
import { type PrecisionRecallPoints, precisionRecallPlot } from "../../report/precision-recall-plot.ts";
import { reliabilityEnd, reliabilityPlot } from "../../report/reliability-plot.ts";
import { histogramEnd, scoreHistogramPlot } from "../../report/score-histogram-plot.ts";
import { seriesLooks } from "../../report/series-look.ts";

const NAMES = ["zscore", "persistence", "logistic", "forest", "gbdt", "blend"];
const looks = seriesLooks(NAMES, (name) => name === "zscore" || name === "persistence");
const look = looks.get("logistic")!;

describe("precision–recall curves", () => {
  const points = [
    { recall: 0.5, precision: 1 },
    { recall: 1, precision: 0.4 },
  ];
  const plotOf = (curve: PrecisionRecallPoints, baseRate = 0.1) =>
    precisionRecallPlot([{ look, points: curve, area: 0.7 }], { id: "pr", baseRate, emphasised: "logistic" }).text;

  it("are steps over the recall that each point adds", () => {
    expect(plotOf(points)).toContain('d="M46 12H236V190.8H426"');
  });

  it("enclose the area that average precision has", () => {
    const [, path] = /curve chosen"\s+d="([^"]+)"/.exec(plotOf(points))!;
    let [area, previous] = [0, 0];
    // 380 units of the drawing are a recall of 1, from 46 on; 298 are a precision of 1, from 310 up.
    for (const [, y, x] of path!.matchAll(/[ V]([\d.]+)H([\d.]+)/g)) {
      const recall = (Number(x) - 46) / 380;
      area += ((310 - Number(y)) / 298) * (recall - previous);
      previous = recall;
    }
    expect(area).toBeCloseTo(0.5 * 1 + 0.5 * 0.4, 12);
  });

  it("have the base rate as a line where a constant score lies", () => {
    expect(plotOf(points, 0.25)).toContain('class="reference" d="M46 235.5H426"');
    expect(plotOf(points, NaN)).not.toContain('class="reference"');
  });

  it("draw the emphasised one last and thick", () => {
    const curves = NAMES.map((name) => ({ look: looks.get(name)!, points, area: null }));
    const { text } = precisionRecallPlot(curves, { id: "pr", baseRate: 0.1, emphasised: "forest" });
    const drawn = [...text.matchAll(/class="(\S+) curve( chosen)?"/g)];
    expect(drawn).toHaveLength(6);
    expect(drawn.map(([, , chosen]) => chosen)).toEqual([...new Array<undefined>(5).fill(undefined), " chosen"]);
    expect(drawn.at(-1)![1]).toBe(looks.get("forest")!.className);
    expect(text).toContain("zscore: area –");
  });
});

describe("the band of a precision–recall curve", () => {
  const bandOf = (points: PrecisionRecallPoints, banded = true) =>
    precisionRecallPlot([{ look, points, area: 0.7, banded }], { id: "pr", baseRate: NaN, emphasised: "logistic" })
      .text;

  it("has the steps of the curve, from the lower end to the upper one", () => {
    const points = [
      { recall: 0.5, precision: 0.9, low: 0.5, high: 1 },
      { recall: 1, precision: 0.4, low: 0, high: 0.5 },
    ];
    expect(bandOf(points)).toContain('class="hue-0 band" d="M46 12H236L236 161H426H426V310H236V161H46Z"');
    expect(bandOf(points, false)).not.toContain("band");
  });

  it("leaves out the points without an interval", () => {
    const points = [
      { recall: 0.5, precision: 0.9, low: null, high: null },
      { recall: 0.75, precision: 0.5, low: 0.25, high: 0.75 },
      { recall: 1, precision: 0.4 },
    ];
    expect(bandOf(points).match(/ band" d="([^"]+)"/g)).toEqual([' band" d="M236 86.5H331H331V235.5H236Z"']);
  });
});

describe("reliability curves", () => {
  const options = { id: "r", end: 1 };

  it("draw and name the interval of a bin that has one, and make room for it", () => {
    const bin = { count: 10, meanProbability: 0.5, observed: 0.5, low: 0.25, high: 0.75 };
    const plot = reliabilityPlot([bin, { ...bin, low: null }], look, options).text;
    expect(plot.match(/class="hue-0 whisker" d="([^"]+)"/g)).toEqual(['class="hue-0 whisker" d="M175 182.5V67.5"']);
    expect(plot).toContain("10 rows at 0.500: observed 0.500 [0.250, 0.750]; 10 rows at 0.500: observed 0.500<");
    expect(reliabilityEnd([[bin]])).toBe(0.8);
  });

  it("put each bin at its mean probability and observed share, with its rows", () => {
    const plot = reliabilityPlot([{ count: 1234, meanProbability: 0.5, observed: 1 }], look, options).text;
    expect(plot).toMatch(/cx="175"\s+cy="10"\s+r="16"/);
    expect(plot).toMatch(/x="175" y="269" text-anchor="middle"\s*>1.2k</);
    expect(plot).toContain("1,234 rows at 0.500: observed 1.000");
  });

  it("stagger counts that would overlap", () => {
    const bins = [0.5, 0.51, 0.52, 0.9].map((p) => ({ count: 5, meanProbability: p, observed: p }));
    const rows = [...reliabilityPlot(bins, look, options).text.matchAll(/y="([\d.]+)"\s+text-anchor="middle"\s*>5</g)];
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

  it("cut the axis where no model has rows any more", () => {
    expect(histogramEnd([{ calm: [1, 2, 0, 0, 0, 0, 0, 0, 0, 0], spike: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] }])).toBe(0.3);
    expect(histogramEnd([{ calm: [0], spike: [0] }])).toBe(1);
    expect(histogramEnd([])).toBe(1);
  });
});

describe("the interval plot", () => {
  const options = { id: "x", title: "x", axisLabel: "x", reference: { at: 0.5, label: "base" } };
  const figure = { value: 0.5, low: 0.25, high: 1 };

  it("draws each figure with its ends and the reference line", () => {
    const plot = intervalPlot([{ name: "logistic", figure, look, emphasised: true }], options).text;
    expect(plot).toContain('d="M187 33.5H424"');
    expect(plot).toContain("translate(266 33.5)");
    expect(plot).toContain('class="reference" d="M266 20V47"');
  });

  it("reaches below zero when an interval does", () => {
    const row = { name: "a", figure: { value: 0, low: -1, high: 1 }, look, emphasised: false };
    expect(intervalPlot([row], { ...options, reference: null }).text).toContain('d="M108 33.5H424"');
  });

  it("makes room for a long name instead of cutting it", () => {
    const row = { name: "champion, challenger, rows", figure, look, emphasised: false };
    expect(intervalPlot([row], options).text).toContain('viewBox="0 0 528 87"');
  });
});

describe("looks", () => {
  it("differ between any two names in dash or marker, not in colour alone", () => {
    const all = [...looks.values()];
    expect(new Set(all.map(({ dash, marker }) => `${dash}|${marker}`)).size).toBe(NAMES.length);
    expect(new Set(all.map(({ className }) => className)).size).toBe(NAMES.length);
    expect(looks.get("zscore")!.className).toBe("grey-0");
  });

  it("stand in the legend beside their names, the emphasised one in bold", () => {
    const { text } = legend([...looks.values()], "blend");
    expect(text.match(/class="series-swatch"/g)).toHaveLength(NAMES.length);
    expect(text.match(/<b>([^<]*)<\/b>/g)).toEqual(["<b>blend</b>"]);
  });
});
