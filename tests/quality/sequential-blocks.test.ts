import { describe, expect, it } from "vitest";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import { lagBlocks, minRows, poolBlocks } from "../../src/quality/promotion/sequential-blocks.ts";

const RULE = { throughBlock: null, lagBlocks: 4, minRows: 420 };

function gain(block: number, changes: Partial<BlockGain> = {}): BlockGain {
  const sums = { gainSum: 8.4, betSum: 8, bound: 40 };
  return { block, rows: 840, ...sums, positives: 80, episodes: 2, complete: true, ...changes };
}

/** Blocks `from` to `to`, the last one open. */
function blocks(from: number, to: number, changes: Partial<BlockGain> = {}): BlockGain[] {
  return Array.from({ length: to - from + 1 }, (_, i) => gain(from + i, { ...changes, complete: from + i < to }));
}

describe("which blocks are decided", () => {
  it("are those that ended at least four blocks before the newest one: up to 7 when 12 is the newest", () => {
    const { blocks: decided, throughBlock } = poolBlocks([blocks(3, 12)], RULE);
    expect(decided.map(({ block }) => block)).toEqual([3, 4, 5, 6, 7]);
    expect(throughBlock).toBe(7);
  });

  it("are none twice: what comes later for a decided block is not looked at", () => {
    const rule = { ...RULE, throughBlock: 7 };
    expect(poolBlocks([blocks(3, 12, { gainSum: 500 })], rule)).toEqual({ blocks: [], throughBlock: 7 });
    const late = [blocks(3, 14), blocks(1, 9, { gainSum: 500 })];
    const { blocks: decided, throughBlock } = poolBlocks(late, rule);
    expect(decided.map(({ block }) => block)).toEqual([8, 9]);
    expect(decided[0]!.gain).toBeCloseTo((8.4 + 500) / 1680, 12);
    expect(throughBlock).toBe(9);
  });

  it("are none while there is nothing, or only the newest block", () => {
    expect(poolBlocks([], RULE)).toEqual({ blocks: [], throughBlock: null });
    expect(poolBlocks([[], []], RULE)).toEqual({ blocks: [], throughBlock: null });
    expect(poolBlocks([[gain(5)]], RULE)).toEqual({ blocks: [], throughBlock: 0 });
  });

  it("are the same whether they were decided one after another or all at once", () => {
    const symbols = [blocks(0, 40), blocks(5, 33, { gainSum: -3 })];
    const atOnce = poolBlocks(symbols, RULE).blocks;
    const steps: typeof atOnce = [];
    let throughBlock: number | null = null;
    for (let newest = 0; newest <= 40; newest++) {
      const known = symbols.map((list) => list.filter(({ block }) => block <= newest));
      const step = poolBlocks(known, { ...RULE, throughBlock });
      steps.push(...step.blocks);
      throughBlock = step.throughBlock;
    }
    expect(steps).toEqual(atOnce);
  });
});

describe("what a block holds", () => {
  it("is one gain per row over all symbols that have enough of it, and the most episodes of any", () => {
    const symbols = [
      [gain(0, { rows: 840, gainSum: 4.2, positives: 10, episodes: 3 }), gain(9)],
      [gain(0, { rows: 420, gainSum: -0.84, positives: 7, episodes: 5 })],
      [gain(0, { rows: 419, gainSum: 100 })],
      [gain(0, { complete: false, gainSum: 100 })],
      [gain(0, { gainSum: NaN })],
    ];
    const [first, ...others] = poolBlocks(symbols, RULE).blocks;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ block: 0, rows: 1260, positives: 17, episodes: 5 });
    expect(first!.gain).toBeCloseTo(3.36 / 1260, 12);
  });

  it("is nothing where no symbol has enough: the block is passed over for good", () => {
    const hole = [gain(0), gain(1, { rows: 100 }), gain(2), gain(12)];
    const { blocks: decided, throughBlock } = poolBlocks([hole], RULE);
    expect(decided.map(({ block }) => block)).toEqual([0, 2]);
    expect(throughBlock).toBe(7);
  });

  it("is what a symbol reported last where it reports a block twice", () => {
    const { blocks: decided } = poolBlocks([[gain(0, { gainSum: 1 }), gain(0, { gainSum: 42 }), gain(9)]], RULE);
    expect(decided).toMatchObject([{ block: 0, gain: 0.05 }]);
  });
});

describe("the waiting time and the filling that blocks need", () => {
  it("is an hour and at least one block, and half of what can be there", () => {
    expect([lagBlocks(1000), lagBlocks(60_000), lagBlocks(100)]).toEqual([4, 1, 40]);
    expect([minRows(60), minRows(1), minRows(300), minRows(900), minRows(3600)]).toEqual([420, 450, 300, 1, 1]);
  });
});

describe("what is bet on", () => {
  it("is the sum of the gains that count over the sum of their bounds, of all symbols", () => {
    const symbols = [blocks(3, 12), blocks(3, 12, { betSum: -2, bound: 10 })];
    const [first] = poolBlocks(symbols, RULE).blocks;
    expect(first!.bet).toBeCloseTo((8 - 2) / (40 + 10), 12);
    expect(poolBlocks([...symbols].reverse(), RULE).blocks[0]!.bet).toBe(first!.bet);
  });

  it("is nothing where two equal models have nothing to gain, and no block with a bound that is no number", () => {
    expect(poolBlocks([blocks(3, 12, { gainSum: 0, betSum: 0, bound: 0 })], RULE).blocks[0]!.bet).toBe(0);
    expect(poolBlocks([blocks(3, 12, { bound: NaN })], RULE).blocks).toEqual([]);
  });
});
