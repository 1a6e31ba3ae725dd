// Computes figures with intervals from the sums of a window's blocks. point-figures.ts computes figures without
// intervals.
import type { Figure } from "../model/manifest-evaluation.ts";
import { blockInterval, FIGURE_RANGES } from "./block-interval.ts";
import {
  BlockDraws,
  type RowFigure,
  type FiguresOfRow,
  RowSampler,
  figuresOfRow,
  presentBlocks,
} from "./block-resampler.ts";
import type { BlockCounts } from "./draw-blocks.ts";
import { exactFigures, shiftedDraws } from "./exact-figures.ts";
import { boundsOfLevels, placedLevels } from "./level-curves.ts";
import { rankedRows } from "./rank-columns.ts";
import { labelCounts, seriesCounts } from "./window-counts.ts";
import type {
  LabelQuality,
  PairQuality,
  SeriesQuality,
  WindowName,
  WindowOptions,
  WindowQuality,
} from "./window-quality.ts";
import type { SeriesTable, WindowTables } from "./window-tables.ts";

const RESAMPLES = 200;
/** Range of the difference of two models' figures, which are both shares. */
const GAIN_RANGE = [-1, 1] as const;

/** One model's sampled rows, reused for the pairs. */
interface Sampled extends PairSide {
  readonly table: SeriesTable;
  /** The table's rows by rank (rank-columns.ts). */
  readonly rows: Float64Array;
  readonly draws: BlockDraws;
  readonly perBlock: BlockCounts;
}

/** The generator for the intervals is seeded with the window's end, so that equal queries have equal answers. */
export function describeWindow(
  name: WindowName,
  tables: WindowTables,
  options: WindowOptions & { readonly stepMs: number; readonly lastIndex: number },
): WindowQuality {
  const { stepMs, lastIndex, pairs = [], resamples = RESAMPLES } = options;
  const toMs = (lastIndex + 1) * stepMs;
  const sampled = new Map<string, Sampled>();
  const labels = tables.specs.map((spec): LabelQuality => {
    const draws = new BlockDraws({ rows: spec.resolved, positives: spec.positives }, resamples, toMs);
    const series = tables.series.filter((table) => table.series.spec === spec.spec.place);
    return { ...labelCounts(spec), series: series.flatMap((table) => describeSeries(table, draws, sampled) ?? []) };
  });
  return {
    name,
    fromMs: lastIndex < 0 ? null : tables.firstStep * stepMs,
    toMs: lastIndex < 0 ? null : toMs,
    labels,
    pairs: pairs.map(([reference, model]) => describePair(reference, model, sampled)),
  };
}

/** `undefined` for a model that is no longer followed and has no steps in the window. */
function describeSeries(
  table: SeriesTable,
  draws: BlockDraws,
  sampled: Map<string, Sampled>,
): SeriesQuality | undefined {
  const counted = seriesCounts(table, new RowSampler(table.rows).total());
  if (counted === undefined) return undefined;
  const { counts, perBlock } = counted;
  const levels = placedLevels(table.levels);
  const rows = rankedRows(table.rows, levels);
  const sampler = new RowSampler(rows);
  const ofColumns = figuresOfRow(sampler.total());
  const values = exactFigures(levels, ofColumns);
  const drawn = shiftedDraws(sampler.figures(draws), values, ofColumns);
  sampled.set(counts.sha256, { table, rows, draws, perBlock, whole: values, drawn });
  const figure = (name: RowFigure): Figure | null =>
    blockInterval(values[name], drawn[name], counts.blocks, FIGURE_RANGES[name]);
  return {
    ...counts,
    prAuc: figure("prAuc"),
    lift: figure("lift"),
    rocAuc: figure("rocAuc"),
    brier: figure("brier"),
    brierSkill: figure("brierSkill"),
    logLoss: figure("logLoss"),
    ece: figure("ece"),
    prAucBounds: counts.blocks < 2 ? null : boundsOfLevels(levels),
    realisedMinusExpected: { baseRate: figure("baseRateGap"), brier: figure("brierGap") },
  };
}

/**
 * Compares two models on blocks where both have the same number of steps: otherwise one was missing for a part of the
 * block.
 */
function describePair(reference: string, model: string, sampled: ReadonlyMap<string, Sampled>): PairQuality {
  const nothing = { reference, model, blocks: 0, brierGain: null, prAucGain: null };
  const a = sampled.get(reference);
  const b = sampled.get(model);
  if (a === undefined || b === undefined) return { ...nothing, refusal: "unknown_model" };
  if (a.table.series.spec !== b.table.series.spec) return { ...nothing, refusal: "label_specs_differ" };
  const isCommon = (block: number): boolean =>
    a.perBlock.rows[block]! > 0 && a.perBlock.rows[block] === b.perBlock.rows[block];
  const blocks = Array.from(a.perBlock.rows.keys()).filter(isCommon).length;
  const [one, two] = [pairSide(a, isCommon, blocks), pairSide(b, isCommon, blocks)];
  const gain = (name: RowFigure, sign: 1 | -1): Figure | null => {
    const drawn = two.drawn[name].map((x, r) => sign * (x - one.drawn[name][r]!));
    return blockInterval(sign * (two.whole[name] - one.whole[name]), drawn, blocks, GAIN_RANGE);
  };
  return { reference, model, blocks, brierGain: gain("brier", -1), prAucGain: gain("prAuc", 1) };
}

/** A model's figures over the common blocks, and on each draw. */
interface PairSide {
  readonly whole: FiguresOfRow;
  readonly drawn: Readonly<Record<RowFigure, Float64Array>>;
}

function pairSide(sampled: Sampled, isCommon: (block: number) => boolean, commonBlocks: number): PairSide {
  const { table, rows, draws, perBlock } = sampled;
  if (presentBlocks(perBlock.rows).length === commonBlocks) return sampled;
  const sampler = new RowSampler(rows, isCommon);
  const levels = placedLevels(table.levels.filter((_, block) => isCommon(block)));
  const ofColumns = figuresOfRow(sampler.total());
  const whole = exactFigures(levels, ofColumns);
  return { whole, drawn: shiftedDraws(sampler.figures(draws), whole, ofColumns) };
}
