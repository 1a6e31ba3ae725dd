import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ewma } from "../../src/features/ewma.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

/** Σ ½^(j/halfLife) x_{t−j} / Σ ½^(j/halfLife) over the values that exist. */
function naive(values: readonly number[], halfLife: number): number {
  const newestFirst = values.filter((x) => !Number.isNaN(x)).reverse();
  const weights = newestFirst.map((_, j) => Math.pow(0.5, j / halfLife));
  const weighted = newestFirst.reduce((sum, x, j) => sum + x * weights[j]!, 0);
  return weighted / weights.reduce((a, b) => a + b, 0);
}

describe("Ewma", () => {
  it("gives the documented example", () => {
    const ewma = new Ewma(1);
    ewma.update(4);
    ewma.update(1);
    expect(ewma.value).toBeCloseTo(2, 14);
  });

  it("equals the batch weighted mean after every update, a NaN ageing nothing", () => {
    const value = fc.oneof({ weight: 4, arbitrary: fc.double({ min: 0, max: 1e3, noNaN: true }) }, fc.constant(NaN));
    const halfLife = fc.constantFrom(0.5, 1, 3, 15, 900);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 80, size: "max" }), halfLife, (values, h) => {
        const ewma = new Ewma(h);
        values.forEach((x, i) => {
          ewma.update(x);
          const soFar = values.slice(0, i + 1);
          const expected = naive(soFar, h);
          expect(ewma.count).toBe(soFar.filter((y) => !Number.isNaN(y)).length);
          if (Number.isNaN(expected)) expect(ewma.value).toBeNaN();
          else expect(Math.abs(ewma.value - expected)).toBeLessThanOrEqual(1e-10 * (1 + expected));
        });
      }),
    );
  });

  it("is NaN before the first value and that value after it", () => {
    const ewma = new Ewma(60);
    expect(ewma.value).toBeNaN();
    ewma.update(NaN);
    expect([ewma.value, ewma.count]).toEqual([NaN, 0]);
    ewma.update(0.25);
    expect([ewma.value, ewma.count]).toEqual([0.25, 1]);
  });

  it("keeps the value of a series that is all equal", () => {
    const ewma = new Ewma(15);
    for (let i = 0; i < 5000; i++) ewma.update(0.3);
    expect(ewma.value).toBeCloseTo(0.3, 14);
  });

  it("halves the weight of a spike with every half-life", () => {
    const ewma = new Ewma(10);
    for (let i = 0; i < 400; i++) ewma.update(0);
    ewma.update(1);
    const atSpike = ewma.value;
    for (let i = 0; i < 30; i++) ewma.update(0);
    expect(ewma.value / atSpike).toBeCloseTo(0.125, 9);
  });

  it("continues after a snapshot, and is as new after a reset", () => {
    const ewma = new Ewma(7);
    for (let i = 0; i < 20; i++) ewma.update(i);
    const to = new StateWriter();
    ewma.save(to);
    const copy = new Ewma(7);
    copy.load(new StateReader(to.finish(null)));
    for (const x of [5, NaN, 0.1]) {
      ewma.update(x);
      copy.update(x);
      expect([copy.value, copy.count]).toEqual([ewma.value, ewma.count]);
    }
    ewma.reset();
    expect([ewma.value, ewma.count]).toEqual([NaN, 0]);
  });

  it("refuses a half-life that is not a finite number above 0", () => {
    for (const h of [0, -1, NaN, Infinity]) expect(() => new Ewma(h)).toThrow(RangeError);
  });
});
