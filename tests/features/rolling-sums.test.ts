import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RollingSums } from "../../src/features/rolling-sums.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

const WINDOWS = [1, 3, 8, 20];

function naive(values: readonly number[], window: number): { sum: number; count: number } {
  const existing = values.slice(-window).filter((x) => !Number.isNaN(x));
  return { sum: existing.reduce((a, b) => a + b, 0), count: existing.length };
}

function reloaded(sums: RollingSums): RollingSums {
  const to = new StateWriter();
  sums.save(to);
  const copy = new RollingSums(sums.windows);
  copy.load(new StateReader(to.finish(null)));
  return copy;
}

describe("RollingSums", () => {
  it("gives the documented example", () => {
    const sums = new RollingSums([2, 3]);
    for (const x of [1, 2, NaN, 4]) sums.push(x);
    expect([sums.sum(0), sums.count(0), sums.sum(1), sums.count(1)]).toEqual([4, 1, 6, 2]);
  });

  it("equals the batch sum of each window after every push, holes included", () => {
    const value = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -1000, max: 1000 }) }, fc.constant(NaN));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 90, size: "max" }), (values) => {
        const sums = new RollingSums(WINDOWS);
        values.forEach((x, i) => {
          sums.push(x);
          WINDOWS.forEach((w, k) => {
            const expected = naive(values.slice(0, i + 1), w);
            expect([sums.sum(k), sums.count(k)]).toEqual([expected.sum, expected.count]);
          });
        });
      }),
    );
  });

  it("is 0 of 0 values when empty, and its mean is NaN", () => {
    const sums = new RollingSums(WINDOWS);
    expect([sums.sum(2), sums.count(2), sums.mean(2, 0)]).toEqual([0, 0, NaN]);
  });

  it("has a mean from the minimum count on", () => {
    const sums = new RollingSums([8]);
    sums.push(6);
    sums.push(NaN);
    expect(sums.mean(0, 2)).toBeNaN();
    sums.push(8);
    expect(sums.mean(0, 2)).toBe(7);
  });

  it("stays exact on a long run of one equal value", () => {
    const sums = new RollingSums([20]);
    for (let i = 0; i < 10_000; i++) sums.push(0.1);
    expect(sums.mean(0, 20)).toBeCloseTo(0.1, 14);
  });

  it("is not affected by a spike one window after the spike has left", () => {
    const sums = new RollingSums([20]);
    const values: number[] = [];
    const push = (x: number): void => {
      values.push(x);
      sums.push(x);
    };
    for (let i = 0; i < 25; i++) push(1e-7 * (i + 1));
    push(1e15);
    for (let i = 0; i < 20; i++) push(1e-7 * (i + 3));
    for (let i = 0; i < 40; i++) {
      push(1e-7 * (i + 5));
      if (i >= 20) expect(sums.sum(0) / naive(values, 20).sum).toBeCloseTo(1, 12);
    }
  });

  it("continues after a snapshot as if it had never stopped", () => {
    const sums = new RollingSums(WINDOWS);
    for (let i = 0; i < 33; i++) sums.push(i % 5 === 0 ? NaN : i * 0.37);
    const copy = reloaded(sums);
    for (let i = 0; i < 50; i++) {
      sums.push(i / 7);
      copy.push(i / 7);
      WINDOWS.forEach((_, k) => expect([copy.sum(k), copy.count(k)]).toEqual([sums.sum(k), sums.count(k)]));
    }
  });

  it("is as new after a reset", () => {
    const used = new RollingSums(WINDOWS);
    const fresh = new RollingSums(WINDOWS);
    for (let i = 0; i < 31; i++) used.push(i);
    used.reset();
    for (let i = 0; i < 45; i++) {
      used.push(i / 3);
      fresh.push(i / 3);
      WINDOWS.forEach((_, k) => expect([used.sum(k), used.count(k)]).toEqual([fresh.sum(k), fresh.count(k)]));
    }
  });

  it("refuses windows that are not positive integers, and a length it does not keep", () => {
    expect(() => new RollingSums([])).toThrow(RangeError);
    expect(() => new RollingSums([3, 0])).toThrow("got 0");
    expect(() => new RollingSums([2.5])).toThrow(RangeError);
    expect(() => new RollingSums([3]).indexOf(4)).toThrow("got 4, expected one of 3");
  });
});
