// How often the points of the curves cover the truth, each on its own, on simulated markets.
import { describe, expect, it } from "vitest";
import { coverageMarket, type SimulatedMarket } from "../../bench/coverage-market.ts";
import { blockGroups } from "../../src/quality/block-groups.ts";
import { addToRow, countsOfRows, ROW_WIDTH } from "../../src/quality/figure-row.ts";
import { LevelCurves, placedLevels } from "../../src/quality/level-curves.ts";
import { qualityCurves } from "../../src/quality/quality-curves.ts";
import type { ScoreLevel } from "../../src/quality/score-level.ts";
import { reliabilityBin } from "../../src/quality/reliability-bin.ts";

const MARKETS = 150;
const TRUTH_BLOCKS = 10_000;
const ROWS_OF_BLOCK = 30;

function levelsOf({ labels, model, blocks }: SimulatedMarket, count: number): ScoreLevel[][] {
  const levels = Array.from({ length: count }, (): ScoreLevel[] => []);
  labels.forEach((spike, k) => {
    const at = model[k]!;
    levels[blocks[k]!]!.push({ at, top: at, bottom: at, calm: 1 - spike, spike });
  });
  return levels;
}

function curvesOf(market: SimulatedMarket, count: number) {
  const rows = new Float64Array(count * ROW_WIDTH);
  market.labels.forEach((spike, k) => addToRow(rows, market.blocks[k]! * ROW_WIDTH, 0, market.model[k]!, spike));
  return qualityCurves(rows, placedLevels(levelsOf(market, count)), blockGroups(countsOfRows(rows)));
}

/** Of parts of 1,000 blocks: more levels than that cannot be sorted at once. */
function truth() {
  const precisions = new Float64Array(20);
  const [steps, spikes] = [new Float64Array(10), new Float64Array(10)];
  const parts = TRUTH_BLOCKS / 1_000;
  for (let part = 0; part < parts; part++) {
    const market = coverageMarket(`truth:${part}`, 1_000);
    new LevelCurves(placedLevels(levelsOf(market, 1_000)))
      .precisions()
      .forEach((p, j) => (precisions[j]! += p / parts));
    market.labels.forEach((spike, k) => {
      steps[reliabilityBin(market.model[k]!)]! += 1;
      spikes[reliabilityBin(market.model[k]!)]! += spike;
    });
  }
  return { precisions, shares: spikes.map((count, j) => count / steps[j]!) };
}

describe("points of the curves", () => {
  it("cover the truth in about 95 of 100 markets, of 160 and 480 blocks", () => {
    const { precisions, shares } = truth();
    for (const blocks of [160, 480]) {
      const hits = { precision: [0, 0], share: [0, 0] };
      const byBand = Array.from({ length: 20 }, () => [0, 0]);
      for (let m = 0; m < MARKETS; m++) {
        const { precisionRecall, reliability } = curvesOf(coverageMarket(`curve:${blocks}:${m}`, blocks), blocks);
        precisionRecall.forEach(({ low, high }, j) => {
          if (low === null) return;
          const isHit = low <= precisions[j]! && precisions[j]! <= high! ? 1 : 0;
          hits.precision = [hits.precision[0]! + isHit, hits.precision[1]! + 1];
          byBand[j] = [byBand[j]![0]! + isHit, byBand[j]![1]! + 1];
        });
        reliability.forEach(({ low, high, count }, j) => {
          if (low === null || count < ROWS_OF_BLOCK) return;
          const isHit = low <= shares[j]! && shares[j]! <= high! ? 1 : 0;
          hits.share = [hits.share[0]! + isHit, hits.share[1]! + 1];
        });
      }
      const rates = Object.entries(hits).map(
        ([name, [hit, all]]) => `${name} ${((100 * hit!) / all!).toFixed(1)} % of ${all}`,
      );
      console.log(
        `${blocks} blocks: ${rates.join(", ")}; by band ${byBand.map(([h, n]) => Math.round((100 * h!) / n!)).join(" ")}`,
      );
      expect(hits.precision[0]! / hits.precision[1]!).toBeGreaterThan(0.92);
      expect(hits.share[0]! / hits.share[1]!).toBeGreaterThan(0.92);
    }
  });
});
