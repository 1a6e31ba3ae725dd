// A window's exact counts of a label and of a model; they need no interval.
import { averagePrecisionOfBins } from "./bin-curves.ts";
import { type BlockCounts, presentBlocks } from "./block-groups.ts";
import { CALM, countsOfRows, PROBABILITY_UNIT, RELIABILITY, ROW_WIDTH, SPIKE, SQUARES } from "./figure-row.ts";
import type { ReliabilityBin } from "./reliability-bin.ts";
import { SCORE_BINS, ScoreBins } from "./score-bins.ts";
import type { Expected, LabelCounts, SeriesCounts } from "./window-quality.ts";
import type { SeriesTable, SpecTable } from "./window-tables.ts";

/** The counts of one label spec. */
export function labelCounts({ spec, pending, voids, tauSum, tauCount, ...perBlock }: SpecTable): LabelCounts {
  const resolved = sumOf(perBlock.resolved);
  return {
    labelText: spec.labelText,
    horizonSteps: spec.horizonSteps,
    steps: pending + voids + resolved,
    pending,
    voids,
    resolved,
    positives: sumOf(perBlock.positives),
    episodes: sumOf(perBlock.episodes),
    tauBps: tauCount > 0 ? (tauSum / tauCount) * 10_000 : null,
    blocks: presentBlocks(perBlock.resolved).length,
  };
}

/** One model of a window, counted. */
interface CountedSeries {
  readonly counts: SeriesCounts;
  /** Steps and spikes per block. */
  readonly perBlock: BlockCounts;
}

/**
 * The counts of one model; `undefined` for a model that is no longer followed and has no steps in the window.
 * @param total sum of the model's figure rows over the window.
 */
export function seriesCounts(table: SeriesTable, total: Float64Array): CountedSeries | undefined {
  const { series, current, pending } = table;
  const perBlock = countsOfRows(table.rows);
  const blocks = presentBlocks(perBlock.rows).length;
  const waiting = sumOf(pending);
  if (!current && blocks === 0 && waiting === 0) return undefined;
  const calm = total.subarray(CALM, CALM + SCORE_BINS);
  const spike = total.subarray(SPIKE, SPIKE + SCORE_BINS);
  const bins = new ScoreBins(series.threshold, series.edges);
  const { firstAlertBin } = bins;
  const resolved = sumOf(perBlock.rows);
  const positives = sumOf(perBlock.positives);
  const [tp, fp] = [sumOf(spike.subarray(firstAlertBin)), sumOf(calm.subarray(firstAlertBin))];
  const fn = positives - tp;
  const counts: SeriesCounts = {
    sha256: series.sha256,
    threshold: series.threshold,
    firstAlertBin,
    current,
    resolved,
    pending: waiting,
    blocks,
    baseRate: ratio(positives, resolved),
    squaredErrors: total[SQUARES]!,
    confusion: { tp, fp, fn, tn: resolved - positives - fp },
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, positives),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    reliability: reliabilityOf(total),
    counts: { calm: Array.from(calm), spike: Array.from(spike) },
    expected: expectedOf(bins, calm, spike, pending),
  };
  return { counts, perBlock };
}

function reliabilityOf(total: Float64Array): ReliabilityBin[] {
  const bins: ReliabilityBin[] = [];
  for (let j = RELIABILITY; j < ROW_WIDTH; j += 3) {
    const [count, positives, units] = [total[j]!, total[j + 1]!, total[j + 2]!];
    bins.push({
      count,
      meanProbability: ratio(units * PROBABILITY_UNIT, count),
      positiveShare: ratio(positives, count),
    });
  }
  return bins;
}

function expectedOf(bins: ScoreBins, calm: Float64Array, spike: Float64Array, pending: Float64Array): Expected {
  const expectedCalm = new Float64Array(SCORE_BINS);
  const expectedSpike = new Float64Array(SCORE_BINS);
  let steps = 0;
  let variance = 0;
  for (let bin = 0; bin < SCORE_BINS; bin++) {
    const count = calm[bin]! + spike[bin]! + pending[bin]!;
    const share = bins.probability(bin);
    expectedSpike[bin] = count * share;
    expectedCalm[bin] = count - count * share;
    steps += count;
    variance += count * share * (1 - share);
  }
  const positives = sumOf(expectedSpike);
  const hits = sumOf(expectedSpike.subarray(bins.firstAlertBin));
  const prAuc = averagePrecisionOfBins(expectedCalm, expectedSpike);
  return {
    baseRate: ratio(positives, steps),
    precision: ratio(hits, hits + sumOf(expectedCalm.subarray(bins.firstAlertBin))),
    recall: ratio(hits, positives),
    prAuc: Number.isNaN(prAuc) ? null : prAuc,
    brier: ratio(variance, steps),
  };
}

function sumOf(values: Int32Array | Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum;
}

/** `null` where the denominator is 0. */
function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
