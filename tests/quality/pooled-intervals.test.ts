import { describe, expect, it } from "vitest";
import { poolIntervals } from "../../src/jobs/live-performance/pooled-intervals.ts";
import { ROW_WIDTH, addToRow } from "../../src/quality/figure-row.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import type { BlockRows } from "../../src/quality/window-tables.ts";
import { integers } from "../worker/market.ts";

describe("intervals pooled over symbols", () => {
  /** Some blocks of 60 steps each; probabilities follow the outcomes a little. */
  function symbolRows(firstBlock: number, blocks: number, seed: number): BlockRows {
    const below = integers(seed);
    const rows = new Float64Array(blocks * ROW_WIDTH);
    const bins = new ScoreBins(0.3);
    for (let b = 0; b < blocks; b++) {
      for (let i = 0; i < 60; i++) {
        const label = below(10) < 1 + (b % 4) ? 1 : 0;
        const probability = (below(60) + 25 * label) / 100;
        addToRow(rows, b * ROW_WIDTH, bins.bin(probability), probability, label);
      }
    }
    return { firstBlock, rows };
  }

  it("are as wide for a symbol and its copy as for the symbol alone", () => {
    const one = symbolRows(7, 12, 1);
    const alone = poolIntervals([one]);
    const doubled = poolIntervals([one, one]);
    expect(alone.blocks).toBe(12);
    for (const name of ["prAuc", "lift", "rocAuc", "brier", "ece"] as const) {
      const [a, b] = [alone.figures[name]!, doubled.figures[name]!];
      expect(a.low, name).toBeLessThan(a.value);
      expect(a.value, name).toBeLessThan(a.high);
      // The order within a score bin is a matter of chance, which more steps narrow: curves differ by that much.
      const digits = name === "prAuc" || name === "lift" ? 2 : 12;
      for (const end of ["value", "low", "high"] as const) expect(b[end], name).toBeCloseTo(a[end], digits);
    }
    expect(poolIntervals([one])).toEqual(alone);
  });

  it("put rows of the same block of time together, whenever each symbol began", () => {
    const one = symbolRows(7, 12, 1);
    const early = { firstBlock: 7, rows: one.rows.slice(0, 5 * ROW_WIDTH) };
    const late = { firstBlock: 12, rows: one.rows.slice(5 * ROW_WIDTH) };
    expect(poolIntervals([late, early])).toEqual(poolIntervals([one]));
  });

  it("are none with fewer than two blocks of time, however many symbols there are", () => {
    const none = { prAuc: null, lift: null, rocAuc: null, brier: null, ece: null };
    expect(poolIntervals([symbolRows(7, 1, 1), symbolRows(7, 1, 2)])).toEqual({ blocks: 1, figures: none });
    expect(poolIntervals([])).toEqual({ blocks: 0, figures: none });
  });
});
