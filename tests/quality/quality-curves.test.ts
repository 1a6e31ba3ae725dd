import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockGroups } from "../../src/quality/block-groups.ts";
import { addToRow, countsOfRows, ROW_WIDTH } from "../../src/quality/figure-row.ts";
import { jackknifeInterval } from "../../src/quality/jackknife-interval.ts";
import { figuresOfLevels, placedLevels, RECALL_BANDS } from "../../src/quality/level-curves.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { type QualityCurves, qualityCurves } from "../../src/quality/quality-curves.ts";
import type { ScoreLevel } from "../../src/quality/score-level.ts";
import { market, model } from "./simulated-steps.ts";

/** A resolved step: [block, probability, label]. */
type Step = readonly [block: number, probability: number, label: number];

/** One level for each step, and one figure row for each block. */
function curvesOf(steps: readonly Step[]): QualityCurves & { readonly prAuc: number } {
  const blocks = Math.max(...steps.map(([block]) => block)) + 1;
  const rows = new Float64Array(blocks * ROW_WIDTH);
  const levels = Array.from({ length: blocks }, (): ScoreLevel[] => []);
  for (const [block, probability, label] of steps) {
    addToRow(rows, block * ROW_WIDTH, 0, probability, label);
    const [calm, spike] = [1 - label, label];
    levels[block]!.push({ at: probability, top: probability, bottom: probability, calm, spike });
  }
  const placed = placedLevels(levels.map((ofBlock) => ofBlock.sort((a, b) => a.at - b.at)));
  return {
    ...qualityCurves(rows, placed, blockGroups(countsOfRows(rows))),
    prAuc: figuresOfLevels(placed).prAuc,
  };
}

/** The slow way: the precision at each spike, in the order of scores, and its mean over a band of recall. */
function slowPrecisions(steps: readonly Step[]): number[] {
  const spikes = steps.filter(([, , label]) => label === 1).sort((a, b) => b[1] - a[1]);
  const precisions = spikes.map(([, p]) => {
    const found = steps.filter(([, other]) => other >= p);
    return found.filter(([, , label]) => label === 1).length / found.length;
  });
  const fine = 1000;
  return Array.from({ length: RECALL_BANDS }, (_, band) => {
    let sum = 0;
    for (let k = 0; k < fine; k++) {
      const recall = (band + (k + 0.5) / fine) / RECALL_BANDS;
      sum += precisions[Math.min(Math.ceil(recall * spikes.length), spikes.length) - 1]!;
    }
    return sum / fine;
  });
}

const STEPS = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: 0, max: 64 }).map((k) => k / 64),
    fc.integer({ min: 0, max: 1 }),
  ),
  { minLength: 2, maxLength: 120 },
);

describe("the precision-recall curve", () => {
  it("has at a recall the mean precision of the spikes found since the one before", () => {
    const steps: Step[] = [
      [0, 0.9, 1],
      [0, 0.8, 0],
      [1, 0.7, 1],
      [1, 0.7, 0],
      [2, 0.2, 0],
    ];
    const { precisionRecall } = curvesOf(steps);
    expect(precisionRecall.map(({ recall }) => recall)).toEqual(Array.from({ length: 20 }, (_, k) => (k + 1) / 20));
    // The first spike alone, then two of four.
    precisionRecall.forEach(({ precision, probability }, k) => {
      expect(precision).toBeCloseTo(k < 10 ? 1 : 0.5, 12);
      expect(probability).toBe(k < 10 ? 0.9 : 0.7);
    });
  });

  it("is the slow one's for any steps", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { precisionRecall } = curvesOf(steps);
        const spikes = steps.filter(([, , label]) => label === 1).length;
        if (spikes === 0 || spikes === steps.length) {
          expect(precisionRecall).toEqual([]);
          return;
        }
        const slow = slowPrecisions(steps);
        precisionRecall.forEach(({ precision }, band) => expect(Math.abs(precision - slow[band]!)).toBeLessThan(2e-3));
      }),
      { seed: 82, numRuns: 200 },
    );
  });

  it("has PR-AUC as its area, holds each point in its interval, and asks for lower scores as recall rises", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { precisionRecall, prAuc } = curvesOf(steps);
        if (precisionRecall.length === 0) return;
        const area = precisionRecall.reduce((sum, { precision }) => sum + precision, 0) / RECALL_BANDS;
        expect(area).toBeCloseTo(prAuc, 10);
        precisionRecall.forEach(({ precision, low, high, probability }, k) => {
          expect(precision > 0 && precision <= 1).toBe(true);
          expect((low === null) === (high === null)).toBe(true);
          if (low !== null) expect(0 <= low && low <= precision && precision <= high! && high! <= 1).toBe(true);
          expect(probability).toBeLessThanOrEqual(precisionRecall[k - 1]?.probability ?? 1);
        });
      }),
      { seed: 83, numRuns: 300 },
    );
  });

  it("has the same area beside every PR-AUC of live windows", () => {
    const quality = new LiveQuality(1000);
    let seen = 0;
    const changes = new Map([[0, { series: [model("a"), model("b")] }]]);
    let steps = 0;
    for (const event of market({ seed: 5, steps: 12_000, changes, gapChance: 0.0005, missing: 0.02 })) {
      if ("change" in event) quality.setSeries(event.change.series);
      else quality.update(event.step);
      if (++steps % 1500 > 0) continue;
      for (const name of ["1h", "24h", "30d"] as const) {
        for (const { series } of quality.window(name, { curves: true }).labels) {
          for (const { prAuc, curves, blocks } of series) {
            expect(curves === null).toBe(blocks < 2);
            if (prAuc === null) continue;
            const precisions = curves!.precisionRecall.map(({ precision }) => precision);
            expect(precisions.reduce((sum, x) => sum + x, 0) / precisions.length).toBeCloseTo(prAuc.value, 10);
            seen += 1;
          }
        }
      }
    }
    expect(seen).toBeGreaterThan(20);
    expect(quality.window("24h").labels[0]!.series[0]).not.toHaveProperty("curves");
  });
});

describe("the reliability curve", () => {
  it("has each bin's own jackknife over the groups that have a step in it", () => {
    const steps: Step[] = [
      [0, 0.25, 1],
      [0, 0.25, 0],
      [0, 0.25, 0],
      [1, 0.25, 0],
      [1, 0.22, 1],
      [2, 0.22, 0],
      [2, 0.25, 0],
      [3, 0.95, 1],
    ];
    const { reliability } = curvesOf(steps);
    const expected = jackknifeInterval(2 / 7, Float64Array.of(1 / 4, 1 / 5, 2 / 5), Uint8Array.of(1, 1, 0), "share")!;
    const { mean, ...bin } = { ...reliability[2]!, mean: reliability[2]!.meanProbability! };
    expect(mean).toBeCloseTo((5 * 0.25 + 2 * 0.22) / 7, 6);
    expect(bin).toMatchObject({ from: 0.2, to: 0.3, count: 7, positiveShare: 2 / 7 });
    expect([bin.low, bin.high]).toEqual([expected.low, expected.high]);
    // One group alone has no interval, and an empty bin has nothing.
    expect(reliability[9]).toMatchObject({ count: 1, positiveShare: 1, low: null, high: null });
    expect(reliability[5]).toMatchObject({ count: 0, meanProbability: null, positiveShare: null, low: null });
  });

  it("bounds a bin without a spike by the number of groups that it is in", () => {
    const steps: Step[] = Array.from({ length: 12 }, (_, k) => [k % 6, 0.05, 0]);
    const [first] = curvesOf([...steps, [0, 0.7, 1], [1, 0.7, 1]]).reliability;
    expect(first).toMatchObject({ count: 12, positiveShare: 0, low: 0 });
    expect(first!.high).toBeCloseTo(1 - 0.025 ** (1 / 6), 10);
  });

  it("holds each share in its interval", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { reliability } = curvesOf(steps);
        expect(reliability.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
        for (const { positiveShare, low, high } of reliability) {
          if (low === null) continue;
          expect(0 <= low && low <= positiveShare! && positiveShare! <= high! && high! <= 1).toBe(true);
        }
      }),
      { seed: 84, numRuns: 200 },
    );
  });
});
