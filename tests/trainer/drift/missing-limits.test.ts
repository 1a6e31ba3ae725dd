import { describe, expect, it } from "vitest";
import { presenceChange } from "../../../src/drift/presence-change.ts";
import { calibrateWindows } from "../../../trainer/drift/calibrate-windows.ts";
import { missingLimits } from "../../../trainer/drift/missing-limits.ts";
import { driftWindowPlan } from "../../../src/drift/drift-window-plan.ts";
import { seededUniform } from "../volatile-ticks.ts";

const RATES = { alpha: 0.05, stated: 0.05, isOfOne: true };

/** Shares of windows of 60 rows, of which the first `bad` have no value. */
function column(count: number, bad: number, usual = 0, name = "imbalance") {
  const shares = Float64Array.from({ length: count }, (_, w) => (w < bad ? 1 : usual));
  return { name, missingShare: shares.reduce((a, b) => a + b, 0) / count, shares };
}

function windows(count: number, symbols: ArrayLike<number> = new Uint8Array(count)) {
  return { rows: new Int32Array(count).fill(60), symbols, minRows: 30 };
}

const total = (flags: Uint8Array): number => flags.reduce((a, b) => a + b, 0);

describe("missingLimits", () => {
  it.each([
    [119, 1],
    [119, 2],
    [17_505, 400],
  ])("of %d windows take no notice of %d without a value", (count, bad) => {
    const { most, least, changed } = missingLimits([column(count, bad)], windows(count), RATES);
    expect([most, least, total(changed)]).toEqual([[0], [0], bad]);
    const hour = { rows: 60, present: 0, minRows: 30 };
    expect(presenceChange(hour, { missingShare: 0 }, { most: most[0]!, least: least[0]! })).toBe("vanished");
  });

  it("are the extremes where more than half of the rate would be beyond them, and say what is beyond all the same", () => {
    const { most, changed } = missingLimits([column(119, 5)], windows(119), RATES);
    expect([most, total(changed)]).toEqual([[1], 0]);
    // 24 windows have limits for a higher rate: one of them may be bad.
    const few = { alpha: 3 / 25, stated: 4 / 25, isOfOne: false };
    expect(missingLimits([column(24, 1)], windows(24), few)).toMatchObject({ most: [0] });
    expect(missingLimits([column(24, 2)], windows(24), few).most).toEqual([1]);
  });

  it("hold half of the rate for all columns together, though each is gone in windows of its own", () => {
    const columns = Array.from({ length: 20 }, (_, c) => {
      const shares = new Float64Array(1999).fill(0.1);
      for (let i = 0; i < 12; i++) shares[100 * i + c] = 0.9;
      return { name: `c${c}`, missingShare: 0.1, shares };
    });
    const { most, changed } = missingLimits(columns, windows(1999), { ...RATES, isOfOne: false });
    // 240 of 1,999 windows at the rate of each column alone.
    expect(total(changed)).toBeLessThanOrEqual(49);
    expect(new Set(most)).toEqual(new Set([0.9]));
  });

  it("are mirrored for a column that training windows did not have", () => {
    const shares = Float64Array.from({ length: 119 }, (_, w) => (w < 2 ? 0.2 : 1));
    const { least } = missingLimits([{ name: "imbalance", missingShare: 0.99, shares }], windows(119), RATES);
    expect(least).toEqual([1]);
  });

  it("are the widest of several symbols, so that one without the column is not drift for ever", () => {
    const symbols = Uint8Array.from({ length: 2000 }, (_, w) => (w < 40 ? 1 : 0));
    const { most, changed } = missingLimits([column(2000, 40)], windows(2000, symbols), { ...RATES, isOfOne: false });
    expect([most, total(changed)]).toEqual([[1], 0]);
    const oneHour = missingLimits([column(2000, 1)], windows(2000, symbols), { ...RATES, isOfOne: false });
    expect(oneHour.most).toEqual([0]);
  });

  it("do not count the scores or the symbol's own spikes as gone", () => {
    for (const name of ["probability", "since_last_spike"]) {
      expect(total(missingLimits([column(119, 2, 0, name)], windows(119), RATES).changed)).toBe(0);
    }
  });
});

describe("the false-alarm rate of distances and presence together", () => {
  it.each([0, 0.01, 0.02, 0.04, 0.1])("is the stated one where %f of all windows have no quotes", (goneShare) => {
    const plan = driftWindowPlan(60_000)[0]!;
    const uniform = seededUniform(11);
    let [alarms, judged, stated] = [0, 0, 0];
    for (let run = 0; run < 60; run++) {
      const count = 150;
      const more = 40;
      const gone = Array.from({ length: count + more }, () => uniform() < goneShare);
      const distances = [0, 1, 2].map((c) => {
        return Float64Array.from({ length: count + more }, (_, w) => (c === 0 && gone[w]! ? NaN : uniform() ** 2));
      });
      const shares = Float64Array.from(gone, Number);
      const missingShare = shares.subarray(0, count).reduce((a, b) => a + b, 0) / count;
      const presence = [0, 1, 2].map((c) => {
        return { name: `c${c}`, missingShare: c === 0 ? missingShare : 0, shares: c === 0 ? shares.slice(0, count) : new Float64Array(count) }; // prettier-ignore
      });
      const limits = missingLimits(presence, windows(count), RATES);
      const known = distances.map((all) => all.slice(0, count));
      const window = calibrateWindows(plan, { windows: count, times: count }, known, 0.05, limits.changed);
      stated += window.alpha / 60;
      for (let w = count; w < count + more; w++) {
        judged += 1;
        const beyond = distances.flatMap((all, c) =>
          Number.isFinite(all[w]) ? [all[w]! / window.thresholds![c]!] : [],
        );
        const share = beyond.filter((ratio) => ratio > 1).length / beyond.length;
        const hasVanished = gone[w]! && (limits.most[0]! < 1 || missingShare < window.alpha / 2);
        if (hasVanished || share > window.datasetShare! || Math.max(...beyond) > window.datasetRatio!) alarms += 1;
      }
    }
    const error = Math.sqrt((0.05 * 0.95) / judged);
    expect(stated).toBeLessThan(0.051);
    expect(alarms / judged).toBeLessThan(stated + 2 * error);
  });
});
