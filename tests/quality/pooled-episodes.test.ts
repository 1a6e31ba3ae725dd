import { describe, expect, it } from "vitest";
import { pooledEpisodes } from "../../src/quality/pooled-episodes.ts";

describe("episodes over symbols", () => {
  it("are per block those of the symbol with the most", () => {
    const one = { firstBlock: 5, episodes: [1, 0, 2] };
    const two = { firstBlock: 6, episodes: [3, 1] };
    expect(pooledEpisodes([one, two])).toBe(6);
    expect(pooledEpisodes([one])).toBe(3);
    expect(pooledEpisodes([one, one, one])).toBe(3);
    expect(pooledEpisodes([])).toBe(0);
  });

  it("are all of them where the symbols' blocks are of different times", () => {
    expect(
      pooledEpisodes([
        { firstBlock: 0, episodes: [2, 1] },
        { firstBlock: 9, episodes: [4] },
      ]),
    ).toBe(7);
  });
});
