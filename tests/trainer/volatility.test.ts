import { describe, expect, it } from "vitest";
import { ROWS } from "../../src/features/schema.ts";
import { assignBlocks } from "../../trainer/evaluate/intervals/assign-blocks.ts";
import { meanIntervals } from "../../trainer/evaluate/intervals/mean-intervals.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import type { Score } from "../../trainer/score/score.ts";
import { allRows, purgedSplit } from "../../trainer/folds/split.ts";
import { judgeForecasts } from "../../trainer/volatility/judge-forecasts.ts";
import { chooseForecaster, FORECASTERS } from "../../trainer/volatility/choose-forecaster.ts";
import { boundedForecast, type Forecaster, forecastLosses } from "../../trainer/volatility/forecaster.ts";
import { GAMMA_TREES } from "../../trainer/volatility/gamma-trees.ts";
import { sigmaOffsets } from "../../trainer/volatility/sigma-offsets.ts";
import { scoresOfRows } from "../../trainer/score/scores-of-rows.ts";
import { EWMA, ewmaForecastColumns, HAR, REGRESSION } from "../../trainer/volatility/log-linear.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(9000));
const context = { data, row: "default-1", seed: 1, threads: 1 } as const;
const split = purgedSplit(data, allRows(data), FROM_MS + 6000_000);
const labels = Uint8Array.from(split.test, (k) => data.rows.label[k]!);
const blocks = assignBlocks(data.rows, split.test);

const fits = new Map<Forecaster, Score>();
/** Fitted on the training rows, once. */
function fitted(forecaster: Forecaster): Score {
  const score = fits.get(forecaster) ?? forecaster.fit(context, split.train);
  fits.set(forecaster, score);
  return score;
}

describe("the ratio of a row", () => {
  it("is the horizon's volatility over τ, so that a spike is a ratio above 1", () => {
    for (const k of allRows(data)) expect(data.rows.ratio[k]! > 1).toBe(data.rows.label[k] === 1);
  });
});

describe("a volatility forecast", () => {
  it.each(FORECASTERS)(
    "by $name has the level at which realised over forecast variance is 1 on its rows",
    (forecaster) => {
      const score = fitted(forecaster);
      const width = ROWS["default-1"].length;
      const ratios = [...split.train].map((k) => {
        const forecast = Math.exp(2 * score.scoreRow(data.rows.values["default-1"], k * width));
        return data.rows.ratio[k]! ** 2 / forecast;
      });
      expect(ratios.reduce((a, b) => a + b, 0) / ratios.length).toBeCloseTo(1, 9);
    },
  );

  it("by HAR is no worse than EWMA on the rows that it was fitted on, in squared logarithms", () => {
    const error = (forecaster: Forecaster): number => {
      const score = fitted(forecaster);
      const residuals = [...split.train].map(
        (k) => Math.log(data.rows.ratio[k]!) - score.scoreRow(data.rows.values["default-1"], k * 33),
      );
      const mean = residuals.reduce((a, b) => a + b, 0) / residuals.length;
      return residuals.reduce((sum, r) => sum + (r - mean) ** 2, 0);
    };
    expect(error(HAR)).toBeLessThan(error(EWMA));
  });

  it.each(FORECASTERS)("by $name stays within its training range on rows far outside of it", (forecaster) => {
    const score = fitted(forecaster);
    const width = ROWS["default-1"].length;
    const inside = [...split.train].map((k) => score.scoreRow(data.rows.values["default-1"], k * width));
    const low = Math.min(...inside);
    const high = Math.max(...inside);
    expect(high).toBeGreaterThan(low);
    for (const value of [-1e30, -40, 40, 1e30, NaN]) {
      for (const sign of [1, -1]) {
        const row = Float32Array.from({ length: width }, (_, j) => (j % 2 === 0 ? value : sign * value));
        const forecast = score.scoreRow(row, 0);
        expect(forecast).toBeGreaterThanOrEqual(low);
        expect(forecast).toBeLessThanOrEqual(high);
      }
    }
  });

  it("by gamma trees has a lower QLIKE than EWMA on the rows that they were fitted on", () => {
    const [trees, ewma] = [GAMMA_TREES, EWMA].map((forecaster) =>
      forecastLosses(data, split.train, fitted(forecaster)).reduce((a, b) => a + b, 0),
    );
    expect(trees).toBeLessThan(ewma!);
  });

  it("by EWMA takes the half-life that fits the training rows best", () => {
    const own = forecastLosses(data, split.train, fitted(EWMA)).reduce((a, b) => a + b, 0);
    for (const name of ["ewma_15_over_tau", "ewma_60_over_tau", "ewma_300_over_tau", "ewma_900_over_tau"]) {
      const place = ROWS["default-1"].findIndex((column) => column.name === name);
      const terms = { row: "default-1", features: [name], columns: [place], fill: [0], centre: [0] } as const;
      const single = new LinearScore({ ...terms, coefficient: [1], bias: 0, dropped: [] });
      const losses = forecastLosses(data, split.train, boundedForecast(data, split.train, single));
      expect(own).toBeLessThanOrEqual(losses.reduce((a, b) => a + b, 0) + 1e-9);
    }
  });

  it.each([
    ["default-1", 4],
    ["default-2", 16],
    ["peer-10", 0],
  ] as const)("by EWMA is tried on the logarithms of %s that an EWMA makes, %d", (row, count) => {
    const names = ewmaForecastColumns(row);
    expect(names).toHaveLength(count);
    for (const name of names) expect(name).toMatch(/^ewma_(rv_h|parkinson_h)?\d+(_\d)?_over_tau$/);
  });

  it("by EWMA takes no mean return of `default-2`, which is signed and no logarithm", () => {
    const changed = buildDataset(volatileTicks(2400));
    const { values, ratio } = changed.rows;
    const width = ROWS["default-2"].length;
    // The best forecast that there can be stands in the columns that it must not take.
    for (const h of [30, 120, 720]) {
      const place = ROWS["default-2"].findIndex(({ name }) => name === `ewma_return_h${h}_over_tau`);
      for (const k of allRows(changed)) values["default-2"][k * width + place] = Math.log(ratio[k]!);
    }
    const score = EWMA.fit({ ...context, data: changed, row: "default-2" }, allRows(changed));
    expect(score.features).toEqual([expect.stringMatching(/^ewma_(rv|parkinson)_h\d+(_\d)?_over_tau$/)]);
  });

  it("by HAR leaves a note where its fit did not come to the minimum", () => {
    const still = buildDataset(volatileTicks(2400));
    const rows = allRows(still);
    const notes: string[] = [];
    const given = { ...context, data: still, notes };
    HAR.fit(given, rows);
    expect(notes).toEqual([]);
    still.rows.ratio.fill(0);
    still.rows.ratio[rows.at(-1)!] = 1;
    HAR.fit(given, rows);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^volatility by har: on \d+ rows not at the minimum after \d+ of at most 100 iterations$/);
  });

  it("is chosen by held-out QLIKE, and looks at no later row", () => {
    const short = buildDataset(volatileTicks(6600));
    const { train, test } = purgedSplit(short, allRows(short), FROM_MS + 5100_000);
    const given = { ...context, data: short };
    const chosen = chooseForecaster(given, train);
    const coefficient = REGRESSION.fit(given, train);
    for (const k of test) short.rows.ratio[k] = 5;
    expect(chooseForecaster(given, train)).toEqual(chosen);
    expect(REGRESSION.fit(given, train)).toEqual(coefficient);
  });
});

describe("the offsets of the quantiles", () => {
  it("cover what they say on the held-out rows, for the forecasts as a gateway answers them", () => {
    const score = fitted(HAR);
    const offsets = sigmaOffsets(data, [{ score, test: split.test }])!;
    const forecasts = scoresOfRows(data, split.test, score);
    offsets.forEach((offset, level) => {
      const below = [...split.test].filter((k, i) => Math.log(data.rows.ratio[k]!) - forecasts[i]! <= offset + 1e-6);
      expect(below.length / split.test.length).toBeCloseTo([0.1, 0.5, 0.9][level]!, 2);
    });
  });

  it("are none with fewer held-out rows than a gateway would begin with", () => {
    const few = split.test.subarray(0, 899);
    expect(sigmaOffsets(data, [{ score: fitted(HAR), test: few }])).toBeUndefined();
    expect(sigmaOffsets(data, [])).toBeUndefined();
  });
});

describe("the table of forecasts", () => {
  it("has each one's mean QLIKE on the test rows, paired with EWMA on the same blocks", () => {
    const table = judgeForecasts(context, [split], blocks);
    expect(table.map(({ name }) => name)).toEqual(["ewma", "har", "regression", "gamma"]);
    const losses = FORECASTERS.map((forecaster) => forecastLosses(data, split.test, fitted(forecaster)));
    const means = losses.map((series) => series.reduce((a, b) => a + b, 0) / series.length);
    table.forEach(({ qlike, againstEwma }, f) => {
      expect(qlike.value).toBeCloseTo(means[f]!, 12);
      if (f > 0) expect(againstEwma!.value).toBeCloseTo(means[f]! - means[0]!, 12);
    });
  });

  it("is empty where there is one block, and so no interval", () => {
    const one = new Int32Array(labels.length);
    expect(judgeForecasts(context, [split], one)).toEqual([]);
  });
});

describe("intervals of means", () => {
  const series = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 1, 1, 5)];
  const four = Int32Array.of(0, 0, 1, 2);

  it("are the means of all rows, with a jackknife t on their logarithms", () => {
    const { means, paired } = meanIntervals(series, four);
    expect(means.map((mean) => mean!.value)).toEqual([2.5, 2]);
    expect(paired(0, 1)!.value).toBe(0.5);
    // Without each block: 3.5, 7/3 and 2.
    const logs = [3.5, 7 / 3, 2].map(Math.log);
    const middle = logs.reduce((a, b) => a + b, 0) / 3;
    const error = Math.sqrt((2 / 3) * logs.reduce((sum, x) => sum + (x - middle) ** 2, 0));
    expect(means[0]!.low).toBeCloseTo(2.5 * Math.exp(-4.302652729749462 * error), 10);
    expect(means[0]!.high).toBeCloseTo(2.5 * Math.exp(4.302652729749462 * error), 8);
    expect(paired(0, 0)).toEqual({ value: 0, low: 0, high: 0 });
  });

  it("have no interval with one block", () => {
    expect(meanIntervals(series, new Int32Array(4)).means).toEqual([null, null]);
  });
});
