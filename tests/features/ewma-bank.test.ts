import { describe, expect, it } from "vitest";
import { EwmaBank } from "../../src/features/ewma-bank.ts";
import { Ewma } from "../../src/features/ewma.ts";
import { linearCongruential } from "./linear-congruential.ts";

describe("EwmaBank", () => {
  it("gives the example of its comment", () => {
    const bank = new EwmaBank([1, 2]);
    bank.update(4);
    bank.update(1);
    expect(bank.value(0, 1)).toBe(2);
  });

  it("is one Ewma a half-life bit for bit, through missing values and a reset", () => {
    const halfLives = [1, 2.5, 60, 900];
    const bank = new EwmaBank(halfLives);
    const each = halfLives.map((halfLife) => new Ewma(halfLife));
    const next = linearCongruential(3);
    for (let i = 0; i < 900; i++) {
      const x = i % 7 === 3 ? NaN : (next() >>> 8) / 1e6;
      bank.update(x);
      for (const ewma of each) ewma.update(x);
      if (i === 500) {
        bank.reset();
        for (const ewma of each) ewma.reset();
      }
      expect(halfLives.map((_, k) => bank.value(k, 1))).toEqual(each.map((ewma) => ewma.value));
      expect(bank.count).toBe(each[0]!.count);
    }
  });

  it("has no value from too few", () => {
    const bank = new EwmaBank([3]);
    bank.update(1);
    expect([bank.value(0, 2), bank.value(0, 1)]).toEqual([NaN, 1]);
  });
});
