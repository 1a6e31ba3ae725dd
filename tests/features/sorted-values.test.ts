import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedValues } from "../../src/features/sorted-values.ts";

/** NumPy's linear quantile, by sorting. */
function naive(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const h = (sorted.length - 1) * p;
  const j = Math.floor(h);
  return sorted.length === 0 ? NaN : sorted[j]! + (h - j) * ((sorted[j + 1] ?? sorted[j]!) - sorted[j]!);
}

describe("SortedValues", () => {
  it("has the type-7 quantiles of what was inserted, removed and replaced", () => {
    const changes = fc.array(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(1000)), { maxLength: 200, size: "max" });
    fc.assert(
      fc.property(changes, fc.nat(20), (list, capacity) => {
        const sorted = new SortedValues(Math.max(1, capacity));
        const values: number[] = [];
        for (const [what, value, place] of list) {
          const at = place % Math.max(1, values.length);
          if (values.length === 0 || what < 2) {
            sorted.insert(value);
            values.push(value);
          } else if (what === 2) sorted.remove(values.splice(at, 1)[0]!);
          else sorted.replace(values.splice(at, 1, value)[0]!, value);
          expect(sorted.size).toBe(values.length);
          for (const p of [0, 0.3, 0.9, 1]) expect(sorted.quantile(p)).toBe(naive(values, p));
        }
      }),
    );
  });

  it("takes other values all at once", () => {
    const sorted = new SortedValues(2);
    sorted.insert(7);
    sorted.fill(Float64Array.of(5, 1, 4, 2, 3));
    expect([sorted.size, sorted.quantile(0.9)]).toEqual([5, 4.6]);
    sorted.fill(new Float64Array(0));
    expect([sorted.size, sorted.quantile(0.5)]).toEqual([0, NaN]);
  });
});
