import { describe, expect, it } from "vitest";
import { blockGroups } from "../../src/quality/block-groups.ts";
import { figureInterval, type FigureName } from "../../src/quality/figure-intervals.ts";
import { figuresOfRow, sumOfRows } from "../../src/quality/figures-of-row.ts";
import { placedLevels } from "../../src/quality/level-curves.ts";
import { ScoreLevels } from "../../src/quality/score-levels.ts";
import { seriesJackknife } from "../../src/quality/series-jackknife.ts";
import { jackknifeFigures } from "../../trainer/evaluate/intervals/jackknife-figures.ts";
import { ROW_WIDTH, addToRow } from "../../src/quality/figure-row.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "../trainer/brier-skill.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { expectedCalibrationError } from "../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";

const ROW_FIGURES: readonly FigureName[] = [
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

/** The jackknife of the gateway: from sums and score levels. */
function jackknifeOf(list: readonly Row[], rows: Float64Array) {
  const levels = Array.from({ length: BLOCKS }, () => new ScoreLevels());
  for (const { block, p, y } of list) levels[block]!.add(p, y);
  const placed = placedLevels(levels.map((one) => one.all()));
  return seriesJackknife(rows, placed, blockGroups(countsOf(list)));
}

function expectFiguresOf(rows: readonly Row[], found: Readonly<Partial<Record<FigureName, number>>>): void {
  const labels = Uint8Array.from(rows, ({ y }) => y);
  const p = Float32Array.from(rows, (row) => row.p);
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  const variance = p.reduce((sum, one) => sum + one * (1 - one), 0) / p.length;
  const expected: Record<FigureName, number> = {
    prAuc: averagePrecision(labels, p),
    lift: averagePrecision(labels, p) / base,
    rocAuc: rocAuc(labels, p),
    brier: brierScore(labels, p),
    brierSkill: brierSkill(labels, p),
    logLoss: logLoss(labels, p),
    ece: expectedCalibrationError(labels, p),
    baseRateGap: base - p.reduce((sum, one) => sum + one, 0) / p.length,
    brierGap: brierScore(labels, p) - variance,
  };
  for (const name of ROW_FIGURES) expect(found[name], name).toBeCloseTo(expected[name], 6);
}

describe("figures without a group of blocks", () => {
  it("are those of the rows without it, deleted for real", () => {
    const { list, rows } = simulated(1, 60, 4);
    const { whole, without, hasSpike } = jackknifeOf(list, rows);
    expectFiguresOf(list, whole);
    expect(without).toHaveLength(6);
    expect(hasSpike).toEqual(new Uint8Array(6).fill(1));
    [0, 1, 2, 3, 5, 6].forEach((deleted, g) => {
      expectFiguresOf(
        list.filter(({ block }) => block !== deleted),
        without[g]!,
      );
    });
  });

  it("give the trainer's intervals of the same rows", () => {
    const { list, rows } = simulated(2, 80);
    const live = jackknifeOf(list, rows);
    const offline = jackknifeFigures({
      labels: Uint8Array.from(list, ({ y }) => y),
      blocks: Int32Array.from(list, ({ block }) => block),
      models: [{ name: "model", probabilities: Float32Array.from(list, ({ p }) => p), threshold: 0.4 }],
    }).models["model"]!;
    for (const name of ["prAuc", "lift", "rocAuc", "brier", "brierSkill", "logLoss", "ece"] as const) {
      const [a, b] = [figureInterval(name, live)!, offline[name]!];
      // Probabilities in calibration bins are whole multiples of 2⁻²².
      for (const end of ["value", "low", "high"] as const) expect(a[end], `${name} ${end}`).toBeCloseTo(b[end], 5);
    }
  });
});

describe("figures of sums", () => {
  it("leave out the blocks that a comparison does not use", () => {
    const { list, rows } = simulated(4, 40);
    const used = list.filter(({ block }) => block !== 2);
    const labels = Uint8Array.from(used, ({ y }) => y);
    const scores = used.map(({ p }) => p);
    expect(figuresOfRow(sumOfRows(rows, (block) => block !== 2)).brier).toBeCloseTo(brierScore(labels, scores), 12);
    expect(figuresOfRow(sumOfRows(rows, () => false)).brier).toBeNaN();
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
