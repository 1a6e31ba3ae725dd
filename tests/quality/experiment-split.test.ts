import { describe, expect, it } from "vitest";
import { type SplitExperiment, variantOf } from "../../src/quality/promotion/experiment-split.ts";

/** Steps that are answered by the same model. */
const SPLIT_BLOCK_STEPS = 600;

const experiment: SplitExperiment = { id: "1-1a2b3c4d-5e6f7a8b", mode: "split", share: 0.3 };
const START = 1_762_171_200;

/** Who answers `count` blocks of a symbol. */
function blocks(symbol: string, count: number, changes: Partial<SplitExperiment> = {}): string[] {
  return Array.from({ length: count }, (_, i) =>
    variantOf({ ...experiment, ...changes }, symbol, START + i * SPLIT_BLOCK_STEPS),
  );
}

const shareOf = (answers: readonly string[]): number =>
  answers.filter((variant) => variant === "challenger").length / answers.length;

describe("the model that answers under split", () => {
  it("stays the same for 600 steps, so that polled answers do not alternate", () => {
    const first = Math.floor(START / SPLIT_BLOCK_STEPS) * SPLIT_BLOCK_STEPS;
    for (let block = 0; block < 50; block++) {
      const from = first + block * SPLIT_BLOCK_STEPS;
      const answers = Array.from({ length: SPLIT_BLOCK_STEPS }, (_, i) => variantOf(experiment, "BTC-USD", from + i));
      expect(new Set(answers).size).toBe(1);
    }
  });

  it("is the challenger for its share of the blocks, whatever the share, the symbol and the experiment", () => {
    for (const share of [0.01, 0.1, 0.3, 0.5]) {
      for (const symbol of ["BTC-USD", "ETH-USD", "X"]) {
        const deviation = Math.sqrt((share * (1 - share)) / 5000);
        expect(Math.abs(shareOf(blocks(symbol, 5000, { share })) - share)).toBeLessThan(4 * deviation);
      }
    }
  });

  it("differs between symbols and between experiments, and neighbouring blocks are independent", () => {
    const answers = blocks("BTC-USD", 4000, { share: 0.5 });
    const other = blocks("ETH-USD", 4000, { share: 0.5 });
    const next = { ...experiment, id: "2-1a2b3c4d-5e6f7a8b", share: 0.5 };
    const later = answers.map((_, i) => variantOf(next, "BTC-USD", START + i * SPLIT_BLOCK_STEPS));
    const agreement = (a: readonly string[], b: readonly string[]): number =>
      a.filter((variant, i) => variant === b[i]).length / a.length;
    for (const others of [other, later, [...answers.slice(1), answers[0]!]]) {
      expect(Math.abs(agreement(answers, others) - 0.5)).toBeLessThan(0.04);
    }
  });

  it("leaves to the challenger what it answered before when its share grows", () => {
    const few = blocks("BTC-USD", 2000, { share: 0.1 });
    const more = blocks("BTC-USD", 2000, { share: 0.4 });
    few.forEach((variant, i) => variant === "challenger" && expect(more[i]).toBe("challenger"));
  });

  it("is what FNV-1a and the finalizer of MurmurHash3 give when computed elsewhere: l for challenger, m for champion", () => {
    const letters = blocks("BTC-USD", 10, { share: 0.5 }).map((variant) => variant[3]);
    expect(letters.join("")).toBe("lllllmmlll");
  });
});

describe("the model that answers under shadow", () => {
  it("is the champion, always", () => {
    const shadow = { ...experiment, mode: "shadow" } as const;
    expect(Array.from({ length: 500 }, (_, i) => variantOf(shadow, "X", i * 600)).every((v) => v === "champion")).toBe(
      true,
    );
  });
});
