// Figures of several models on the same rows, each with a 95 % interval, and the intervals of their differences.
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import type { Figure } from "../../../src/model/manifest-evaluation.ts";
import { blockInterval, FIGURE_RANGES } from "../../../src/quality/block-interval.ts";
import { drawBlocks } from "../../../src/quality/draw-blocks.ts";
import { BlockSums } from "./block-sums.ts";
import { countBlocks } from "./count-blocks.ts";
import { checkPredictionSet, type ModelPredictions, type PredictionSet } from "./prediction-set.ts";
import { RankedRows } from "./ranked-rows.ts";

const FIGURE_NAMES = [
  "prAuc",
  "lift",
  "rocAuc",
  "brier",
  "brierSkill",
  "logLoss",
  "ece",
  "precision",
  "recall",
  "f1",
  "alertRate",
] as const;
type FigureName = (typeof FIGURE_NAMES)[number];

/** A figure is `null` where it does not exist, as PR-AUC without a spike. */
type Figures<T> = Readonly<Record<FigureName, T | null>>;

export interface BootstrapResult {
  readonly blocks: number;
  /** Resamples that the intervals are computed from, and those given up because they never held both outcomes. */
  readonly resamples: number;
  readonly skipped: number;
  /** The figures on all rows, per model. */
  readonly values: Readonly<Record<string, Figures<number>>>;
  /** The same with their intervals; all `null` with fewer than two blocks, or with most resamples skipped. */
  readonly models: Readonly<Record<string, Figures<Figure>>>;
  /** Model `a` minus model `b` on the same resamples. Throws `RangeError` for a name that is not in the set. */
  readonly paired: (a: string, b: string) => Figures<Figure>;
}

export interface BootstrapOptions {
  /** 1,000 by default. */
  readonly resamples?: number;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Percentile intervals of a block bootstrap (H. Künsch 1989, with blocks that do not overlap): neighbouring rows share
 * their label's horizon and their market, so whole blocks are drawn, as many as there are, with replacement, the same
 * for every model. Drawn blocks are joined and the figure is computed on all their rows: a short last block has the
 * same chance to be drawn as any other and weighs what its rows weigh.
 *
 * They are widened for few blocks (`widened`), and need blocks longer than the autocorrelation of the rows: in the
 * simulation of the tests single rows instead of blocks cover the truth 48 times in 100. They are valid for markets
 * like the one tested. The ECE of a resample is biased upwards, like the ECE itself, so that its interval can lie above
 * the value.
 *
 * Cost per resample and model: one walk over the rows, without sorting (`RankedRows`), and one over the blocks
 * (`BlockSums`).
 */
export function bootstrapFigures(set: PredictionSet, options: BootstrapOptions): BootstrapResult {
  const { models } = set;
  const total = options.resamples ?? 1000;
  const blocks = checkPredictionSet(set);
  const samplers = models.map((model) => new ModelSampler(set, model, blocks, total));
  const kept = blocks >= 2 ? resample(set, blocks, samplers, { ...options, resamples: total }) : 0;
  const usable = kept >= total / 2 ? kept : 0;
  const place = (name: string): ModelSampler => {
    const sampler = samplers[models.findIndex((model) => model.name === name)];
    if (sampler !== undefined) return sampler;
    throw new RangeError(`model: got ${name}, expected one of ${models.map((model) => model.name).join(", ")}`);
  };
  const perModel = <T>(of: (sampler: ModelSampler) => T): Record<string, T> =>
    Object.fromEntries(models.map(({ name }, m) => [name, of(samplers[m]!)]));
  return {
    blocks,
    resamples: kept,
    skipped: blocks >= 2 ? total - kept : 0,
    values: perModel(({ whole }) => byName((j) => (Number.isNaN(whole[j]!) ? null : whole[j]!))),
    models: perModel(({ whole, drawn }) =>
      byName((j, name) => blockInterval(whole[j]!, drawn[j]!.subarray(0, usable), blocks, FIGURE_RANGES[name])),
    ),
    paired: (nameA, nameB) => {
      const [a, b] = [place(nameA), place(nameB)];
      return byName((j) =>
        blockInterval(
          a.whole[j]! - b.whole[j]!,
          a.drawn[j]!.subarray(0, usable).map((x, r) => x - b.drawn[j]![r]!),
          blocks,
        ),
      );
    },
  };
}

/** Draws resamples and computes every model's figures on each; returns how many draws were usable. */
function resample(
  { labels, blocks }: PredictionSet,
  blockCount: number,
  samplers: readonly ModelSampler[],
  { seed, resamples, onProgress }: BootstrapOptions & { readonly resamples: number },
): number {
  const counts = countBlocks(labels, blocks, blockCount);
  const random = new SeededRandom(`block-bootstrap:${seed}`);
  const times = new Int32Array(blockCount);
  let kept = 0;
  for (let r = 0; r < resamples; r++) {
    if (drawBlocks(random, counts, times)) {
      for (const sampler of samplers) sampler.take(times, kept);
      kept += 1;
    }
    onProgress?.(r + 1, resamples);
  }
  return kept;
}

/** One model: its figures on all rows, and on each resample that it took. */
class ModelSampler {
  /** In the order of `FIGURE_NAMES`. */
  readonly whole: readonly number[];
  /** Per figure, one value per resample. */
  readonly drawn: readonly Float64Array[];
  private readonly ranked: RankedRows;
  private readonly sums: BlockSums;
  private readonly rank = { prAuc: NaN, rocAuc: NaN };

  constructor({ labels, blocks }: PredictionSet, model: ModelPredictions, blockCount: number, resamples: number) {
    this.ranked = new RankedRows(labels, model.probabilities, blocks, blockCount);
    this.sums = new BlockSums(labels, model, blocks, blockCount);
    this.drawn = FIGURE_NAMES.map(() => new Float64Array(resamples));
    const all = this.figures(new Int32Array(blockCount).fill(1));
    this.whole = FIGURE_NAMES.map((name) => all[name]);
  }

  take(times: Int32Array, at: number): void {
    const figures = this.figures(times);
    FIGURE_NAMES.forEach((name, j) => (this.drawn[j]![at] = figures[name]));
  }

  private figures(times: Int32Array): Record<FigureName, number> {
    const { rank } = this;
    const sums = this.sums.figures(times);
    this.ranked.figures(times, sums, rank);
    return { ...sums, ...rank, lift: (rank.prAuc * sums.rows) / sums.positives };
  }
}

function byName<T>(of: (j: number, name: FigureName) => T): Readonly<Record<FigureName, T>> {
  return Object.fromEntries(FIGURE_NAMES.map((name, j) => [name, of(j, name)])) as Record<FigureName, T>;
}
