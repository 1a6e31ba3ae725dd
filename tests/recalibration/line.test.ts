import { describe, expect, it } from "vitest";
import { IDENTITY, logitOf, probabilityOf, recalibrated } from "../../src/recalibration/line.ts";

describe("a line in log-odds", () => {
  it("has the log-odds and the probability of the examples", () => {
    expect(logitOf(0.1)).toBe(-2.197224577336219);
    expect(probabilityOf(0)).toBe(0.5);
    expect(recalibrated(0.1, { slope: 0.5, level: 0 })).toBe(0.25);
  });

  it("gives back the very bits of a float32 under the identity", () => {
    for (const p of [0, 1, 0.1, 0.7331, 1e-30].map(Math.fround)) expect(recalibrated(p, IDENTITY)).toBe(p);
    expect(recalibrated(NaN, IDENTITY)).toBeNaN();
  });

  it("keeps the order of any two, and certainty within bounds", () => {
    const line = { slope: 0.01, level: -3 };
    const served = Array.from({ length: 1001 }, (_, i) => recalibrated(Math.fround(i / 1000), line));
    for (let i = 1; i < served.length; i++) expect(served[i]).toBeGreaterThanOrEqual(served[i - 1]!);
    expect(served.every((p) => p > 0 && p < 1)).toBe(true);
    expect(recalibrated(NaN, line)).toBeNaN();
  });
});
