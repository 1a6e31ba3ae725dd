import { describe, expect, it } from "vitest";
import { check } from "../../src/schemas/check.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import { type EvidencePath, eValueAt, MOST_POINTS, withPoint } from "../../src/quality/promotion/evidence-path.ts";
import {
  type EvidenceState,
  evidenceSchema,
  promotionVerdict,
  SequentialEvidence,
} from "../../src/quality/promotion/sequential-evidence.ts";
import { randomGains } from "./sequential-gains.ts";

const RULE = { lagBlocks: 4, minRows: 420 };

function blocksOf(gains: ArrayLike<number>): BlockGain[] {
  const known = Array.from(gains, (d, block) => {
    const sums = { gainSum: d * 840, betSum: d * 840, bound: 0.2 * 840 };
    return { block, rows: 840, ...sums, positives: 20, episodes: 1, complete: true };
  });
  const open = { rows: 0, gainSum: 0, betSum: 0, bound: 0, positives: 0, episodes: 0 };
  return [...known, { block: gains.length + 4, ...open, complete: false }];
}

const restored = (evidence: SequentialEvidence): SequentialEvidence => {
  const checked = check(evidenceSchema, JSON.parse(JSON.stringify(evidence)), "evidence");
  if (!checked.ok) throw new Error("not readable");
  return SequentialEvidence.from(checked.value);
};

describe("the path of the evidence", () => {
  it("has a point after each decided block, whose e value is the verdict's at that time, bit for bit", () => {
    const gains = randomGains({ seed: 2, count: 120, mean: 0.01, deviation: 0.03, correlation: 0.3 });
    const evidence = new SequentialEvidence();
    evidence.update([blocksOf(gains)], RULE);
    expect(evidence.path).toHaveLength(120);
    evidence.path.forEach((point, n) => {
      const { eValue, logE, blocks } = promotionVerdict([blocksOf(gains.subarray(0, n + 1))], RULE);
      expect([...point, eValueAt(point)]).toEqual([n, blocks, logE, eValue]);
    });
  });

  it("is the same however often it was looked at and stored, and ends with the pooled verdict", () => {
    const gains = randomGains({ seed: 3, count: 700, mean: 0.004, deviation: 0.03, correlation: 0 });
    const whole = new SequentialEvidence();
    whole.update([blocksOf(gains)], RULE);
    let parts = new SequentialEvidence();
    for (let n = 0; n <= 700; n += 37) {
      parts.update([blocksOf(gains.subarray(0, n))], RULE);
      parts = restored(parts);
    }
    parts.update([blocksOf(gains)], RULE);
    expect(parts.path).toEqual(whole.path);
    const last = parts.path.at(-1)!;
    expect([last[1], eValueAt(last)]).toEqual([parts.verdict().blocks, parts.verdict().eValue]);
  });

  it("keeps at most 256 points in order, the newest close together, below 12 kB", () => {
    let path: EvidencePath = [];
    for (let n = 1; n <= 40_000; n++) {
      path = withPoint(path, [n, n, -n / 7]);
      expect(path.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(path.at(-1)![0]).toBe(n);
    }
    expect(path.every(([block], i) => i === 0 || block > path[i - 1]![0])).toBe(true);
    expect(path.length).toBeGreaterThanOrEqual(MOST_POINTS / 2);
    expect(JSON.stringify(path).length).toBeLessThan(12_000);
  });

  it("begins where the evidence of an older version stands, and with nothing before the first block", () => {
    const evidence = new SequentialEvidence();
    expect([evidence.path, restored(evidence).path]).toEqual([[], []]);
    evidence.update([blocksOf(new Float64Array(30).fill(0.02))], RULE);
    const { path, ...older } = evidence.toJSON();
    expect(path).toHaveLength(30);
    const continued = SequentialEvidence.from(older satisfies EvidenceState);
    expect(continued.path).toEqual([[29, 30, evidence.verdict().logE]]);
    continued.update([blocksOf(new Float64Array(40).fill(0.02))], RULE);
    expect(continued.path).toHaveLength(11);
  });
});
