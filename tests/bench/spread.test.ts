// The middle, the quartiles and the ends of several rounds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentile } from "../../bench/core/percentile.ts";
import { spreadOf } from "../../bench/core/spread.ts";

describe("the spread of rounds", () => {
  it("interpolates between two values, as numpy.quantile does", () => {
    // numpy.quantile([1, 2, 3, 10], [0.25, 0.5, 0.75]) is [1.75, 2.5, 4.75].
    expect(spreadOf([10, 1, 3, 2])).toEqual({ count: 4, median: 2.5, q1: 1.75, q3: 4.75, least: 1, most: 10 });
    expect(spreadOf([7])).toEqual({ count: 1, median: 7, q1: 7, q3: 7, least: 7, most: 7 });
  });

  it("does not hang on the order, and keeps its own", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const { count, ...of } = spreadOf(values);
        expect(count).toBe(values.length);
        expect({ count, ...of }).toEqual(spreadOf(values.toReversed()));
        const ordered = [of.least, of.q1, of.median, of.q3, of.most];
        expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
      }),
    );
  });

  it("refuses no value and a value that is not finite", () => {
    expect(() => spreadOf([])).toThrow("values: got none, expected one or more");
    expect(() => spreadOf([1, NaN])).toThrow("values: got NaN, expected finite numbers");
    expect(() => spreadOf([1, Infinity])).toThrow("values: got Infinity, expected finite numbers");
  });
});

describe("a percentile of latencies", () => {
  it("is one of them: that below which the share lies", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 51, 100, 100]);
    expect(percentile([3], 0.99)).toBe(3);
    expect(() => percentile([], 0.5)).toThrow("values: got none, expected one or more");
  });
});
