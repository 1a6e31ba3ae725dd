import { describe, expect, it } from "vitest";
import { blockGroups } from "../../src/quality/block-groups.ts";
import { calibrationInterval } from "../../src/quality/calibration-interval.ts";
import { jackknifeError } from "../../src/quality/jackknife-error.ts";
import { jackknifeInterval } from "../../src/quality/jackknife-interval.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

const flags = (size: number): Uint8Array => new Uint8Array(size).fill(1);
/** Mean without each of the values. */
const meansWithout = (values: readonly number[]): Float64Array =>
  Float64Array.from(values, (x) => (values.reduce((a, b) => a + b, 0) - x) / (values.length - 1));

describe("groups of blocks", () => {
  it("are the worked examples: a block without a row is in none, and neighbours are joined to at most 24", () => {
    const five = { rows: Int32Array.of(9, 0, 9, 9, 9), positives: Int32Array.of(0, 0, 2, 0, 1) };
    expect(blockGroups(five)).toEqual({ groupOf: Int32Array.of(0, -1, 1, 2, 3), hasSpike: Uint8Array.of(0, 1, 0, 1) });
    const many = { rows: new Int32Array(50).fill(1), positives: new Int32Array(50) };
    const { groupOf, hasSpike } = blockGroups(many);
    expect(hasSpike).toHaveLength(17);
    expect([groupOf[2], groupOf[3], groupOf[49]]).toEqual([0, 1, 16]);
    expect(blockGroups(many, (block) => block < 2).groupOf.filter((group) => group >= 0)).toEqual(Int32Array.of(0, 1));
    expect(blockGroups({ rows: new Int32Array(0), positives: new Int32Array(0) }).hasSpike).toHaveLength(0);
  });
});

describe("the jackknife's standard error", () => {
  it("is s/√n for a mean, with n − 1 degrees of freedom", () => {
    const { error, degrees } = jackknifeError(meansWithout([1, 2, 3]), flags(3))!;
    expect(error).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(degrees).toBe(2);
  });

  it("counts groups with a spike, and fewer where one group carries the variance", () => {
    expect(jackknifeError(meansWithout([1, 2, 3, 4]), Uint8Array.of(1, 0, 1, 0))!.degrees).toBe(1);
    const lonely = [...Array.from({ length: 10 }, (_, i) => (i % 2) / 100), 9];
    expect(jackknifeError(meansWithout(lonely), flags(11))!.degrees).toBe(2);
  });

  it("joins neighbours that are autocorrelated: the variance is that of means of longer blocks", () => {
    // Runs of four equal values: joined once and twice, and then no more.
    const runs = [3, -1, 2, -2, 1, -3].flatMap((x) => [x, x, x, x]);
    const { error, degrees } = jackknifeError(meansWithout(runs), flags(24))!;
    const six = [3, -1, 2, -2, 1, -3];
    expect(error).toBeCloseTo(Math.sqrt(six.reduce((sum, x) => sum + x * x, 0) / 5 / 6), 12);
    expect(degrees).toBe(5);
  });

  it("does not exist with one group with a spike, or if the figure does not exist without some group", () => {
    expect(jackknifeError(Float64Array.of(1, 2), Uint8Array.of(0, 1))).toBeNull();
    expect(jackknifeError(Float64Array.of(1, NaN), flags(2))).toBeNull();
    expect(jackknifeError(new Float64Array(0), flags(0))).toBeNull();
  });
});

describe("the jackknife's interval", () => {
  it("is Student's t on the logit of a share", () => {
    const without = Float64Array.of(0.2, 0.25, 0.4);
    const logits = [...without].map((p) => Math.log(p / (1 - p)));
    const middle = logits.reduce((a, b) => a + b, 0) / 3;
    const reach = 4.302652729749462 * Math.sqrt((2 / 3) * logits.reduce((sum, x) => sum + (x - middle) ** 2, 0));
    const { value, low, high } = jackknifeInterval(0.3, without, flags(3), "share")!;
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    expect(value).toBe(0.3);
    expect(low).toBeCloseTo(logistic(Math.log(0.3 / 0.7) - reach), 12);
    expect(high).toBeCloseTo(logistic(Math.log(0.3 / 0.7) + reach), 12);
  });

  it("holds the value and stays inside the figure's range, whatever is left out", () => {
    const random = new SeededRandom("ranges");
    const ranges = { share: [0, 1], positive: [0, Infinity], skill: [-Infinity, 1] } as const;
    for (let run = 0; run < 300; run++) {
      const size = 2 + Math.floor(random.uniform() * 20);
      const value = random.uniform();
      const without = Float64Array.from({ length: size }, () =>
        Math.min(1, Math.max(0, value + random.uniform() - 0.5)),
      );
      for (const [scale, [least, most]] of Object.entries(ranges)) {
        const figure = jackknifeInterval(value, without, flags(size), scale as keyof typeof ranges);
        if (figure === null) continue;
        expect(figure.low).toBeGreaterThanOrEqual(least);
        expect(figure.high).toBeLessThanOrEqual(most);
        expect(figure.low <= value && value <= figure.high).toBe(true);
      }
    }
  });

  it("bounds a share of 1 as n of n hits, and a share of 0 as none", () => {
    const { low, high } = jackknifeInterval(1, Float64Array.of(1, 1, 1), flags(3), "share")!;
    expect([low, high]).toEqual([expect.closeTo(0.025 ** (1 / 3), 12), 1]);
    expect(jackknifeInterval(0, Float64Array.of(0, 0), flags(2), "share")!.high).toBeCloseTo(1 - 0.025 ** 0.5, 12);
    expect(jackknifeInterval(1, Float64Array.of(1, 1), Uint8Array.of(1, 0), "share")).toBeNull();
  });

  it("puts a difference above 0 exactly where plain t does, with an end away from 0 that lies no nearer", () => {
    for (let value = -3; value <= 3; value += 0.05) {
      const without = Float64Array.of(value - 0.1, value, value + 0.1);
      const { low, high } = jackknifeInterval(value, without, flags(3), "difference")!;
      const reach = 4.302652729749462 * Math.sqrt((2 / 3) * 0.02);
      expect(low > 0).toBe(value > reach);
      expect(high < 0).toBe(value < -reach);
      expect(low).toBeLessThanOrEqual(value - reach + 1e-12);
      expect(high).toBeGreaterThanOrEqual(value + reach - 1e-12);
    }
    expect(jackknifeInterval(0, new Float64Array(3), flags(3), "difference")).toEqual({ value: 0, low: 0, high: 0 });
  });
});

describe("the interval of the calibration error", () => {
  it("reaches down to 0 where every gap may be chance, and not where one is beyond it", () => {
    const noisy = [0.01, -0.01, 0.02];
    const gapsOf = (all: readonly number[]): Float64Array[] =>
      [...meansWithout(all)].map((gap) => Float64Array.of(gap, 0));
    const value = Math.abs(noisy.reduce((a, b) => a + b, 0) / 3);
    const without = (all: readonly number[]): Float64Array => meansWithout(all).map(Math.abs);
    const gaps = { gaps: Float64Array.of(value, 0), gapsWithout: gapsOf(noisy) };
    expect(calibrationInterval(value, without(noisy), gaps, flags(3))!.low).toBe(0);
    const clear = [0.1, 0.1001, 0.0999];
    const sure = { gaps: Float64Array.of(0.1, 0), gapsWithout: gapsOf(clear) };
    const { low, high } = calibrationInterval(0.1, without(clear), sure, flags(3))!;
    expect(low).toBeGreaterThan(0.099);
    expect(low).toBeLessThan(0.1);
    expect(high).toBeLessThan(0.101);
  });
});
