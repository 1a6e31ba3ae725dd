import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockBudget, type BlockBudgetState, gainBound } from "../../../src/quality/evidence/block-budget.ts";

describe("the bound of a row's gain", () => {
  it("is the larger gain in size over both labels, as 0.3 against 0.1 shows", () => {
    expect(gainBound(0.3, 0.1)).toBeCloseTo(0.32, 12);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (p, q) => {
        const gains = [0, 1].map((y) => Math.abs((p - y) ** 2 - (q - y) ** 2));
        expect(gainBound(p, q)).toBeCloseTo(Math.max(...gains), 12);
        expect(gainBound(p, q)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("a block's budget", () => {
  it("lets each row gain 1 in the first block, and 1.25 times the mean bound after it", () => {
    const budget = new BlockBudget();
    for (let i = 0; i < 899; i++) expect(budget.take(5, 899, 0.04)).toBe(true);
    expect(budget.budget).toBe(899);
    budget.take(6, 899, 0.04);
    expect(budget.budget).toBeCloseTo(44.95, 10);
  });

  it("takes rows in order while they fit, and never more than the budget", () => {
    const budget = new BlockBudget();
    for (let i = 0; i < 10; i++) budget.take(0, 10, 0.1);
    // Of a budget of 1.25 six rows of 0.2 take 1.2; a seventh does not fit, one of 0.04 still does.
    const taken = [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.04, 0.04].map((bound) => budget.take(1, 10, bound));
    expect(taken).toEqual([true, true, true, true, true, true, false, true, false]);
  });

  it("does not depend on the block's own bounds, so that it was known before the first row", () => {
    const first = new BlockBudget();
    const second = new BlockBudget();
    for (const one of [first, second]) for (let i = 0; i < 10; i++) one.take(0, 10, 0.1);
    first.take(1, 10, 0.9);
    second.take(1, 10, 0.001);
    expect(first.budget).toBe(second.budget);
  });

  it("follows bounds that grow, within some blocks", () => {
    const budget = new BlockBudget();
    for (let i = 0; i < 10; i++) budget.take(0, 10, 0.01);
    const shares = Array.from({ length: 30 }, (_, block) => {
      return Array.from({ length: 10 }, () => budget.take(block + 1, 10, 0.1)).filter(Boolean).length / 10;
    });
    expect(shares[0]).toBe(0.1);
    expect(shares.at(-1)).toBe(1);
  });

  it("forgets all but the last two blocks, to the last bit", () => {
    const early = new BlockBudget();
    const late = new BlockBudget();
    const bound = (i: number): number => 0.05 + 0.04 * Math.sin(i * i);
    for (let i = 0; i < 200; i++) early.take(Math.floor(i / 20), 20, bound(i));
    for (let i = 151; i < 200; i++) late.take(Math.floor(i / 20), 20, bound(i));
    for (const one of [early, late]) one.take(10, 20, 0.01);
    expect(late.toJSON()).toEqual(early.toJSON());
  });

  it("gives two equal models the whole row, because nothing bounds a later difference", () => {
    const budget = new BlockBudget();
    for (let i = 0; i < 10; i++) budget.take(0, 10, 0);
    budget.take(1, 10, 0.5);
    expect(budget.budget).toBe(10);
  });

  it("goes on from its state exactly as if it had never stopped", () => {
    const whole = new BlockBudget();
    let parts = new BlockBudget();
    for (let i = 0; i < 200; i++) {
      const bound = 0.05 + 0.04 * Math.sin(i);
      expect(parts.take(Math.floor(i / 20), 20, bound)).toBe(whole.take(Math.floor(i / 20), 20, bound));
      parts = new BlockBudget(JSON.parse(JSON.stringify(parts)) as BlockBudgetState);
    }
    expect(parts.toJSON()).toEqual(whole.toJSON());
  });
});
