import { describe, expect, it } from "vitest";
import { FOLLOWING, type Following, ThresholdFollower } from "../../src/threshold/threshold-follower.ts";
import { chooseCut, relativeGain } from "../../src/threshold/choose-cut.ts";
import type { OperatingGoal } from "../../src/threshold/operating-goal.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { EDGES } from "./answered-steps.ts";

const RECALL: OperatingGoal = { kind: "recall", target: 0.8 };
const QUICK: Following = { ...FOLLOWING, memoryHorizons: 3000, gridHorizons: 100, leastStretches: 20, bound: 1.5 };

/** Labels in bursts: in calm times 2 % spikes with low scores, in wild ones 40 %. */
function labels(count: number, shift: (k: number) => number, seed = 7) {
  const random = new SeededRandom(seed);
  let isWild = false;
  return Array.from({ length: count }, (_, k) => {
    if (k % 100 === 0) isWild = random.uniform() < 0.3;
    const bin = Math.floor((isWild ? 45 : 10) + 30 * random.uniform() - shift(k));
    return {
      index: k,
      bin: Math.min(Math.max(bin, 0), 99),
      label: random.uniform() < (isWild ? 0.4 : 0.02) ? 1 : 0,
    } as const;
  });
}

const follower = (goal: OperatingGoal = RECALL, following = QUICK) =>
  new ThresholdFollower({ edges: EDGES, threshold: 0.3, goal, horizonSteps: 1 }, following);

describe("ThresholdFollower", () => {
  it("takes at every grid step what a pass over all labels with their weights takes", () => {
    for (const goal of [RECALL, { kind: "f1" }, { kind: "precision", target: 0.35 }] as const) {
      const all = labels(12_000, (k) => (k > 5000 ? 8 : 0));
      const one = follower(goal);
      let threshold = 0.3;
      let changes = 0;
      for (const [k, { index, bin, label }] of all.entries()) {
        one.advance(index);
        if (k > 0 && k % QUICK.gridHorizons === 0) {
          const next = naive(goal, all.slice(0, k), threshold);
          // Too few stretches is not known to the naive pass.
          if (one.threshold !== threshold) {
            expect(one.threshold).toBe(next);
            changes += 1;
          }
          threshold = one.threshold;
        } else expect(one.threshold).toBe(threshold);
        one.learn(index, bin, label);
      }
      expect(changes, goal.kind).toBeGreaterThan(1);
    }
  });

  it("goes where a shift of the scores needs it, and reaches the goal there", () => {
    const one = follower();
    let [hits, spikes, missedByStated] = [0, 0, 0];
    for (const { index, bin, label } of labels(40_000, (k) => (k > 10_000 ? 25 : 0))) {
      one.advance(index);
      if (label === 1 && index > 20_000) {
        spikes += 1;
        if (bin >= EDGES.indexOf(one.threshold) + 1) hits += 1;
        if (bin < EDGES.indexOf(0.3) + 1) missedByStated += 1;
      }
      one.learn(index, bin, label);
    }
    expect(hits / spikes).toBeGreaterThan(0.76);
    expect(hits / spikes).toBeLessThan(0.84);
    expect(1 - missedByStated / spikes).toBeLessThan(0.6);
  });

  it("never leaves its bounds, and says that they do not reach the goal", () => {
    const one = follower(RECALL, { ...QUICK, bound: 0.5 });
    const [lowest, highest] = one.bounds;
    expect([lowest, highest]).toEqual([0.21, 0.41]);
    let last;
    for (const { index, bin, label } of labels(20_000, () => 40)) {
      last = one.advance(index) ?? last;
      expect(one.threshold).toBeGreaterThanOrEqual(lowest);
      expect(one.threshold).toBeLessThanOrEqual(highest);
      one.learn(index, bin, label);
    }
    expect(last).toMatchObject({ to: lowest, reached: false });
  });

  it("does not move before enough stretches with a spike, nor for a change that is close", () => {
    const one = follower(RECALL, { ...QUICK, memoryHorizons: 1e9 });
    // Bursts of 50 spikes, each of which is one stretch: the first part after twenty decides.
    for (let k = 0; k < 2100; k++) {
      expect(one.advance(k)).toBeUndefined();
      one.learn(k, k % 100 < 50 ? 20 : 2, k % 100 < 50 ? 1 : 0);
    }
    expect(one.threshold).toBe(0.3);
    expect(one.advance(2100)).toMatchObject({ step: 2100, from: 0.3, to: 0.2, reached: true });
    const close = follower(RECALL, { ...QUICK, leastChange: 2 });
    for (const { index, bin, label } of labels(20_000, () => 5)) {
      expect(close.advance(index)).toBeUndefined();
      close.learn(index, bin, label);
    }
  });

  it("moves for F1 and cost only where the remembered labels gain enough", () => {
    for (const goal of [{ kind: "f1" }, { kind: "cost", fp: 1, fn: 5 }] as const) {
      const changesOf = (leastGain: number): number => {
        const one = follower(goal, { ...QUICK, leastGain });
        let changes = 0;
        for (const { index, bin, label } of labels(20_000, () => 3)) {
          if (one.advance(index) !== undefined) changes += 1;
          one.learn(index, bin, label);
        }
        return changes;
      };
      expect(changesOf(0)).toBeGreaterThan(0);
      expect(changesOf(0.02)).toBeLessThanOrEqual(changesOf(0));
      expect(changesOf(10)).toBe(0);
    }
  });

  it("records no change where the only threshold that it may take is never or always", () => {
    for (const threshold of [0, 1]) {
      const one = new ThresholdFollower(
        { edges: [0, 0.1, 0.3, 1], threshold, goal: { kind: "alert-rate", target: 0.01 }, horizonSteps: 1 },
        QUICK,
      );
      for (let k = 0; k < 10_000; k++) {
        expect(one.advance(k)).toBeUndefined();
        one.learn(k, 1, k % 100 === 0 ? 1 : 0);
      }
      expect(one.threshold).toBe(threshold);
    }
  });

  it("stays where it is without labels", () => {
    const one = follower();
    for (let k = 0; k < 5000; k++) expect(one.advance(k)).toBeUndefined();
    expect(one.state).toMatchObject({ threshold: 0.3, stretches: 0, part: 49 });
  });
});

function naive(goal: OperatingGoal, all: ReturnType<typeof labels>, from: number): number {
  const [calm, spike] = [new Float64Array(100), new Float64Array(100)];
  // A part's labels count whole until the next part closes.
  const parts = Math.ceil(all.length / QUICK.gridHorizons);
  for (const { index, bin, label } of all) {
    const age = parts - 1 - Math.floor(index / QUICK.gridHorizons);
    (label === 1 ? spike : calm)[bin]! += Math.exp((-age * QUICK.gridHorizons) / QUICK.memoryHorizons);
  }
  const sum = (counts: Float64Array, first: number) => counts.subarray(first).reduce((x, y) => x + y, 0);
  const logit = (p: number) => Math.log(p / (1 - p));
  const cuts = EDGES.filter((edge) => Math.abs(logit(edge) - logit(0.3)) <= QUICK.bound)
    .reverse()
    .map((threshold) => {
      const first = EDGES.indexOf(threshold) + 1;
      return { threshold, alerts: sum(calm, first) + sum(spike, first), truePositives: sum(spike, first) };
    });
  const totals = { rows: sum(calm, 0) + sum(spike, 0), positives: sum(spike, 0) };
  const { cut } = chooseCut(goal, cuts, totals);
  const before = cuts.find(({ threshold }) => threshold === from)!;
  if (Math.abs(logit(cut.threshold) - logit(from)) < QUICK.leastChange) return from;
  return relativeGain(goal, before, cut, totals) < QUICK.leastGain ? from : cut.threshold;
}
