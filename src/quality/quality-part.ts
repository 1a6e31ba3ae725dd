// One symbol's part of a window over several symbols: its blocks summed in groups of time, which are the same for all
// symbols, so that a day of five models crosses RPC in some 250 kB.
import { countsOfRow, ROW_WIDTH, SQUARES } from "./figure-row.ts";
import { sumOfRows } from "./figures-of-row.ts";
import { levelsToArray } from "./level-curves.ts";
import type { EpisodeBlocks } from "./pooled-episodes.ts";
import { mergedLevels, type ScoreLevel, sortedLevels } from "./score-level.ts";
import type { SeriesTable, SpecTable, WindowTables } from "./window-tables.ts";

/** Most groups of a part, and of a window over several. */
export const MOST_PART_GROUPS = 32;
/** Most score levels of a group. */
const GROUP_LEVELS = 64;

/** Sums of a group: the exact ones and the reliability bins of a figure row. */
export const SUMS_WIDTH = ROW_WIDTH - SQUARES;

/** Counts of one label spec. */
export interface LabelPart {
  readonly labelText: string;
  readonly horizonSteps: number;
  readonly pending: number;
  readonly voids: number;
  readonly tauSum: number;
  readonly tauCount: number;
  /** Per group. */
  readonly resolved: Int32Array;
  readonly positives: Int32Array;
  /** Per block. */
  readonly episodeBlocks: EpisodeBlocks;
}

/** One model. */
export interface SeriesPart {
  readonly sha256: string;
  readonly labelText: string;
  readonly current: boolean;
  /** Calm steps and spikes per score bin, over the whole window. */
  readonly bins: Float64Array;
  readonly pending: Float64Array;
  /** Per group `SUMS_WIDTH` numbers. */
  readonly sums: Float64Array;
  /** Per group (`levelsToArray`). */
  readonly levels: readonly Float32Array[];
}

export interface QualityPart {
  readonly stepMs: number;
  /** Blocks of a group, a power of two; group g holds those from g · this on. */
  readonly groupBlocks: number;
  readonly firstGroup: number;
  /** Start of the first block, and the end of the newest step. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly labels: readonly LabelPart[];
  readonly series: readonly SeriesPart[];
}

/**
 * The sums of the window's blocks in as small groups as leave at most `MOST_PART_GROUPS`: of a young symbol each block,
 * of a day of 96 blocks four, of thirty days four of six hours.
 * @param lastIndex the newest step; without one there is no part.
 */
export function qualityPart(
  { firstStep, firstBlock, specs, series }: WindowTables,
  { stepMs, lastIndex }: { readonly stepMs: number; readonly lastIndex: number },
): QualityPart | null {
  if (lastIndex < 0) return null;
  const used = specs.flatMap(({ resolved }) => [...resolved.keys()].filter((block) => resolved[block]! > 0));
  const first = firstBlock + used.reduce((least, block) => Math.min(least, block), Infinity);
  const last = firstBlock + used.reduce((most, block) => Math.max(most, block), -Infinity);
  const groupBlocks = groupBlocksOf(first, last);
  const firstGroup = used.length === 0 ? 0 : Math.floor(first / groupBlocks);
  const groups = used.length === 0 ? 0 : Math.floor(last / groupBlocks) - firstGroup + 1;
  const groupOf = (block: number): number => Math.floor((firstBlock + block) / groupBlocks) - firstGroup;
  const labelTexts = new Map(specs.map(({ spec }) => [spec.place, spec.labelText]));
  return {
    stepMs,
    groupBlocks,
    firstGroup,
    fromMs: firstStep * stepMs,
    toMs: (lastIndex + 1) * stepMs,
    labels: specs.map((table) => labelPart(table, firstBlock, { groups, groupOf })),
    series: series.map((table) => seriesPart(table, labelTexts.get(table.series.spec) ?? "", { groups, groupOf })),
  };
}

/**
 * The smallest power of two of which groups hold the blocks from `first` to `last` in at most `MOST_PART_GROUPS`.
 *
 * Example: 32 blocks from 0 on need 1; from 1 to 33 it is 2.
 */
export function groupBlocksOf(first: number, last: number): number {
  let blocks = 1;
  while (Math.floor(last / blocks) - Math.floor(first / blocks) >= MOST_PART_GROUPS) blocks *= 2;
  return blocks;
}

interface Grouping {
  readonly groups: number;
  readonly groupOf: (block: number) => number;
}

function labelPart(table: SpecTable, firstBlock: number, { groups, groupOf }: Grouping): LabelPart {
  const { spec, pending, voids, tauSum, tauCount, episodes } = table;
  const summed = (counts: Int32Array): Int32Array => {
    const sums = new Int32Array(groups);
    counts.forEach((count, block) => {
      if (count > 0) sums[groupOf(block)]! += count;
    });
    return sums;
  };
  return {
    labelText: spec.labelText,
    horizonSteps: spec.horizonSteps,
    ...{ pending, voids, tauSum, tauCount },
    resolved: summed(table.resolved),
    positives: summed(table.positives),
    episodeBlocks: { firstBlock, episodes: Array.from(episodes) },
  };
}

function seriesPart(
  { series, current, rows, levels, pending }: SeriesTable,
  labelText: string,
  { groups, groupOf }: Grouping,
): SeriesPart {
  const sums = new Float64Array(groups * SUMS_WIDTH);
  const grouped = Array.from({ length: groups }, (): ScoreLevel[] => []);
  for (let block = 0; block < levels.length; block++) {
    const at = block * ROW_WIDTH;
    if (countsOfRow(rows, at).rows === 0) continue;
    const group = groupOf(block);
    for (let j = 0; j < SUMS_WIDTH; j++) sums[group * SUMS_WIDTH + j]! += rows[at + SQUARES + j]!;
    grouped[group]!.push(...levels[block]!);
  }
  return {
    sha256: series.sha256,
    labelText,
    current,
    bins: sumOfRows(rows).slice(0, SQUARES),
    pending,
    sums,
    levels: grouped.map((ofGroup) => levelsToArray(mergedLevels(sortedLevels(ofGroup), GROUP_LEVELS))),
  };
}
