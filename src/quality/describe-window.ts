// From the sums of a window's blocks to figures with intervals.
import type { Figure } from "../model/manifest-evaluation.ts";
import { averagePrecisionOfBins } from "./bin-curves.ts";
import { BlockDraws, type RowFigure, RowSampler, figuresOfRow, presentBlocks } from "./block-resampler.ts";
import { CALM, PROBABILITY_UNIT, RELIABILITY, ROW_WIDTH, SPIKE } from "./figure-row.ts";
import { percentileInterval, widened, within } from "./percentile-interval.ts";
import type { ReliabilityBin } from "./reliability-bin.ts";
import { SCORE_BINS, ScoreBins } from "./score-bins.ts";
import { type SeriesTable, type SpecTable, type WindowTables, countsOfTable } from "./window-tables.ts";
import type {
  Expected,
  LabelQuality,
  PairQuality,
  SeriesQuality,
  WindowName,
  WindowOptions,
  WindowQuality,
} from "./window-quality.ts";

const RESAMPLES = 200;

/** Where a figure can lie at all. */
const RANGES: Readonly<Record<RowFigure, readonly [low: number, high: number]>> = {
  prAuc: [0, 1],
  lift: [0, Infinity],
  rocAuc: [0, 1],
  brier: [0, 1],
  brierSkill: [-Infinity, 1],
  logLoss: [0, Infinity],
  ece: [0, 1],
  baseRateGap: [-1, 1],
  brierGap: [-1, 1],
};

/** One model's figures, as far as the pairs need them again. */
interface Sampled {
  readonly table: SeriesTable;
  readonly draws: BlockDraws;
  readonly counts: ReturnType<typeof countsOfTable>;
  readonly drawn: Record<RowFigure, Float64Array>;
}

/** Intervals are drawn by a generator that the window's end seeds: the same question has the same answer. */
export function describeWindow(
  name: WindowName,
  tables: WindowTables,
  options: WindowOptions & { readonly stepMs: number; readonly lastIndex: number },
): WindowQuality {
  const { stepMs, lastIndex, pairs = [], resamples = RESAMPLES } = options;
  const toMs = (lastIndex + 1) * stepMs;
  const sampled = new Map<string, Sampled>();
  const labels = tables.specs.map((spec): LabelQuality => {
    const counts = { rows: spec.resolved, positives: spec.positives };
    const draws = new BlockDraws(counts, resamples, toMs);
    const series = tables.series.filter((table) => table.series.spec === spec.spec.place);
    return describeLabel(
      spec,
      series.flatMap((table) => describeSeries(table, draws, sampled) ?? []),
    );
  });
  return {
    name,
    fromMs: lastIndex < 0 ? null : tables.firstStep * stepMs,
    toMs: lastIndex < 0 ? null : toMs,
    labels,
    pairs: pairs.map(([reference, model]) => describePair(reference, model, sampled)),
  };
}

function describeLabel(table: SpecTable, series: readonly SeriesQuality[]): LabelQuality {
  const { spec, pending, voids, episodes, tauSum, tauCount } = table;
  const resolved = sumOf(table.resolved);
  return {
    labelText: spec.labelText,
    horizonSteps: spec.horizonSteps,
    steps: pending + voids + resolved,
    pending,
    voids,
    resolved,
    positives: sumOf(table.positives),
    episodes,
    tauBps: tauCount > 0 ? (tauSum / tauCount) * 10_000 : null,
    blocks: presentBlocks(table.resolved).length,
    series,
  };
}

/** `undefined` for a model that is gone and left nothing in the window. */
function describeSeries(
  table: SeriesTable,
  draws: BlockDraws,
  sampled: Map<string, Sampled>,
): SeriesQuality | undefined {
  const { series, current, pending } = table;
  const counts = countsOfTable(table);
  const blocks = presentBlocks(counts.rows).length;
  const waiting = sumOf(pending);
  if (!current && blocks === 0 && waiting === 0) return undefined;
  const sampler = new RowSampler(table.rows);
  const total = sampler.total().slice();
  const values = figuresOfRow(total);
  const drawn = sampler.figures(draws);
  sampled.set(series.sha256, { table, draws, counts, drawn });
  const figure = (name: RowFigure): Figure | null =>
    within(interval(values[name], drawn[name], draws, blocks), ...RANGES[name]);
  const calm = total.subarray(CALM, CALM + SCORE_BINS);
  const spike = total.subarray(SPIKE, SPIKE + SCORE_BINS);
  const bins = new ScoreBins(series.threshold, series.edges);
  const resolved = sumOf(counts.rows);
  const positives = sumOf(counts.positives);
  const tp = sumOf(spike.subarray(bins.firstAlertBin));
  const fp = sumOf(calm.subarray(bins.firstAlertBin));
  const fn = positives - tp;
  return {
    sha256: series.sha256,
    threshold: series.threshold,
    firstAlertBin: bins.firstAlertBin,
    current,
    resolved,
    pending: waiting,
    blocks,
    baseRate: ratio(positives, resolved),
    prAuc: figure("prAuc"),
    lift: figure("lift"),
    rocAuc: figure("rocAuc"),
    brier: figure("brier"),
    brierSkill: figure("brierSkill"),
    logLoss: figure("logLoss"),
    ece: figure("ece"),
    confusion: { tp, fp, fn, tn: resolved - positives - fp },
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, positives),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    reliability: reliabilityOf(total),
    counts: { calm: Array.from(calm), spike: Array.from(spike) },
    expected: expectedOf(bins, calm, spike, pending),
    realisedMinusExpected: { baseRate: figure("baseRateGap"), brier: figure("brierGap") },
  };
}

/** On blocks where both have the same number of steps: a block in which one was missing for a while compares nothing. */
function describePair(reference: string, model: string, sampled: ReadonlyMap<string, Sampled>): PairQuality {
  const nothing = { reference, model, blocks: 0, brierGain: null, prAucGain: null };
  const a = sampled.get(reference);
  const b = sampled.get(model);
  if (a === undefined || b === undefined) return { ...nothing, refusal: "unknown_model" };
  if (a.table.series.spec !== b.table.series.spec) return { ...nothing, refusal: "label_specs_differ" };
  const common = (block: number): boolean => a.counts.rows[block]! > 0 && a.counts.rows[block] === b.counts.rows[block];
  const blocks = Array.from(a.counts.rows.keys()).filter(common).length;
  const [one, two] = [a, b].map(({ table, draws, counts, drawn }) => {
    const sampler = new RowSampler(table.rows, common);
    const all = presentBlocks(counts.rows).length === blocks;
    return { whole: figuresOfRow(sampler.total()), drawn: all ? drawn : sampler.figures(draws) };
  }) as [PairSide, PairSide];
  const gain = (name: RowFigure, sign: 1 | -1): Figure | null => {
    const drawn = two.drawn[name].map((x, r) => sign * (x - one.drawn[name][r]!));
    return within(interval(sign * (two.whole[name] - one.whole[name]), drawn, a.draws, blocks), -1, 1);
  };
  return { reference, model, blocks, brierGain: gain("brier", -1), prAucGain: gain("prAuc", 1) };
}

interface PairSide {
  readonly whole: Readonly<Record<RowFigure, number>>;
  readonly drawn: Record<RowFigure, Float64Array>;
}

function interval(value: number, drawn: Float64Array, draws: BlockDraws, blocks: number): Figure | null {
  return draws.enough && blocks >= 2 ? widened(percentileInterval(value, drawn), blocks) : null;
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
