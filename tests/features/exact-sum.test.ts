import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum } from "../../src/features/exact-sum.ts";

function sumOf(terms: readonly number[]): number {
  const sum = new ExactSum();
  for (const x of terms) sum.add(x);
  return sum.value;
}

describe("ExactSum", () => {
  it("gives the example of its comment", () => {
    expect([sumOf([0.1, 0.2, 0.3]), sumOf([0.3, 0.2, 0.1]), 0.1 + 0.2 + 0.3]).toEqual([0.6, 0.6, 0.6000000000000001]);
  });

  it("does not depend on the order, however different the terms are", () => {
    const amount = fc.oneof(
      fc.double({ min: 0, max: 1e-6, noNaN: true }),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 1e18, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (terms, keys) => {
        const shuffled = terms.map((x) => [keys.next().value, x] as const).sort((a, b) => a[0] - b[0]);
        expect(sumOf(shuffled.map(([, x]) => x))).toBe(sumOf(terms));
      }),
    );
  });

  it("is the sum of whole numbers of 2^-64 rounded once, as whole numbers of any length give it", () => {
    const part = fc.nat({ max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { maxLength: 40 }), (pairs) => {
        const terms = pairs.map(([whole, low]) => whole + low / 2 ** 21);
        const exact = pairs.reduce((sum, [whole, low]) => sum + BigInt(whole) * 2n ** 21n + BigInt(low), 0n);
        expect(sumOf(terms)).toBe(Number(exact) / 2 ** 21);
      }),
    );
  });

  it("is 0 without terms, and again after a reset", () => {
    const sum = new ExactSum();
    expect(sum.value).toBe(0);
    sum.add(5e12);
    sum.reset();
    expect(sum.value).toBe(0);
  });
});
