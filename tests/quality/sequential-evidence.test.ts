import { describe, expect, it } from "vitest";
import { check } from "../../src/schemas/check.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import {
  type EvidenceState,
  evidenceSchema,
  lacksToBeShownBetter,
  promotionVerdict,
  SequentialEvidence,
} from "../../src/quality/promotion/sequential-evidence.ts";
import { Betting } from "../../src/quality/evidence/betting.ts";
import { randomGains } from "./sequential-gains.ts";

const RULE = { lagBlocks: 4, minRows: 420 };

/** Blocks whose rows could gain 0.2 in the mean. */
function blocksOf(gains: ArrayLike<number>, episodes = 1): BlockGain[] {
  const known = Array.from(gains, (d, block) => {
    const sums = { gainSum: d * 840, betSum: d * 840, bound: 0.2 * 840 };
    return { block, rows: 840, ...sums, positives: 20, episodes, complete: true };
  });
  const open = { rows: 0, gainSum: 0, betSum: 0, bound: 0, positives: 0, episodes: 0 };
  return [...known, { block: gains.length + 4, ...open, complete: false }];
}

describe("the verdict", () => {
  it("waits at first and names what is missing", () => {
    const verdict = promotionVerdict([], RULE);
    expect(verdict).toMatchObject({ verdict: "wait", eValue: 1, blocks: 0, rows: 0, episodes: 0, meanGain: null });
    expect(verdict.missing).toEqual(["e_value: 1, needs 20", "episodes: 0, needs 30"]);
  });

  it("promotes a clear gain as soon as e reaches 20, and not a block before", () => {
    const gains = new Float64Array(200).fill(0.05);
    const verdicts = Array.from({ length: 200 }, (_, n) => promotionVerdict([blocksOf(gains.subarray(0, n))], RULE));
    const first = verdicts.findIndex(({ verdict }) => verdict === "promote");
    // Each block gains a quarter of its bound: ln 20 / ln 1.225 = 14.8 at the largest stake. 30 have the episodes.
    expect(first).toBe(30);
    expect(verdicts[first - 1]!.missing).toEqual(["episodes: 29, needs 30"]);
    const bets = verdicts.findIndex(({ eValue }) => eValue >= 20);
    expect(bets).toBeGreaterThan(15);
    expect(bets).toBeLessThan(30);
  });

  it("needs a larger e value for the second comparison with a champion, and for each one after it", () => {
    const blocks = [blocksOf(new Float64Array(25).fill(0.05), 2)];
    const { eValue } = promotionVerdict(blocks, RULE);
    expect(eValue).toBeGreaterThan(40);
    expect([1, 2, 3, 4].map((tries) => promotionVerdict(blocks, RULE, tries).needs.eValue)).toEqual([20, 40, 120, 240]);
    expect(promotionVerdict(blocks, RULE, 2).verdict).toBe("promote");
    const late = promotionVerdict(blocks, RULE, 9);
    expect(late.missing).toEqual([expect.stringMatching(/^e_value: \d+(\.\d)?, needs 1440$/)]);
  });

  it("waits for episodes however large the e value is", () => {
    const verdict = promotionVerdict([blocksOf(new Float64Array(300).fill(0.05), 0)], RULE);
    expect(verdict.eValue).toBeGreaterThan(1000);
    expect([verdict.verdict, verdict.missing]).toEqual(["wait", ["episodes: 0, needs 30"]]);
  });

  it("takes symbols that move together as one: a copy of a symbol adds nothing but rows", () => {
    const gains = randomGains({ seed: 2, count: 150, mean: 0.01, deviation: 0.03, correlation: 0.3 });
    const one = promotionVerdict([blocksOf(gains)], RULE);
    const three = promotionVerdict([blocksOf(gains), blocksOf(gains), blocksOf(gains)], RULE);
    expect(three.eValue / one.eValue).toBeCloseTo(1, 9);
    expect([three.blocks, three.episodes, three.rows]).toEqual([one.blocks, one.episodes, 3 * one.rows]);
    expect(three.meanGain!.low).toBeCloseTo(one.meanGain!.low, 9);
  });
});

describe("what a person needs to be shown", () => {
  const lacks = (gains: readonly number[], episodes = 2) =>
    lacksToBeShownBetter(promotionVerdict([blocksOf(gains, episodes)], RULE));

  it("is 8 blocks, 10 episodes and an interval above 0, each named with its figure where it is not there", () => {
    expect(lacks([])).toEqual([
      "blocks: 0, needs 8",
      "episodes: 0, needs 10",
      "mean gain: none, needs an interval above 0",
    ]);
    // Two blocks of one gain have an interval without any width.
    expect(lacks([0.01, 0.01], 0)).toEqual(["blocks: 2, needs 8", "episodes: 0, needs 10"]);
    expect(lacks(new Array<number>(7).fill(0.01))).toEqual(["blocks: 7, needs 8"]);
    expect(lacks(new Array<number>(9).fill(0.01), 1)).toEqual(["episodes: 9, needs 10"]);
    expect(lacks(new Array<number>(8).fill(0.01))).toEqual([]);
  });

  it("does not count an interval that touches 0 or lies below it", () => {
    expect(lacks(new Array<number>(8).fill(0))).toEqual(["mean gain: 0 in [0, 0], needs an interval above 0"]);
    expect(lacks(new Array<number>(8).fill(-0.5))).toEqual([
      "mean gain: -0.5 in [-0.5, -0.5], needs an interval above 0",
    ]);
    const wide = lacks([0.5, -0.4, 0.5, -0.4, 0.5, -0.4, 0.5, -0.4]);
    expect(wide).toEqual([expect.stringMatching(/^mean gain: 0\.0\d+ in \[-0\.\d+, 0\.\d+\], needs/)]);
  });
});

/** As from storage; `null` for what is none. */
function read(value: unknown): EvidenceState | null {
  const checked = check(evidenceSchema, value, "evidence");
  return checked.ok ? checked.value : null;
}

describe("evidence that is kept", () => {
  const gains = randomGains({ seed: 8, count: 120, mean: 0.003, deviation: 0.04, correlation: 0.3 });

  it("gives the same whenever it is looked at and however often it is stored", () => {
    let evidence = new SequentialEvidence();
    for (let n = 1; n <= gains.length; n += 1 + (n % 7)) {
      evidence.update([blocksOf(gains.subarray(0, n))], RULE);
      evidence = SequentialEvidence.from(read(JSON.parse(JSON.stringify(evidence))));
    }
    evidence.update([blocksOf(gains)], RULE);
    const whole = new SequentialEvidence();
    whole.update([blocksOf(gains)], RULE);
    expect(evidence.toJSON()).toEqual(whole.toJSON());
    expect(JSON.stringify({ ...evidence.toJSON(), path: [] }).length).toBeLessThan(1200);
  });

  it("does not change when a symbol changes or loses what was used", () => {
    const evidence = new SequentialEvidence();
    expect(evidence.update([blocksOf(gains)], RULE)).toBe(120);
    const before = evidence.verdict();
    const rewritten = blocksOf(gains.map(() => 0.9));
    expect(evidence.update([rewritten], RULE)).toBe(0);
    expect(evidence.update([], RULE)).toBe(0);
    expect(evidence.verdict()).toEqual(before);
  });

  it("is read from storage only where it is whole", () => {
    const evidence = new SequentialEvidence();
    evidence.update([blocksOf(gains)], RULE);
    const state = evidence.toJSON();
    expect(read(JSON.parse(JSON.stringify(state)))).toEqual(state);
    const broken: unknown[] = [
      null,
      undefined,
      7,
      {},
      { ...state, throughBlock: 0.5 },
      { ...state, episodes: "3" },
      { ...state, sums: {} },
      { ...state, betting: { ...state.betting!, logE: null } },
      { ...state, betting: undefined },
    ];
    for (const value of broken) expect(read(value)).toBeNull();
    expect(read(new SequentialEvidence().toJSON() satisfies EvidenceState)).not.toBeNull();
  });
});

describe("evidence of an older version", () => {
  const gains = randomGains({ seed: 9, count: 120, mean: 0.01, deviation: 0.04, correlation: 0.1 });

  it("keeps what it has won, and is continued with the stakes of this one", () => {
    const { sums, positives, episodes } = new SequentialEvidence().toJSON();
    const test = { blocks: 50, sum: 0.4, sumOfSquares: 0.1, logE: 1.5 };
    const old = read({ throughBlock: 60, test, sums, positives, episodes, path: [[60, 50, 1.5]] });
    const evidence = SequentialEvidence.from(old);
    expect(evidence.verdict()).toMatchObject({ blocks: 50, logE: 1.5, lambda: new Betting().stake });
    const alone = SequentialEvidence.from(null, 60);
    for (const one of [evidence, alone]) one.update([blocksOf(gains)], RULE);
    expect(evidence.verdict().blocks).toBe(50 + alone.verdict().blocks);
    expect(evidence.verdict().logE).toBeCloseTo(1.5 + alone.verdict().logE, 10);
    expect(read(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence.toJSON());
  });
});

describe("the rate at which equally good models are told apart, evaluated after each of 2,880 blocks", () => {
  it("is at most 5 % by the rule, and far more by a repeated t test", () => {
    const runs = 150;
    let byRule = 0;
    let byTTest = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const gains = randomGains({ seed, count: 2880, mean: 0, deviation: 0.03, correlation: 0.3 });
      byRule += Number(crosses(gains));
      byTTest += Number(repeatedTTest(gains));
    }
    expect(byRule / runs).toBeLessThanOrEqual(0.05);
    expect(byTTest / runs).toBeGreaterThan(0.25);
  });

  it("is not 0 for a model that gains 0.02 a step: it is promoted within 200 blocks", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const gains = randomGains({ seed, count: 200, mean: 0.02, deviation: 0.03, correlation: 0.3 });
      expect(crosses(gains)).toBe(true);
    }
  });
});

function crosses(gains: Float64Array): boolean {
  const betting = new Betting();
  return gains.some((gain) => {
    betting.update(5 * gain);
    return betting.value >= 20;
  });
}

/** Two-sided 95 % after each block from the 20th on, as one does who looks at an interval every quarter of an hour. */
function repeatedTTest(gains: Float64Array): boolean {
  let [sum, squares] = [0, 0];
  return gains.some((gain, b) => {
    sum += gain;
    squares += gain * gain;
    const n = b + 1;
    const mean = sum / n;
    return n >= 20 && mean > 1.96 * Math.sqrt((squares / n - mean * mean) / n);
  });
}
