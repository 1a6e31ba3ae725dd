import { describe, expect, it } from "vitest";
import { conformalThreshold, thresholdsOfOthers } from "../../../trainer/drift/conformal-threshold.ts";
import { seededUniform } from "../volatile-ticks.ts";

const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => n - i);

describe("conformalThreshold", () => {
  it("is the 95th of 99 values at 5 %, and the 96th of 100", () => {
    expect(conformalThreshold(upTo(99), 0.05)).toBe(95);
    expect(conformalThreshold(upTo(100), 0.05)).toBe(96);
  });

  it("needs 1/α − 1 values", () => {
    expect(conformalThreshold(upTo(19), 0.05)).toBe(19);
    expect(conformalThreshold(upTo(18), 0.05)).toBeNull();
    expect(conformalThreshold(upTo(99), 0.01)).toBe(99);
    expect(conformalThreshold(upTo(98), 0.01)).toBeNull();
    expect(conformalThreshold(new Float64Array(0), 0.5)).toBeNull();
  });

  it("leaves out what is not finite and takes ties as they are", () => {
    expect(conformalThreshold(Float64Array.from([...upTo(99), NaN, Infinity]), 0.05)).toBe(95);
    expect(conformalThreshold(new Float64Array(30).fill(2), 0.1)).toBe(2);
  });

  it.each([0.01, 0.05, 0.2])(
    "lets a further value lie above it in at most %f of the cases, and not much less",
    (alpha) => {
      const uniform = seededUniform(7);
      const n = Math.round(1 / alpha) + 39;
      let above = 0;
      for (let run = 0; run < 4000; run++) {
        const values = Float64Array.from({ length: n + 1 }, uniform);
        if (values[n]! > conformalThreshold(values.subarray(0, n), alpha)!) above += 1;
      }
      const error = Math.sqrt((alpha * (1 - alpha)) / 4000);
      expect(above / 4000).toBeLessThan(alpha + 3 * error);
      expect(above / 4000).toBeGreaterThan(alpha - 1 / (n + 1) - 3 * error);
    },
  );
});

describe("thresholdsOfOthers", () => {
  it("is the conformal threshold of all the other values, computed one by one", () => {
    const uniform = seededUniform(3);
    for (const n of [1, 2, 20, 21, 40, 137]) {
      for (const alpha of [0.05, 0.1, 0.3]) {
        const values = Float64Array.from({ length: n }, () => Math.floor(uniform() * 60));
        const slow = values.map((_, i) => {
          const others = values.filter((_, j) => j !== i);
          return conformalThreshold(others, alpha) ?? Infinity;
        });
        expect(thresholdsOfOthers(values, alpha), `${n} values at ${alpha}`).toEqual(slow);
      }
    }
  });

  it("of 1 … 100 at 5 % is 96, and 95 for the five largest: those lie above it", () => {
    const values = upTo(100);
    const thresholds = thresholdsOfOthers(values, 0.05);
    expect([...new Set(thresholds.filter((_, i) => values[i]! <= 95))]).toEqual([96]);
    expect([...new Set(thresholds.filter((_, i) => values[i]! > 95))]).toEqual([95]);
    expect(values.filter((x, i) => x > thresholds[i]!)).toHaveLength(5);
  });

  it("has nothing for a value that is missing, and leaves it out for the others", () => {
    const thresholds = thresholdsOfOthers(Float64Array.of(NaN, 1, 2, 3), 0.5);
    expect(thresholds).toEqual(Float64Array.of(NaN, 3, 3, 2));
    expect(thresholdsOfOthers(new Float64Array(0), 0.5)).toHaveLength(0);
  });
});
