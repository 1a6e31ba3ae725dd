import { describe, expect, it } from "vitest";
import { poolIntervals as poolAbout } from "../../src/jobs/live-performance/pooled-intervals.ts";
import { figuresOfRow } from "../../src/quality/figures-of-row.ts";
import { ROW_WIDTH, addToRow } from "../../src/quality/figure-row.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import type { BlockRows } from "../../src/quality/window-tables.ts";
import { integers } from "../worker/market.ts";

const NOTHING = { prAuc: null, lift: null, rocAuc: null, brier: 0, ece: 0 };

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

  /** The intervals about the figures of the rows' own score bins. */
  function poolIntervals(symbols: readonly BlockRows[]) {
    const sum = new Float64Array(ROW_WIDTH);
    for (const { rows } of symbols.toSorted((a, b) => a.firstBlock - b.firstBlock))
      rows.forEach((x, j) => (sum[j % ROW_WIDTH]! += x));
    return poolAbout(symbols, symbols.length === 0 ? NOTHING : figuresOfRow(sum));
  }

  it("lie about the given figures, whatever the score bins give", () => {
    const one = symbolRows(7, 12, 1);
    const { prAuc: own } = poolIntervals([one]).figures;
    const figures = { prAuc: 0.5, lift: 2, rocAuc: 0.7, brier: 0.1, ece: 0.02 };
    const { prAuc, brier } = poolAbout([one], figures).figures;
    expect([prAuc!.value, brier!.value]).toEqual([0.5, 0.1]);
    // On the scale of logits the error of a share is that of the share over p(1 − p), about.
    const width = (figure: { low: number; high: number }): number => figure.high - figure.low;
    expect(width(prAuc!) / width(own!)).toBeGreaterThan(0.8);
    expect(width(prAuc!) / width(own!)).toBeLessThan(1.25);
    expect(poolAbout([one], { ...figures, prAuc: null }).figures.prAuc).toBeNull();
  });

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
