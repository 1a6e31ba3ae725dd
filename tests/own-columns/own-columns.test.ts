// Each combinator by itself, its formula, and what is refused. Independent of what is declared.
import { describe, expect, it } from "vitest";
import { ClosedStep } from "../../src/features/closed-step.ts";
import {
  MAX_OWN_COLUMNS,
  MAX_OWN_WINDOW_STEPS,
  ownHorizonFault,
  requireOwnColumns,
} from "../../src/features/own-column-fault.ts";
import {
  declarationText,
  ewma,
  featureColumn,
  logRatio,
  mean,
  overTau,
  type OwnColumn,
  type OwnMeasure,
  type OwnSeries,
  share,
} from "../../src/features/own-columns.ts";
import { OwnStatistics } from "../../src/features/own-statistics.ts";

/** The last value of a column after steps with these values. */
function after(column: OwnColumn, steps: readonly Partial<Record<OwnSeries, number>>[], horizonSteps = 1): number {
  const statistics = new OwnStatistics([column], horizonSteps);
  for (const { squaredReturn = NaN, squaredRange = NaN, spread = NaN, ...values } of steps) {
    const step = Object.assign(new ClosedStep(), values);
    statistics.update(step, { r: Math.sqrt(squaredReturn), parkinson: squaredRange, spread });
  }
  const out = new Float64Array(1);
  statistics.write(out, 0);
  return out[0]!;
}

const volumes = (...values: readonly number[]) => values.map((volume) => ({ volume }));
const RATIO = logRatio("x", mean("volume", 1), mean("volume", 3));

describe("logRatio", () => {
  it("is the logarithm of the ratio of two statistics", () => {
    expect(after(RATIO, volumes(1, 2, 6))).toBeCloseTo(Math.log(2), 12);
    // λ = ½: (8 + 2 + ½) / (1 + ½ + ¼) = 6.
    expect(after(logRatio("x", mean("volume", 1), ewma("volume", 1)), volumes(2, 4, 8))).toBeCloseTo(
      Math.log(8 / 6),
      12,
    );
  });

  it("is at least ln 0.001, missing where either is missing, and where nothing was usual", () => {
    expect(after(RATIO, volumes(1, 2, 0))).toBe(after(RATIO, volumes(1, 20_000, 1)));
    expect(after(RATIO, volumes(1, 2, 0))).toBeCloseTo(Math.log(0.001), 12);
    expect(after(RATIO, volumes(1, 2, NaN))).toBeNaN();
    expect(after(RATIO, volumes(5, 0, 0, 0))).toBeNaN();
  });

  it("knows a window of zeros after values that do not sum to zero again", () => {
    expect(0.1 + 0.2 - 0.1 - 0.2).not.toBe(0);
    expect(after(logRatio("x", ewma("volume", 1), mean("volume", 2)), volumes(0.1, 0.2, 0.3, 0, 0))).toBeNaN();
    expect(
      after(share("x", mean("signedVolume", 2), mean("volume", 2)), [
        ...[0.1, 0.2, 0.3].map((volume) => ({ volume, signedVolume: volume })),
        ...[0, 0].map((volume) => ({ volume, signedVolume: volume })),
      ]),
    ).toBe(0);
  });
});

describe("share", () => {
  const SHARE = share("x", mean("signedVolume", 2), mean("volume", 2));
  const flow = (...pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([signedVolume, volume]) => ({ signedVolume, volume }));

  it("is the quotient of two statistics, also a negative one", () => {
    expect(after(SHARE, flow([3, 3], [-1, 3], [0, 1]))).toBe(-0.25);
  });

  it("is 0 of none, and missing where either is missing or only the whole is 0", () => {
    expect(after(SHARE, flow([0, 0], [0, 0]))).toBe(0);
    expect(after(SHARE, flow([NaN, 1], [NaN, 1]))).toBeNaN();
    expect(after(share("x", mean("ticks", 1), mean("volume", 1)), [{ ticks: 4, volume: 0 }])).toBeNaN();
  });
});

describe("overTau", () => {
  it("is ln of a horizon's volatility at the mean, at least ln ε, and τ is subtracted", () => {
    const column = overTau("x_over_tau", mean("squaredRange", 0.5));
    const steps = [1, 4e-6, 2e-6].map((squaredRange) => ({ squaredRange }));
    expect(after(column, steps, 4)).toBeCloseTo(0.5 * Math.log(4 * 3e-6), 9);
    expect(after(column, [{ squaredRange: 0 }, { squaredRange: 0 }], 4)).toBeCloseTo(Math.log(0.002e-4 * 2), 12);
    expect(featureColumn(column).relation).toBe("minus-ln");
  });
});

describe("the formula of a column", () => {
  it("says all that its values follow from", () => {
    const columns = [
      RATIO,
      logRatio("x", mean("volume", 1), ewma("volume", 3)),
      logRatio("x", mean("trades", 1), mean("volume", 3)),
      logRatio("x", mean("volume", 1), mean("volume", 3.5)),
      share("x", mean("volume", 1), mean("volume", 1)),
      share("x", mean("signedVolume", 1), mean("volume", 1)),
    ];
    expect(new Set(columns.map((column) => featureColumn(column).formula)).size).toBe(columns.length);
    expect(featureColumn(RATIO).formula).toBe("ln(max(mean_1h (volume) / mean_3h (volume), 0.001))");
    const texts = [[], [RATIO], [{ ...RATIO, name: "y" }], columns.slice(1, 2)].map(declarationText);
    expect(new Set(texts).size).toBe(4);
    expect(texts[0]).toBe("");
  });
});

describe("a declaration is refused, with the column named", () => {
  const ofOtherSeries = { kind: "mean", series: "price", horizons: 1 } as unknown as ReturnType<
    typeof mean<OwnMeasure>
  >;
  it.each<readonly [readonly OwnColumn[], string]>([
    [[RATIO, RATIO], "column x: another column of the row has this name"],
    [[{ ...RATIO, name: "volume_h1_over_ewma_h720" }], "column volume_h1_over_ewma_h720: another column of the row"],
    [[{ ...RATIO, name: "A,b" }], "column A,b: expected a name of 1 to 64 small letters"],
    [[overTau("x", mean("squaredRange", 1))], "column x: expected a name that ends in _over_tau for overTau"],
    [[{ ...RATIO, name: "x_over_tau" }], "column x_over_tau: expected a name that ends in _over_tau for overTau, and"],
    [[overTau("x_over_tau", ofOtherSeries)], "overTau: got price, expected squaredReturn or squaredRange"],
    [[share("x", ofOtherSeries, ofOtherSeries)], "column x: series: got price, expected one of squaredReturn, "],
    [[logRatio("x", mean("signedVolume", 1), mean("volume", 1))], "logRatio: got signedVolume, which can be negative"],
    [[share("x", mean("volume", 1), mean("signedVolume", 1))], "share: got a ratio to signedVolume"],
    [[share("x", mean("volume", 1), mean("volume", 2))], "expected both of one kind and length"],
    [
      [logRatio("x", mean("volume", 0), mean("volume", 3))],
      "column x: mean of volume: got 0 horizons, expected at least",
    ],
    [
      [logRatio("x", mean("volume", 1), mean("volume", 61))],
      "got 61 horizons, expected at least 1/3600, a step of the",
    ],
    [[logRatio("x", mean("volume", 1), ewma("volume", NaN))], "ewma of volume: got NaN horizons"],
    [[{ ...RATIO, kind: "power" } as unknown as OwnColumn], "column x: got power, expected overTau, logRatio or share"],
    [
      Array.from({ length: MAX_OWN_COLUMNS + 1 }, (_, k) => ({ ...RATIO, name: `x${k}` })),
      "got 65 columns, expected at",
    ],
  ])("%#", (columns, message) => {
    expect(() => requireOwnColumns(columns)).toThrow(message);
  });

  it("unless it can be", () => {
    expect(() => requireOwnColumns([RATIO, overTau("x_over_tau", ewma("squaredReturn", 14_400))])).not.toThrow();
  });
});

describe("a label's horizon", () => {
  it("is refused where a window would be below a step or hold too many", () => {
    const half = [logRatio("x", mean("volume", 0.5), ewma("volume", 60))];
    expect(ownHorizonFault(half, 2)).toBeUndefined();
    expect(ownHorizonFault(half, 1)).toBe(
      "at least 2: the column x of src/features/custom.ts takes mean_0.5h (volume), of a step or more",
    );
    const long = [logRatio("x", mean("volume", 1), mean("volume", 60))];
    expect(ownHorizonFault(long, MAX_OWN_WINDOW_STEPS / 60)).toBeUndefined();
    expect(ownHorizonFault(long, MAX_OWN_WINDOW_STEPS / 60 + 1)).toMatch(/^at most 60: .*mean_60h \(volume\)/);
  });

  it("that a symbol has from before leaves all own columns missing", () => {
    expect(after(logRatio("x", mean("volume", 0.5), mean("volume", 1)), volumes(1, 2, 3))).toBeNaN();
  });
});
