import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { countEpisodes, type EpisodeRule, episodeRule } from "../../trainer/evaluate/metrics/episodes.ts";

/** A positive row: second and symbol. */
type Spike = readonly [second: number, symbol: number];

const RULE: EpisodeRule = { gapMs: 60_000, blockMs: 900_000 };

function count(spikes: readonly Spike[], rule = RULE): number {
  const sorted = [...spikes].sort(([a], [b]) => a - b);
  const rows = {
    tsMs: sorted.map(([second]) => 1000 * second),
    label: sorted.map(() => 1),
    symbol: sorted.map(([, symbol]) => symbol),
  };
  return countEpisodes(rows, Int32Array.from(sorted.keys()), rule);
}

/** The definition as it is written: runs of each symbol, then the most of any symbol in each block. */
function countByDefinition(spikes: readonly Spike[]): number {
  const blocks = new Map<number, Map<number, number>>();
  for (const symbol of new Set(spikes.map(([, s]) => s))) {
    const seconds = spikes.flatMap(([second, s]) => (s === symbol ? [second] : [])).sort((a, b) => a - b);
    for (const start of seconds.filter((second, i) => i === 0 || second - seconds[i - 1]! >= 60)) {
      const block = blocks.get(Math.floor(start / 900)) ?? new Map<number, number>();
      blocks.set(Math.floor(start / 900), block.set(symbol, (block.get(symbol) ?? 0) + 1));
    }
  }
  return [...blocks.values()].reduce((sum, block) => sum + Math.max(...block.values()), 0);
}

/** Bursts of spikes over two hours, of some of the symbols. */
function randomSpikes(random: SeededRandom, symbols: number): Spike[] {
  return Array.from({ length: symbols }, (_, symbol) =>
    Array.from({ length: 1 + Math.floor(12 * random.uniform()) }, () => {
      const from = Math.floor(7200 * random.uniform());
      return Array.from({ length: 1 + Math.floor(5 * random.uniform()) }, (_, i): Spike => [from + 17 * i, symbol]);
    }).flat(),
  ).flat();
}

describe("episodes of one symbol", () => {
  const one = (...seconds: number[]): number => count(seconds.map((second) => [second, 0] as const));

  it("join positive rows less than a horizon apart, whatever lies between", () => {
    expect(one(0, 1, 59, 130)).toBe(2);
    const rows = { tsMs: [0, 30_000, 59_000], label: [1, 0, 1], symbol: [0, 0, 0] };
    expect(countEpisodes(rows, Int32Array.of(0, 1, 2), RULE)).toBe(1);
  });

  it("are separate exactly a horizon apart", () => {
    expect(one(0, 59, 119)).toBe(2);
    expect(one(0, 60)).toBe(2);
  });

  it("are none without a positive row", () => {
    const rows = { tsMs: [0, 1000], label: [0, 0], symbol: [0, 0] };
    expect(countEpisodes(rows, Int32Array.of(0, 1), RULE)).toBe(0);
  });

  it("end after the horizon, but never before 60 steps: a bar's spike and the next bar's are one event", () => {
    expect(episodeRule(60, 1000)).toEqual({ gapMs: 60_000, blockMs: 900_000 });
    expect(episodeRule(300, 1000)).toEqual({ gapMs: 300_000, blockMs: 900_000 });
    expect(episodeRule(1, 60_000)).toEqual({ gapMs: 3_600_000, blockMs: 54_000_000 });
    expect(episodeRule(1000, 1000)).toEqual({ gapMs: 1_000_000, blockMs: 1_000_000 });
    const minutes = Array.from({ length: 30 }, (_, i): Spike => [60 * i, 0]);
    expect(count(minutes, episodeRule(1, 60_000))).toBe(1);
  });

  it("are those of the positions given only", () => {
    const rows = { tsMs: [0, 100_000, 200_000], label: [1, 1, 1], symbol: [0, 0, 0] };
    expect(countEpisodes(rows, Int32Array.of(0, 2), RULE)).toBe(2);
  });
});

describe("episodes of several symbols", () => {
  it("count an event that all have at the same time once", () => {
    const shared = [5, 200, 1000, 1300].flatMap((second) =>
      [0, 1, 2].map((symbol): Spike => [second + symbol, symbol]),
    );
    expect(count(shared)).toBe(4);
  });

  it("do not merge those of different symbols that follow one another closely", () => {
    expect(count([[0, 0], [1, 0], [59, 0], [130, 0], [30, 1], [95, 1]])).toBe(2); // prettier-ignore
  });

  it("are those of the definition, which a slow count gives", () => {
    const random = new SeededRandom("episodes 1");
    for (let round = 0; round < 300; round++) {
      const spikes = randomSpikes(random, 1 + (round % 5));
      expect(count(spikes)).toBe(countByDefinition(spikes));
    }
  });

  it("never become fewer when a symbol or later rows are added, and lie between the most of one and the sum", () => {
    const random = new SeededRandom("episodes 2");
    for (let round = 0; round < 300; round++) {
      const spikes = randomSpikes(random, 6);
      const own = Array.from({ length: 6 }, (_, symbol) => count(spikes.filter(([, s]) => s === symbol)));
      let before = 0;
      for (let symbols = 1; symbols <= 6; symbols++) {
        const now = count(spikes.filter(([, s]) => s < symbols));
        expect(now).toBeGreaterThanOrEqual(Math.max(before, ...own.slice(0, symbols)));
        expect(now).toBeLessThanOrEqual(own.slice(0, symbols).reduce((a, b) => a + b, 0));
        before = now;
      }
      const untilNoon = spikes.filter(([second]) => second < 3000);
      expect(count(spikes)).toBeGreaterThanOrEqual(count(untilNoon));
    }
  });

  it("lose one a symbol at most when earlier rows show that its first episode had begun before", () => {
    const random = new SeededRandom("episodes 3");
    for (let round = 0; round < 300; round++) {
      const spikes = randomSpikes(random, 4);
      const later = spikes.filter(([second]) => second >= 3000);
      expect(count(spikes)).toBeGreaterThanOrEqual(count(later) - 4);
    }
    const later: Spike[] = [[10, 1], [940, 0]]; // prettier-ignore
    expect([count(later), count([[890, 0], ...later])]).toEqual([2, 1]);
  });
});
