import { describe, expect, it } from "vitest";
import { jointThresholds, leastForJoint } from "../../../trainer/drift/joint-thresholds.ts";
import { seededUniform } from "../volatile-ticks.ts";

const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => n - i);

/** By the definition: every m from the lowest on, levels counted pair by pair. */
function slowly(shares: Float64Array, ratios: Float64Array, alpha: number) {
  const rank = (values: Float64Array, x: number) => 1 + values.filter((y) => y < x).length;
  const levels = Array.from(shares, (s, i) => Math.max(rank(shares, s), rank(ratios, ratios[i]!)));
  for (let m = 1; m <= shares.length; m++) {
    if (levels.filter((level) => level >= m).length + 1 <= alpha * (shares.length + 1) + 1e-9) {
      return { share: shares.slice().sort()[m - 1], ratio: ratios.slice().sort()[m - 1] };
    }
  }
  return null;
}

describe("jointThresholds", () => {
  it("are both 97 of 1 … 100 in step at 5 %", () => {
    expect(jointThresholds(upTo(100), upTo(100), 0.05)).toEqual({ share: 97, ratio: 97 });
  });

  it("lie higher when the two are never extreme together", () => {
    // 1 … 100 against 100 … 1: of levels 51 … 100 there are two each.
    expect(jointThresholds(upTo(100), upTo(100).reverse(), 0.05)).toEqual({ share: 99, ratio: 99 });
  });

  it("are those of the definition, with ties and without", () => {
    const uniform = seededUniform(5);
    for (const n of [59, 60, 100, 213]) {
      for (const [alpha, steps] of [
        [0.05, 1e9],
        [0.05, 7],
        [0.2, 12],
      ] as const) {
        const common = Float64Array.from({ length: n }, uniform);
        const shares = common.map((x) => Math.floor((x + uniform()) * steps) / steps);
        const ratios = common.map((x) => x + uniform());
        expect(jointThresholds(shares, ratios, alpha), `${n} windows`).toEqual(slowly(shares, ratios, alpha));
      }
    }
  });

  it("need 3/α − 1 windows, with which they exist even when the two extremes are different windows", () => {
    expect([leastForJoint(0.05), leastForJoint(0.01), leastForJoint(0.1)]).toEqual([59, 299, 29]);
    expect(jointThresholds(upTo(59), upTo(59).reverse(), 0.05)).toEqual({ share: 59, ratio: 59 });
    expect(jointThresholds(upTo(58), upTo(58), 0.05)).toBeNull();
    expect(jointThresholds(new Float64Array(0), new Float64Array(0), 0.05)).toBeNull();
  });

  it("have what windows beyond a third limit leave of the rate, and at least the extremes", () => {
    const of = (count: number, taken: number) => jointThresholds(upTo(count), upTo(count), 0.05, taken);
    // Of 200 windows: 9 beyond without a third limit; of 197 beside 3 others 5, and of 193 beside 7 others 2, not none.
    expect([of(200, 0), of(197, 3), of(193, 7)].map((limits) => limits!.ratio)).toEqual([192, 193, 192]);
    expect(of(0, 100)).toBeNull();
  });

  it("are the common value when all are equal: nothing like them lies above", () => {
    const same = new Float64Array(100).fill(0.5);
    expect(jointThresholds(same, same, 0.05)).toEqual({ share: 0.5, ratio: 0.5 });
  });

  it.each([
    ["equal", (common: number) => [common, common]],
    ["independent", (_: number, a: number, b: number) => [a, b]],
    ["opposite", (common: number) => [common, 1 - common]],
    ["tied shares", (common: number, a: number) => [Math.floor(3 * common) / 3, common + a]],
  ])("let a further window lie beyond either in at most 10 % of the cases when %s", (_, pair) => {
    const uniform = seededUniform(8);
    const [n, runs] = [70, 3000];
    let beyond = 0;
    for (let run = 0; run < runs; run++) {
      const windows = Array.from({ length: n + 1 }, () => pair(uniform(), uniform(), uniform()));
      const [share, ratio] = windows[n] as [number, number];
      const known = windows.slice(0, n);
      const limits = jointThresholds(
        Float64Array.from(known, (w) => w[0]!),
        Float64Array.from(known, (w) => w[1]!),
        0.1,
      )!;
      if (share > limits.share || ratio > limits.ratio) beyond += 1;
    }
    const error = Math.sqrt(0.09 / runs);
    expect(beyond / runs).toBeLessThan(0.1 + 3 * error);
    expect(beyond / runs).toBeGreaterThan(0.1 - 4 / (n + 1) - 3 * error);
  });
});
