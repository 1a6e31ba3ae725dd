import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockExtremes } from "../../src/features/block-extremes.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

const PRICES = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(NaN)), { minLength: 1, maxLength: 120 });

describe("BlockExtremes", () => {
  it("gives the example of its comment", () => {
    const blocks = new BlockExtremes(2, [2]);
    [5, 3, 4, 2, 1].forEach((x, i) => blocks.update(i, x, x));
    expect([blocks.high(0), blocks.low(0)]).toEqual([4, 1]);
  });

  it("equals the extremes of the blocks of the grid, wherever the steps begin, also after a restart", () => {
    fc.assert(
      fc.property(PRICES, fc.nat(50), fc.integer({ min: 1, max: 7 }), fc.nat(120), (prices, first, size, cut) => {
        let blocks = new BlockExtremes(size, [2, 5]);
        prices.forEach((x, i) => {
          blocks.update(first + i, x, x);
          if (i === cut) {
            const to = new StateWriter();
            blocks.save(to);
            blocks = new BlockExtremes(size, [2, 5]);
            blocks.load(new StateReader(to.finish(null)));
          }
          [2, 5].forEach((window, k) => {
            const least = Math.floor((first + i) / size) - window + 1;
            const inside = prices.slice(0, i + 1).filter((_, j) => Math.floor((first + j) / size) >= least);
            const known = inside.filter((p) => !Number.isNaN(p));
            expect(blocks.high(k)).toBe(known.length > 0 ? Math.max(...known) : NaN);
            expect(blocks.low(k)).toBe(known.length > 0 ? Math.min(...known) : NaN);
          });
        });
      }),
    );
  });

  it("has no value after a reset, and begins where it is told", () => {
    const blocks = new BlockExtremes(3, [2]);
    blocks.update(0, 9, 1);
    blocks.reset();
    expect([blocks.high(0), blocks.low(0)]).toEqual([NaN, NaN]);
    blocks.update(6, 4, 4);
    expect([blocks.high(0), blocks.low(0)]).toEqual([4, 4]);
  });
});
