// How often intervals of simulated markets cover the true figure.
import type { Figure } from "../src/model/manifest-evaluation.ts";
import { brierGain } from "../trainer/gate/brier-gain.ts";
import { jackknifeFigures, type JackknifeResult } from "../trainer/evaluate/intervals/jackknife-figures.ts";
import { RandomDeviates } from "../simulator/random-deviates.ts";
import { coverageMarket, type SimulatedMarket } from "./coverage-market.ts";

/** Blocks of the market from which the truth is computed. */
const TRUTH_BLOCKS = 30_000;

type Measure<T> = (result: JackknifeResult, of: "values" | "models") => T;

/** What is measured of a market, by its name in the table. */
const MEASURES: Readonly<Record<string, Measure<Figure | number | null>>> = {
  "PR-AUC": (result, of) => result[of]["model"]!.prAuc,
  lift: (result, of) => result[of]["model"]!.lift,
  "ROC-AUC": (result, of) => result[of]["model"]!.rocAuc,
  Brier: (result, of) => result[of]["model"]!.brier,
  "Brier skill": (result, of) => result[of]["model"]!.brierSkill,
  "log loss": (result, of) => result[of]["model"]!.logLoss,
  ECE: (result, of) => result[of]["model"]!.ece,
  "ECE, uncalibrated": (result, of) => result[of]["squeezed"]!.ece,
  "Brier gain": (result, of) => difference(result, of, "brier"),
  "PR-AUC gain": (result, of) => difference(result, of, "prAuc"),
};

export const FIGURES = Object.keys(MEASURES);

export interface Coverage {
  /** Share of the markets with an interval whose interval holds the truth. */
  readonly covered: number;
  /** Median width. */
  readonly width: number;
  /** Markets with an interval. */
  readonly count: number;
}

export interface Truth {
  readonly episodesPerBlock: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Figures of one long market: what shorter ones of the same kind are to cover. */
export function trueFigures(seed: number): Truth {
  const market = coverageMarket(`${seed}:truth`, TRUTH_BLOCKS);
  const result = figuresOf(market);
  return {
    episodesPerBlock: market.episodes / TRUTH_BLOCKS,
    values: Object.fromEntries(FIGURES.map((name) => [name, Number(MEASURES[name]!(result, "values"))])),
  };
}

/** Coverage of every figure on markets of so many expected episodes. */
export function coverageAt(
  episodes: number,
  { truth, markets, seed }: { readonly truth: Truth; readonly markets: number; readonly seed: number },
): Record<string, Coverage> {
  const blocks = Math.max(2, Math.round(episodes / truth.episodesPerBlock));
  const intervals = new Map<string, Figure[]>(FIGURES.map((name) => [name, []]));
  for (let m = 0; m < markets; m++) {
    const result = figuresOf(coverageMarket(`${seed}:${episodes}:${m}`, blocks));
    for (const name of FIGURES) {
      const figure = MEASURES[name]!(result, "models");
      if (figure !== null && typeof figure === "object") intervals.get(name)!.push(figure);
    }
  }
  return Object.fromEntries(
    [...intervals].map(([name, found]) => {
      const covered = found.filter(({ low, high }) => low <= truth.values[name]! && truth.values[name]! <= high);
      const widths = found.map(({ low, high }) => high - low).sort((a, b) => a - b);
      const width = widths[Math.floor(widths.length / 2)] ?? NaN;
      return [name, { covered: covered.length / found.length, width, count: found.length }];
    }),
  );
}

/**
 * Share of runs in which the gate's interval lies above 0 although the mean gain is 0.
 * @param correlation lag-1 autocorrelation of the gains of neighbouring blocks, which all hold a spike.
 */
export function falseGains(
  blocks: number,
  correlation: number,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): number {
  let count = 0;
  const labels = new Uint8Array(blocks).fill(1);
  const places = Int32Array.from(labels, (_, b) => b);
  const baseline = new Float32Array(blocks).fill(0.5);
  for (let run = 0; run < runs; run++) {
    const random = new RandomDeviates(`${seed}:gain:${blocks}:${correlation}:${run}`);
    let gain = random.normal();
    const chosen = baseline.map(() => {
      gain = correlation * gain + Math.sqrt(1 - correlation ** 2) * random.normal();
      // The squared error of the baseline is ¼; that of the chosen is ¼ minus a hundredth of the gain.
      return 1 - Math.sqrt(0.25 - 0.01 * gain);
    });
    if (brierGain(labels, places, chosen, baseline)!.low > 0) count += 1;
  }
  return count / runs;
}

function figuresOf({ labels, blocks, model, squeezed, reference }: SimulatedMarket): JackknifeResult {
  const models = Object.entries({ model, squeezed, reference }).map(([name, probabilities]) => {
    return { name, probabilities, threshold: 0.5 };
  });
  return jackknifeFigures({ labels, blocks, models });
}

function difference(result: JackknifeResult, of: "values" | "models", name: "brier" | "prAuc"): Figure | number | null {
  if (of === "models") return result.paired("model", "reference")[name];
  return result.values["model"]![name]! - result.values["reference"]![name]!;
}
