import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { binRows } from "../../../trainer/trees/binning.ts";
import { fixedPoint, wholeNumber, writePair } from "../../../trainer/trees/fixed-point.ts";
import { countGroup, histogramAt, subtractGroup } from "../../../trainer/trees/histogram.ts";
import { fitPlan, Workspace } from "../../../trainer/trees/workspace.ts";
import { randomProblem } from "./tree-problems.ts";

const rules = { l2: 0, minChildRows: 1, minChildWeight: 0, minGain: 0 };
const data = randomProblem(500, 6);
const binned = binRows(data, 20);
const workspace = new Workspace(fitPlan(binned, { slots: 3, leaves: 2, loss: "squared", rules, monotone: undefined }));
const random = new RandomDeviates("gradients");
const gradients = Float64Array.from({ length: 500 }, () => Math.round(random.normal() * 64) / 64);
const hessians = Float64Array.from({ length: 500 }, () => Math.round(random.uniform() * 64) / 64);
const fixed = fixedPoint(500, 8, 1);
gradients.forEach((g, i) => writePair(workspace.pairs, 4 * i, g, hessians[i]!, fixed));
workspace.rows.set(workspace.rows.map((_, i) => i));

/** [gradient, hessian, rows] of a bin. */
function sums(slot: number, column: number, bin: number): number[] {
  const words = workspace.histograms.subarray(histogramAt(workspace, slot, column) + 4 * bin);
  const shift = fixed.countShift - 32;
  const hessian = wholeNumber(words[2]!, words[3]! & ((1 << shift) - 1)) / fixed.hessianScale;
  return [wholeNumber(words[0]!, words[1]!) / fixed.gradientScale, hessian, words[3]! >> shift];
}

/** The same by plain loops over the values. */
function slowSums(rows: readonly number[], column: number, bin: number): number[] {
  const ends = binned.thresholds[column]!;
  const slow = [0, 0, 0];
  for (const i of rows) {
    const value = data.x[i * data.width + column]!;
    const own = Number.isNaN(value) ? 255 : ends.filter((t) => value > t).length;
    if (own !== bin) continue;
    slow[0]! += gradients[i]!;
    slow[1]! += hessians[i]!;
    slow[2]!++;
  }
  return slow;
}

function expectHistograms(slot: number, rows: readonly number[]): void {
  for (let column = 0; column < data.width; column++) {
    for (const bin of [0, 1, 7, 18, 19, 200, 255]) {
      expect(sums(slot, column, bin)).toEqual(slowSums(rows, column, bin));
    }
  }
}

describe("histograms", () => {
  const all = Array.from({ length: 500 }, (_, i) => i);
  for (const group of [0, 1]) {
    countGroup(workspace, group, 0, 0, 500);
    countGroup(workspace, group, 1, 100, 250);
    countGroup(workspace, group, 2, 40, 40);
  }

  it("hold per bin what plain loops add up, missing values included", () => expectHistograms(0, all));
  it("count a range of the row list", () => expectHistograms(1, all.slice(100, 250)));
  it("of no rows are zero", () => expectHistograms(2, []));

  it("of a sibling are the parent's less the child's, exactly", () => {
    for (const group of [0, 1]) subtractGroup(workspace, group, 0, 1);
    expectHistograms(0, [...all.slice(0, 100), ...all.slice(250)]);
  });
});

describe("fixed point", () => {
  const round = (g: number, h: number, rows: number, largest: number): number[] => {
    const words = new Int32Array(4);
    const scale = fixedPoint(rows, largest, largest);
    writePair(words, 0, g, h, scale);
    const mask = (1 << (scale.countShift - 32)) - 1;
    return [
      wholeNumber(words[0]!, words[1]!) / scale.gradientScale,
      wholeNumber(words[2]!, words[3]! & mask) / scale.hessianScale,
      words[3]! >> (scale.countShift - 32),
    ];
  };

  it.each([1, 2, 3, 500_000, 8_388_607])("keeps a gradient and a hessian beside the count, for %d rows", (rows) => {
    for (const [g, h] of [
      [1, 1],
      [-1, 1],
      [-0.3, 0.2],
      [0, 0],
      [0.7, 1e-3],
    ] as const) {
      const [gradient, hessian, count] = round(g, h, rows, 1);
      expect(Math.abs(gradient! - g)).toBeLessThan(2 ** -26);
      expect(Math.abs(hessian! - h)).toBeLessThan(2 ** -15);
      expect(count).toBe(1);
    }
  });

  it("has powers of two as scales, also for bounds that are zero, tiny or large", () => {
    for (const bound of [0, 1e-300, 1e-5, 0.25, 3, 1e12, 1e300]) {
      const { gradientScale, hessianScale } = fixedPoint(1000, bound, bound);
      for (const scale of [gradientScale, hessianScale]) expect(Number.isInteger(Math.log2(scale))).toBe(true);
      expect(1000 * bound * gradientScale).toBeLessThan(2 ** 52);
    }
  });
});
