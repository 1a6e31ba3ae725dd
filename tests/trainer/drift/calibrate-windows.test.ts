import { describe, expect, it } from "vitest";
import { largestRatio } from "../../../src/drift/largest-ratio.ts";
import { driftWindowPlan } from "../../../src/drift/drift-window-plan.ts";
import { calibrateWindows } from "../../../trainer/drift/calibrate-windows.ts";
import { conformalThreshold } from "../../../trainer/drift/conformal-threshold.ts";
import { jointThresholds } from "../../../trainer/drift/joint-thresholds.ts";
import { seededUniform } from "../volatile-ticks.ts";

const plans = driftWindowPlan(1000);
const hour = plans[0]!;
const day = plans[1]!;
const counting = Float64Array.from({ length: 100 }, (_, i) => i + 1);

/** Windows that are as many stretches of time. */
const of = (windows: number) => ({ windows, times: windows });

describe("calibrateWindows", () => {
  it("gives each feature the conformal threshold of its own distances", () => {
    const calibrated = calibrateWindows(hour, of(100), [counting, counting.map((x) => x / 10)], 0.05);
    expect(calibrated).toMatchObject({
      name: "1h",
      steps: 3600,
      every: 20,
      minRows: 90,
      nullWindows: 100,
      alpha: 0.05,
    });
    expect(calibrated.thresholds).toEqual([96, 9.6]);
    expect(calibrated.reason).toBeUndefined();
  });

  it("gives how many features drift together: one for all, or each in windows of its own", () => {
    // Four features that are copies drift all four in 5 windows of 100; the 96th of the shares is then 1.
    expect(calibrateWindows(hour, of(100), [counting, counting, counting, counting], 0.05).datasetShare).toBe(1);
    const shifted = (by: number) => counting.map((_, i) => ((i + by) % 100) + 1);
    const apart = [0, 25, 50, 75].map(shifted);
    expect(calibrateWindows(hour, of(100), apart, 0.05).datasetShare).toBe(0.25);
  });

  it("gives how far beyond its threshold the farthest feature lies, each against the other windows", () => {
    // The 96 smallest stand against 96, the others against 95: the 97th of the ratios is 97 / 95 as in their own order.
    const one = calibrateWindows(hour, of(100), [counting], 0.05);
    expect(one.datasetRatio).toBe(97 / 95);
    const uniform = seededUniform(2);
    const columns = Array.from({ length: 5 }, () => Float64Array.from({ length: 120 }, () => uniform() ** 3));
    const { datasetShare, datasetRatio } = calibrateWindows(hour, of(120), columns, 0.1);
    const slow = Array.from({ length: 120 }, (_, w) => {
      const own = columns.map((column) => {
        const others = conformalThreshold(
          column.filter((_, v) => v !== w),
          0.1,
        )!;
        return column[w]! / others;
      });
      return { share: own.filter((ratio) => ratio > 1).length / 5, ratio: Math.max(...own) };
    });
    expect({ share: datasetShare, ratio: datasetRatio }).toEqual(
      jointThresholds(
        Float64Array.from(slow, ({ share }) => share),
        Float64Array.from(slow, ({ ratio }) => ratio),
        0.1,
      ),
    );
  });

  it("says how many windows there are when they are too few", () => {
    const few = calibrateWindows(day, of(18), [counting.subarray(0, 18)], 0.05);
    expect(few).toMatchObject({ nullWindows: 18, alpha: 0.05, thresholds: null, datasetShare: null });
    expect(few.reason).toBe("18 training windows of 24h, at least 19 needed");
    expect(calibrateWindows(day, of(0), [], 0.05).reason).toBe("0 training windows of 24h, at least 19 needed");
  });

  it("promises of few windows the lowest rate that they can, and says how sure that is", () => {
    const few = calibrateWindows(hour, of(20), [counting.subarray(0, 20)], 0.05);
    expect(few).toMatchObject({ nullWindows: 20, alpha: 4 / 21, thresholds: [18] });
    expect(few.reason).toBe(
      "20 training windows of 1h: a false-alarm rate of 19 %, below 34.4 % with 95 % certainty; 5 % needs 100",
    );
    const strict = calibrateWindows(hour, of(100), [counting], 0.005);
    expect(strict).toMatchObject({ alpha: 4 / 101 });
    expect(strict.reason).toContain("0.5 % needs 599");
    // Enough for the rate, but not to be as sure of it as usual.
    expect(calibrateWindows(hour, of(80), [counting.subarray(0, 80)], 0.05)).toMatchObject({ alpha: 0.05 });
  });

  it("is not calibrated by many symbols over a few hours", () => {
    const few = calibrateWindows(hour, { windows: 100, times: 10 }, [counting], 0.05);
    expect(few).toMatchObject({ nullWindows: 10, thresholds: null });
    expect(few.reason).toBe("10 training windows of 1h, at least 19 needed");
  });

  it("gives no threshold to a feature with values in few windows, and does not count it", () => {
    const rare = counting.map((x, i) => (i < 99 ? NaN : x));
    const { thresholds, datasetShare } = calibrateWindows(hour, of(100), [counting, rare], 0.05);
    expect(thresholds).toEqual([96, null]);
    expect(datasetShare).toBe(1);
    expect(calibrateWindows(hour, of(100), [rare, rare], 0.05)).toMatchObject({
      thresholds: null,
      reason: "0 training windows of 1h with values, at least 100 needed",
    });
  });

  it("never alarms on a feature that is constant", () => {
    const zero = new Float64Array(120);
    const { thresholds, datasetShare, datasetRatio } = calibrateWindows(hour, of(120), [zero, zero], 0.05);
    expect([thresholds, datasetShare, datasetRatio]).toEqual([[0, 0], 0, 0]);
  });

  it.each([
    [200, 0],
    [200, 0.5],
    [200, 1],
    [20, 0],
    [20, 0.5],
    [20, 1],
  ])("holds the stated rate for the dataset on new windows, from %i, features in step by %f", (count, step) => {
    const uniform = seededUniform(11);
    let alarms = 0;
    let stated = NaN;
    const runs = 600;
    for (let run = 0; run < runs; run++) {
      // Eight features; so much of what moves each is common to all.
      const windows = Array.from({ length: count + 1 }, () => {
        const common = uniform();
        return Array.from({ length: 8 }, () => step * common + (1 - step) * uniform());
      });
      const distances = Array.from({ length: 8 }, (_, f) =>
        Float64Array.from({ length: count }, (_, w) => windows[w]![f]!),
      );
      const { alpha, thresholds, datasetShare, datasetRatio } = calibrateWindows(hour, of(count), distances, 0.1);
      stated = alpha;
      const drifted = windows[count]!.filter((x, f) => x > thresholds![f]!).length / 8;
      const { ratio } = largestRatio(windows[count]!, thresholds!)!;
      if (drifted > datasetShare! || ratio > datasetRatio!) alarms += 1;
    }
    expect(stated).toBeCloseTo(count === 20 ? 4 / 21 : 0.1, 10);
    expect(alarms / runs).toBeLessThan(stated + 3 * Math.sqrt((stated * (1 - stated)) / runs));
    expect(alarms / runs).toBeGreaterThan(stated / 3);
  });
});
