// One model over many symbols: counts, sums and score levels are added up, and figures are made from the sums. A
// symbol with more resolved steps weighs more; a symbol whose model or label is another one is left out and named.
import { type AucBounds, boundsOfLevels, figuresOfLevels, levelsOfArrays } from "../../quality/level-curves.ts";
import { type EpisodeBlocks, pooledEpisodes } from "../../quality/pooled-episodes.ts";
import { SCORE_BINS } from "../../quality/score-bins.ts";
import type { AliasFigures } from "../../durable/symbol/evaluation/symbol-figures.ts";

export interface PooledPerformance {
  readonly resolved: number;
  readonly positives: number;
  /** An event that several symbols have at a time counts once (pooled-episodes.ts). */
  readonly episodes: number;
  readonly baseRate: number;
  /** `null` unless both outcomes are there; likewise the next two. */
  readonly prAuc: number | null;
  readonly lift: number | null;
  readonly rocAuc: number | null;
  /** Between which values PR-AUC lies, whatever the order of scores within their levels. */
  readonly prAucBounds: AucBounds | null;
  /** Over 10 bins of equal width. */
  readonly ece: number;
  readonly brier: number;
  readonly confusion: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/**
 * Figures over symbols of one model and window, given with their counts; `null` without a resolved step.
 *
 * Example: one symbol alone has its own figures.
 * @throws RangeError for figures of different models or labels, or without counts and levels: they do not add up.
 */
export function poolPerformance(symbols: readonly AliasFigures[]): PooledPerformance | null {
  const [first] = symbols;
  const resolved = sum(symbols, (s) => s.resolved);
  if (first === undefined || resolved === 0) return null;
  const calm = new Float64Array(SCORE_BINS);
  const spike = new Float64Array(SCORE_BINS);
  const gaps: number[] = [];
  const levels: Float32Array[] = [];
  const blocks: EpisodeBlocks[] = [];
  for (const { sha256, labelText, counts, reliability, levels: own, episodeBlocks } of symbols) {
    const isSame = sha256 === first.sha256 && labelText === first.labelText;
    if (!isSame || !(counts && reliability && own && episodeBlocks)) {
      throw new RangeError(`symbols: got ${sha256} for ${labelText}, expected counts of ${first.sha256} throughout`);
    }
    levels.push(own);
    blocks.push(episodeBlocks);
    for (let bin = 0; bin < SCORE_BINS; bin++) {
      calm[bin]! += counts.calm[bin]!;
      spike[bin]! += counts.spike[bin]!;
    }
    reliability.forEach(({ count, meanProbability, positiveShare }, k) => {
      gaps[k] = (gaps[k] ?? 0) + count * ((meanProbability ?? 0) - (positiveShare ?? 0));
    });
  }
  const { firstAlertBin } = first;
  const positives = total(spike, 0);
  const [tp, fp] = [total(spike, firstAlertBin), total(calm, firstAlertBin)];
  const fn = positives - tp;
  const baseRate = positives / resolved;
  const placed = levelsOfArrays(levels);
  // A symbol's own figures are from all its levels, those of a sum from merged ones.
  const hasOwn = symbols.length === 1 && first.prAuc !== null;
  const { prAuc, lift, rocAuc } = hasOwn ? first : figuresOfLevels(placed);
  return {
    resolved,
    positives,
    episodes: pooledEpisodes(blocks),
    baseRate,
    prAuc: orNull(prAuc),
    lift: orNull(lift),
    rocAuc: orNull(rocAuc),
    prAucBounds: boundsOfLevels(placed),
    ece: gaps.reduce((ece, gap) => ece + Math.abs(gap), 0) / resolved,
    brier: sum(symbols, (s) => s.squaredErrors) / resolved,
    confusion: { tp, fp, fn, tn: resolved - positives - fp },
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, positives),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
  };
}

function sum(symbols: readonly AliasFigures[], of: (symbol: AliasFigures) => number): number {
  return symbols.reduce((s, symbol) => s + of(symbol), 0);
}

function total(counts: Float64Array, from: number): number {
  return counts.subarray(from).reduce((s, n) => s + n, 0);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function orNull(x: number | null): number | null {
  return x === null || Number.isNaN(x) ? null : x;
}
