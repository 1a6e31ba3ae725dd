import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RollingExtremum } from "../../src/features/rolling-extremum.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

function naive(values: readonly number[], window: number, sign: 1 | -1): number {
  const existing = values.slice(-window).filter((x) => !Number.isNaN(x));
  if (existing.length === 0) return NaN;
  return sign === 1 ? Math.max(...existing) : Math.min(...existing);
}

describe("RollingExtremum", () => {
  it("gives the documented example", () => {
    const max = new RollingExtremum(2, 1);
    for (const x of [5, 3, 4]) max.push(x);
    expect(max.value).toBe(4);
  });

  it("equals the batch extremum of the window after every push, holes and ties included", () => {
    const value = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -6, max: 6 }) }, fc.constant(NaN));
    const values = fc.array(value, { maxLength: 80, size: "max" });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), fc.constantFrom(1 as const, -1 as const), (xs, w, sign) => {
        const extremum = new RollingExtremum(w, sign);
        xs.forEach((x, i) => {
          extremum.push(x);
          expect(extremum.value + 0).toBe(naive(xs.slice(0, i + 1), w, sign) + 0);
        });
      }),
    );
  });

  it("is NaN when empty and when every value of the window is missing", () => {
    const max = new RollingExtremum(3, 1);
    expect(max.value).toBeNaN();
    max.push(7);
    for (let i = 0; i < 3; i++) max.push(NaN);
    expect(max.value).toBeNaN();
  });

  it("keeps one value, a run of equal values, and drops a spike with its window", () => {
    const max = new RollingExtremum(3, 1);
    max.push(2);
    expect(max.value).toBe(2);
    for (let i = 0; i < 9; i++) max.push(2);
    expect(max.value).toBe(2);
    max.push(1e12);
    max.push(2);
    max.push(2);
    expect(max.value).toBe(1e12);
    max.push(2);
    expect(max.value).toBe(2);
  });

  it("continues after a snapshot taken anywhere, and is as new after a reset", () => {
    const xs = [3, 9, NaN, 1, 1, 4, 8, 2, NaN, 7, 5, 5, 0];
    for (let cut = 0; cut <= xs.length; cut++) {
      const whole = new RollingExtremum(4, -1);
      xs.slice(0, cut).forEach((x) => whole.push(x));
      const to = new StateWriter();
      whole.save(to);
      const copy = new RollingExtremum(4, -1);
      copy.load(new StateReader(to.finish(null)));
      for (const x of xs.slice(cut)) {
        whole.push(x);
        copy.push(x);
        expect(copy.value).toBe(whole.value);
      }
      whole.reset();
      expect(whole.value).toBeNaN();
    }
  });

  it("refuses a window that is not a positive integer", () => {
    for (const w of [0, -1, 1.5, NaN]) expect(() => new RollingExtremum(w, 1)).toThrow(RangeError);
  });
});
