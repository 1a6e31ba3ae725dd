import { describe, expect, it } from "vitest";
import { GainEvidence } from "../../src/recalibration/gain-evidence.ts";

const BLOCK = 900;

/** Evidence over blocks whose rows all gain. */
function gained(horizonSteps: number, rows: number): GainEvidence {
  const evidence = new GainEvidence(horizonSteps, BLOCK);
  for (let index = 0; index < rows; index++) {
    if (index > 0 && index % BLOCK === 0) evidence.endBlock();
    evidence.add({ index, gain: 0.01, bound: 0.2, variance: 0.1 });
  }
  return evidence;
}

describe("the evidence of a gain", () => {
  it("bets in each phase of a horizon, whether or not the phases divide it", () => {
    for (const horizonSteps of [1, 2, 5, 7, 10, 15, 60]) {
      const phases = Math.min(horizonSteps, 6);
      const products = gained(horizonSteps, 2 * BLOCK)
        .save()
        .subarray(5, 5 + 5 * phases);
      expect(
        products.every((product) => product > 1),
        `horizon of ${horizonSteps}`,
      ).toBe(true);
    }
  });

  it("grows with the horizons of a block, not with how its phases happen to lie", () => {
    const after = (horizonSteps: number): number => gained(horizonSteps, 3 * BLOCK + 1).value;
    for (const horizonSteps of [7, 10, 15]) {
      expect(after(horizonSteps)).toBeLessThan(after(horizonSteps - 1));
      expect(after(horizonSteps)).toBeGreaterThan(after(horizonSteps + 1));
    }
  });
});
