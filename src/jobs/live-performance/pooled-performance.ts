// One model over many symbols: counts per score bin are summed, and figures are made from the sums. A symbol with more
// resolved steps weighs more; a symbol whose model or label is another one is left out and named.
import { averagePrecisionOfBins, rocAucOfBins } from "../../quality/bin-curves.ts";
import { SCORE_BINS } from "../../quality/score-bins.ts";
import type { AliasFigures } from "../../durable/symbol/evaluation/symbol-figures.ts";

export interface PooledPerformance {
  readonly resolved: number;
  readonly positives: number;
  /** Summed: markets move together, so the same event counts once for each symbol that it reaches. */
  readonly episodes: number;
  readonly baseRate: number;
  /** `null` unless both outcomes are there; likewise the next two. */
  readonly prAuc: number | null;
  readonly lift: number | null;
  readonly rocAuc: number | null;
  /** Over 10 bins of equal width. */
  readonly ece: number;
  /** Weighted by resolved steps; `null` while a symbol among them has none. */
  readonly brier: number | null;
  readonly confusion: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/**
 * Figures over symbols of one model and window, given with their counts; `null` without a resolved step.
 *
 * Example: one symbol alone has its own figures.
 * @throws RangeError for figures of different models or labels, or without counts: their bins do not add up.
 */
export function poolPerformance(symbols: readonly AliasFigures[]): PooledPerformance | null {
  const [first] = symbols;
  const resolved = sum(symbols, (s) => s.resolved);
  if (first === undefined || resolved === 0) return null;
  const calm = new Float64Array(SCORE_BINS);
  const spike = new Float64Array(SCORE_BINS);
  const gaps: number[] = [];
  for (const { sha256, labelText, counts, reliability } of symbols) {
    if (sha256 !== first.sha256 || labelText !== first.labelText || counts === null || reliability === null) {
      throw new RangeError(`symbols: got ${sha256} for ${labelText}, expected counts of ${first.sha256} throughout`);
    }
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
  const prAuc = orNull(averagePrecisionOfBins(calm, spike));
  return {
    resolved,
    positives,
    episodes: sum(symbols, (s) => s.episodes),
    baseRate,
    prAuc,
    lift: prAuc === null ? null : prAuc / baseRate,
    rocAuc: orNull(rocAucOfBins(calm, spike)),
    ece: gaps.reduce((ece, gap) => ece + Math.abs(gap), 0) / resolved,
    brier: symbols.some((s) => s.resolved > 0 && s.brier === null)
      ? null
      : sum(symbols, (s) => s.resolved * (s.brier ?? 0)) / resolved,
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

function orNull(x: number): number | null {
  return Number.isNaN(x) ? null : x;
}
