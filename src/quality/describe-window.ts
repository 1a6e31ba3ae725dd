// Computes figures with intervals from the sums of a window's blocks. point-figures.ts computes figures without
// intervals.
import type { Figure } from "../model/manifest-evaluation.ts";
import { type BlockCounts, blockGroups, presentBlocks } from "./block-groups.ts";
import { type FigureName, figureInterval, gainInterval, type Jackknife } from "./figure-intervals.ts";
import { sumOfRows } from "./figures-of-row.ts";
import { boundsOfLevels, placedLevels } from "./level-curves.ts";
import { qualityCurves } from "./quality-curves.ts";
import { seriesJackknife } from "./series-jackknife.ts";
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

/** One model's jackknife, reused for the pairs. */
interface Described {
  readonly table: SeriesTable;
  readonly jackknife: Jackknife;
  readonly perBlock: BlockCounts;
}

export function describeWindow(
  name: WindowName,
  tables: WindowTables,
  options: WindowOptions & { readonly stepMs: number; readonly lastIndex: number },
): WindowQuality {
  const { stepMs, lastIndex, pairs = [], curves = false } = options;
  const described = new Map<string, Described>();
  const labels = tables.specs.map((spec): LabelQuality => {
    const series = tables.series.filter((table) => table.series.spec === spec.spec.place);
    return { ...labelCounts(spec), series: series.flatMap((table) => describeSeries(table, described, curves) ?? []) };
  });
  return {
    name,
    fromMs: lastIndex < 0 ? null : tables.firstStep * stepMs,
    toMs: lastIndex < 0 ? null : (lastIndex + 1) * stepMs,
    labels,
    pairs: pairs.map(([reference, model]) => describePair(reference, model, described)),
  };
}

/** `undefined` for a model that is no longer followed and has no steps in the window. */
function describeSeries(
  table: SeriesTable,
  described: Map<string, Described>,
  withCurves: boolean,
): SeriesQuality | undefined {
  const counted = seriesCounts(table, sumOfRows(table.rows));
  if (counted === undefined) return undefined;
  const { counts, perBlock } = counted;
  const levels = placedLevels(table.levels);
  const groups = blockGroups(perBlock);
  const jackknife = seriesJackknife(table.rows, levels, groups);
  described.set(counts.sha256, { table, jackknife, perBlock });
  const figure = (name: FigureName): Figure | null => figureInterval(name, jackknife);
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
    ...(withCurves ? { curves: counts.blocks < 2 ? null : qualityCurves(table.rows, levels, groups) } : {}),
  };
}

/**
 * Compares two models on blocks where both have the same number of steps: otherwise one was missing for a part of the
 * block.
 */
function describePair(reference: string, model: string, described: ReadonlyMap<string, Described>): PairQuality {
  const nothing = { reference, model, blocks: 0, brierGain: null, prAucGain: null };
  const a = described.get(reference);
  const b = described.get(model);
  if (a === undefined || b === undefined) return { ...nothing, refusal: "unknown_model" };
  if (a.table.series.spec !== b.table.series.spec) return { ...nothing, refusal: "label_specs_differ" };
  const isCommon = (block: number): boolean =>
    a.perBlock.rows[block]! > 0 && a.perBlock.rows[block] === b.perBlock.rows[block];
  const groups = blockGroups(a.perBlock, isCommon);
  const blocks = groups.groupOf.reduce((sum, group) => sum + (group >= 0 ? 1 : 0), 0);
  const side = ({ table, jackknife, perBlock }: Described): Jackknife =>
    presentBlocks(perBlock.rows).length === blocks
      ? jackknife
      : seriesJackknife(
          table.rows,
          placedLevels(table.levels.map((one, block) => (isCommon(block) ? one : []))),
          groups,
        );
  const [one, two] = [side(a), side(b)];
  return {
    reference,
    model,
    blocks,
    brierGain: gainInterval("brier", one, two),
    prAucGain: gainInterval("prAuc", two, one),
  };
}
