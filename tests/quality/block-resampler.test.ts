import { describe, expect, it } from "vitest";
import { averagePrecisionOfBins } from "../../src/quality/bin-curves.ts";
import { BlockDraws, type RowFigure, RowSampler, figuresOfRow } from "../../src/quality/block-resampler.ts";
import { ROW_WIDTH, addToRow } from "../../src/quality/figure-row.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "../trainer/brier-skill.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { expectedCalibrationError } from "../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";

const ROW_FIGURES: readonly RowFigure[] = [
  "prAuc",
  "lift",
  "rocAuc",
  "brier",
  "brierSkill",
  "logLoss",
  "ece",
  "baseRateGap",
  "brierGap",
];

const BLOCKS = 7;
const bins = new ScoreBins(0.4);

interface Row {
  readonly block: number;
  readonly p: number;
  readonly y: number;
}

function simulated(seed: number, perBlock: number, emptyBlock = -1): { list: Row[]; rows: Float64Array } {
  const random = new SeededRandom(seed);
  const list: Row[] = [];
  const rows = new Float64Array(BLOCKS * ROW_WIDTH);
  for (let k = 0; k < BLOCKS * perBlock; k++) {
    const block = k % BLOCKS;
    if (block === emptyBlock) continue;
    const p = Math.fround(random.uniform() ** 2);
    const y = random.uniform() < p ? 1 : 0;
    list.push({ block, p, y });
    addToRow(rows, block * ROW_WIDTH, bins.bin(p), p, y);
  }
  return { list, rows };
}

function countsOf(list: readonly Row[]): { rows: Int32Array; positives: Int32Array } {
  const counts = { rows: new Int32Array(BLOCKS), positives: new Int32Array(BLOCKS) };
  for (const { block, y } of list) {
    counts.rows[block]! += 1;
    counts.positives[block]! += y;
  }
  return counts;
}

describe("resampled figures", () => {
  it("are those of the rows physically repeated", () => {
    const { list, rows } = simulated(1, 60);
    const draws = new BlockDraws(countsOf(list), 25, 99);
    const drawn = new RowSampler(rows).figures(draws);
    expect(draws.times).toHaveLength(25);
    draws.times.forEach((times, r) => {
      expect(times.reduce((sum, t) => sum + t, 0)).toBe(BLOCKS);
      const repeated = list.flatMap((row) => new Array<Row>(times[row.block]!).fill(row));
      const labels = Uint8Array.from(repeated, ({ y }) => y);
      const p = Float32Array.from(repeated, (row) => row.p);
      const binned = Float32Array.from(p, (one) => bins.bin(one));
      const calm = new Float64Array(128);
      const spike = new Float64Array(128);
      labels.forEach((y, k) => ((y === 1 ? spike : calm)[binned[k]!]! += 1));
      const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
      const promised = p.reduce((sum, one) => sum + one, 0) / p.length;
      const variance = p.reduce((sum, one) => sum + one * (1 - one), 0) / p.length;
      const expected = {
        prAuc: averagePrecisionOfBins(calm, spike),
        lift: averagePrecisionOfBins(calm, spike) / base,
        rocAuc: rocAuc(labels, binned),
        brier: brierScore(labels, p),
        brierSkill: brierSkill(labels, p),
        logLoss: logLoss(labels, p),
        ece: expectedCalibrationError(labels, p),
        baseRateGap: base - promised,
        brierGap: brierScore(labels, p) - variance,
      };
      for (const name of ROW_FIGURES) expect(drawn[name][r], name).toBeCloseTo(expected[name], 6);
    });
  });

  it("are the same for the same seed, and others for another, above 32 bits too", () => {
    const counts = countsOf(simulated(2, 20).list);
    const times = (seed: number): string => JSON.stringify(new BlockDraws(counts, 10, seed).times);
    const now = 1_764_979_200_000;
    expect(times(now)).toBe(times(now));
    const seeds = [0, 1, 900_000, now, now + 1000, now % 2 ** 32];
    expect(new Set(seeds.map(times)).size).toBe(seeds.length);
  });

  it("never take a block without rows, and are none with fewer than two others", () => {
    const draws = new BlockDraws(countsOf(simulated(3, 20, 4).list), 50, 1);
    expect(draws.times).toHaveLength(50);
    for (const times of draws.times) expect(times[4]).toBe(0);
    const one = { rows: Int32Array.of(0, 90, 0), positives: Int32Array.of(0, 9, 0) };
    expect(new BlockDraws(one, 50, 1)).toMatchObject({ times: [] });
    expect(new BlockDraws({ rows: new Int32Array(0), positives: new Int32Array(0) }, 50, 1).times).toEqual([]);
  });

  it("leave out the blocks that a comparison does not use", () => {
    const { list, rows } = simulated(4, 40);
    const sampler = new RowSampler(rows, (block) => block !== 2);
    const used = list.filter(({ block }) => block !== 2);
    const labels = Uint8Array.from(used, ({ y }) => y);
    expect(figuresOfRow(sampler.total()).brier).toBeCloseTo(
      brierScore(
        labels,
        used.map(({ p }) => p),
      ),
      12,
    );
    expect(figuresOfRow(sampler.total(Int32Array.of(0, 0, 5, 0, 0, 0, 0))).brier).toBeNaN();
  });

  it("do not exist on no rows, and skill and areas not with one outcome", () => {
    const empty = figuresOfRow(new Float64Array(ROW_WIDTH));
    for (const name of ROW_FIGURES) expect(empty[name], name).toBeNaN();
    const row = new Float64Array(ROW_WIDTH);
    addToRow(row, 0, bins.bin(0.25), 0.25, 0);
    expect(figuresOfRow(row)).toMatchObject({
      prAuc: NaN,
      rocAuc: NaN,
      brierSkill: NaN,
      brier: 0.0625,
      baseRateGap: -0.25,
    });
  });
});

describe("draws", () => {
  it("are uniform: each of ten places one time in ten within four standard errors", () => {
    const random = new SeededRandom(7);
    const counts = new Int32Array(10);
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random.uniform() * 10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(9000));
  });
});
