// Whether the 95 % intervals are 95 % intervals: simulated markets whose true Brier score is known.
import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { bootstrapFigures } from "../../../trainer/evaluate/intervals/bootstrap-figures.ts";
import { sigmoid } from "../../../trainer/score/sigmoid.ts";

const MARKETS = 300;
const BLOCK_ROWS = 90;
const ROWS = 40 * BLOCK_ROWS;

interface Market {
  readonly labels: Uint8Array;
  readonly probabilities: Float32Array;
  readonly brier: number;
}

/** Volatility and the rest of what makes a spike are AR(1) series; the forecast sees the volatility alone. */
function market(seed: string, persistence: number): Market {
  const random = new RandomDeviates(seed);
  const fresh = Math.sqrt(1 - persistence ** 2);
  const labels = new Uint8Array(ROWS);
  const probabilities = new Float32Array(ROWS);
  let volatility = random.normal();
  let noise = random.normal();
  let sum = 0;
  for (let k = 0; k < ROWS; k++) {
    volatility = persistence * volatility + fresh * random.normal();
    noise = persistence * noise + fresh * random.normal();
    labels[k] = volatility + noise > 1.8 ? 1 : 0;
    probabilities[k] = sigmoid(1.5 * volatility - 2);
    sum += (probabilities[k]! - labels[k]!) ** 2;
  }
  return { labels, probabilities, brier: sum / ROWS };
}

describe("intervals on autocorrelated rows", () => {
  const study = (
    persistence: number,
  ): ((rowsPerBlock: number, count: number) => { covered: number; width: number }) => {
    const markets = Array.from({ length: MARKETS }, (_, m) => market(`market-${m}`, persistence));
    // The truth is the mean of all markets, 1.08 million rows: its own error is a seventeenth of one market's.
    const truth = markets.reduce((sum, { brier }) => sum + brier, 0) / MARKETS;
    return (rowsPerBlock, count) => {
      const blocks = Int32Array.from({ length: ROWS }, (_, k) => Math.floor(k / rowsPerBlock));
      let [covered, width] = [0, 0];
      markets.slice(0, count).forEach(({ labels, probabilities }, seed) => {
        const set = { labels, blocks, models: [{ name: "model", probabilities, threshold: 0.5 }] };
        const { low, high } = bootstrapFigures(set, { seed, resamples: 200 }).models["model"]!.brier!;
        covered += low <= truth && truth <= high ? 1 / count : 0;
        width += (high - low) / count;
      });
      return { covered, width };
    };
  };

  it("cover the truth 91 to 98 times in 100 with blocks of 20 correlation times, 84 to 93 times with blocks of 6", () => {
    const short = study(0.8)(BLOCK_ROWS, MARKETS);
    expect(short.covered).toBeGreaterThanOrEqual(0.91);
    expect(short.covered).toBeLessThanOrEqual(0.98);
    const long = study(0.93)(BLOCK_ROWS, MARKETS);
    expect(long.covered).toBeGreaterThanOrEqual(0.84);
    expect(long.covered).toBeLessThanOrEqual(0.93);
  });

  it("cover it half of the times only when single rows are drawn, being less than half as wide", () => {
    const run = study(0.93);
    const byRow = run(1, 25);
    expect(byRow.covered).toBeLessThan(0.6);
    expect(byRow.width).toBeLessThan(0.4 * run(BLOCK_ROWS, 25).width);
  });
});

describe("intervals from few independent blocks", () => {
  it.each([2, 3, 5, 8])(
    "cover the truth at least 90 times in 100 from %d blocks, where bare percentiles do not",
    (count) => {
      const random = new RandomDeviates(`few-${count}`);
      const rows = 40 * count;
      const blocks = Int32Array.from({ length: rows }, (_, k) => Math.floor(k / 40));
      // Each block has its own share of spikes, uniform between 0 and 1; the forecast is always ½, so Brier is always
      // ¼, and a forecast of 0 has the share itself as its Brier score: ½ on average.
      let covered = 0;
      for (let m = 0; m < 300; m++) {
        const labels = new Uint8Array(rows);
        for (let b = 0; b < count; b++) {
          const share = random.uniform();
          for (let k = 0; k < 40; k++) labels[b * 40 + k] = random.uniform() < share ? 1 : 0;
        }
        const set = {
          labels,
          blocks,
          models: [{ name: "zero", probabilities: new Float32Array(rows), threshold: 0.5 }],
        };
        const { low, high } = bootstrapFigures(set, { seed: m, resamples: 300 }).models["zero"]!.brier!;
        covered += low <= 0.5 && 0.5 <= high ? 1 / 300 : 0;
      }
      expect(covered).toBeGreaterThanOrEqual(0.9);
    },
  );
});
