import { describe, expect, it } from "vitest";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import { Betting } from "../../src/quality/evidence/betting.ts";
import { linearCongruential } from "../features/linear-congruential.ts";

const BLOCKS_A_DAY = 96;
const DAYS = 30;
const MONTHS = 60;

/** About standard normal, from a linear congruential generator and additions only: the same everywhere. */
function normals(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      sum += (next() >>> 8) / 2 ** 24;
    }
    return sum;
  };
}

describe("over a month with a challenger that is better", () => {
  /** How often `challenger_ready` fires in each of 60 months of one gain every quarter of an hour. */
  function firingsPerMonth(mean: number, deviation: number): number[] {
    const next = normals(20261124);
    return Array.from({ length: MONTHS }, () => {
      const book = new AlertBook({ symbol: "*", stepMs: 1000 });
      const test = new Betting();
      let fired = 0;
      for (let block = 0; block < BLOCKS_A_DAY * DAYS; block++) {
        test.update(5 * (mean + deviation * next()));
        const { value: eValue } = test;
        const challenger = { ready: eValue >= 20, eValue, blocks: block + 1, episodes: 99, meanGain: null };
        const changes = book.update({ model: "a".repeat(64), challenger }, 1e12 + block * 900_000);
        fired += changes.filter(({ state }) => state === "firing").length;
      }
      return fired;
    }).sort((a, b) => a - b);
  }

  it.each([
    [0.002, 0.05],
    [0.005, 0.05],
    [0.01, 0.05],
  ])(
    "the challenger is reported once or, in a few months, twice, though its e value varies (mean gain %d, deviation %d)",
    (mean, deviation) => {
      const firings = firingsPerMonth(mean, deviation);
      expect(firings.at(-1)).toBeLessThanOrEqual(2);
      expect(firings[Math.floor(MONTHS * 0.9) - 1]).toBeLessThanOrEqual(1);
      if (mean > 0.002) expect(firings[MONTHS / 2]).toBe(1);
    },
  );
});
