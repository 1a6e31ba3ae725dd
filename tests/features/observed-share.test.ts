import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ObservedShare } from "../../src/features/observed-share.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

/** The steps that it can be asked for, beside the symbol's own. */
const STEP_CHOICES_MS = [1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];

const TWO_HOURS_MS = 7_200_000;

/**
 * 1 − Σ max(0, gap − A) / Σ gap, a gap at most 300 steps and the memory, both sums halved whenever more has gathered
 * than the memory: two hours or 24 steps.
 */
function naive(gaps: readonly number[], stepMs: number): number {
  const maxAgeMs = Math.max(10_000, 2 * stepMs);
  const memoryMs = Math.max(TWO_HOURS_MS, 24 * stepMs);
  let total = 0;
  let unobserved = 0;
  for (const gap of gaps) {
    const counted = Math.min(gap, 300 * stepMs, memoryMs);
    total += counted;
    unobserved += Math.max(0, counted - maxAgeMs);
    while (total > memoryMs) {
      total /= 2;
      unobserved /= 2;
    }
  }
  return 1 - unobserved / total;
}

describe("ObservedShare", () => {
  it("gives the documented example: gaps of 25 s leave 40 % observed on the 1 s step", () => {
    const share = new ObservedShare();
    for (let i = 0; i < 7; i++) share.update(25_000);
    expect(share.share(1000)).toBe(0.4);
    expect(share.smallestStepMs()).toBe(10_000);
  });

  it("equals the batch share on every candidate step after every gap", () => {
    const gap = fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9_000_000 }));
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 40 }), (gaps) => {
        const share = new ObservedShare();
        gaps.forEach((g, i) => {
          share.update(g);
          for (const stepMs of STEP_CHOICES_MS) {
            expect(share.share(stepMs)).toBeCloseTo(naive(gaps.slice(0, i + 1), stepMs), 12);
          }
        });
      }),
    );
  });

  it("is unknown before the second tick", () => {
    const share = new ObservedShare();
    expect([share.share(1000), share.smallestStepMs(), share.observedForMs]).toEqual([NaN, undefined, 0]);
  });

  it("is 1 for a dense symbol, and offers it the smallest step", () => {
    const share = new ObservedShare();
    for (let i = 0; i < 100; i++) share.update(10_000);
    expect([share.share(1000), share.smallestStepMs()]).toEqual([1, 1000]);
  });

  it("follows the last hours: a sparse day has no effect after a few dense hours", () => {
    const share = new ObservedShare();
    for (let i = 0; i < 144; i++) share.update(600_000);
    expect(share.share(1000)).toBeLessThan(0.05);
    for (let i = 0; i < 6 * 3600; i++) share.update(1000);
    expect(share.share(1000)).toBeGreaterThan(0.9);
    expect(share.observedForMs).toBeLessThanOrEqual(TWO_HOURS_MS);
  });

  it("offers no step to a symbol that ticks every few days", () => {
    const share = new ObservedShare();
    share.update(5 * 86_400_000);
    expect(share.smallestStepMs()).toBeUndefined();
  });

  it.each([
    [360_000, 300_000],
    [3_600_000, 900_000],
    [10_000_000, 3_600_000],
  ])("offers a market with a tick every %d ms steps of %d ms, and none shorter", (gapMs, stepMs) => {
    const share = new ObservedShare();
    for (let i = 0; i < 5; i++) share.update(gapMs);
    expect(share.smallestStepMs()).toBe(stepMs);
    expect(share.share(1000)).toBeCloseTo(1 / 30, 12);
  });

  it("is given for the symbol's own step by that step's A, though it is no candidate", () => {
    const share = new ObservedShare(20_000);
    for (let k = 0; k < 10; k++) share.update(50_000);
    expect(share.share(20_000)).toBeCloseTo(0.8, 12); // A = 40 s of every 50
    expect(share.share(30_000)).toBe(1);
    expect(() => share.share(21_000)).toThrow(RangeError);
  });

  it("comes back from a snapshot", () => {
    const share = new ObservedShare();
    for (const gap of [900, 40_000, 3_000_000]) share.update(gap);
    const to = new StateWriter();
    share.save(to);
    const copy = new ObservedShare();
    copy.load(new StateReader(to.finish(null)));
    for (const stepMs of STEP_CHOICES_MS) expect(copy.share(stepMs)).toBe(share.share(stepMs));
    expect(copy.observedForMs).toBe(share.observedForMs);
  });
});
