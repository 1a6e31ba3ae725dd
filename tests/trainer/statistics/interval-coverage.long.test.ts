// Whether the 95 % intervals are 95 % intervals: simulated markets whose true figures are known.
import { describe, expect, it } from "vitest";
import { coverageAt, falseGains, FIGURES, trueFigures } from "../../../bench/coverage-study.ts";

const SEED = 7;
/** So many that a coverage of 94.4 % is measured below 92 % once in a thousand. */
const MARKETS = 1000;

describe("95 % intervals", () => {
  const truth = trueFigures(SEED);

  it.each([5, 30])("cover the truth at least 92 times in 100 from %d expected episodes", (episodes) => {
    const found = coverageAt(episodes, { truth, markets: MARKETS, seed: SEED });
    for (const name of FIGURES) {
      expect(found[name]!.covered, name).toBeGreaterThanOrEqual(0.92);
      expect(found[name]!.count, name).toBeGreaterThan(0.9 * MARKETS);
    }
    // Not absurdly wide either: from 30 episodes on, a width that tells something.
    if (episodes === 30) expect(found["PR-AUC"]!.width).toBeLessThan(0.4);
  });

  it.each([
    [96, 0, 0.035],
    [96, 0.5, 0.05],
    [584, 0.5, 0.035],
  ])("take chance for a gain rarely: %d blocks with an autocorrelation of %d", (blocks, correlation, most) => {
    const share = falseGains(blocks, correlation, { runs: 2000, seed: SEED });
    expect(share).toBeLessThan(most);
    expect(share).toBeGreaterThan(0.01);
  });
});
