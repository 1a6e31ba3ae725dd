// A window over several symbols: their parts are added up group by group of time, and described as one symbol's window
// is. Markets move together, so a group of time over all symbols is one observation.
import { describeWindow } from "./describe-window.ts";
import { ROW_WIDTH, SQUARES } from "./figure-row.ts";
import { levelsOfArrays } from "./level-curves.ts";
import { type EpisodeBlocks, pooledEpisodesPerBlock } from "./pooled-episodes.ts";
import {
  groupBlocksOf,
  type LabelPart,
  MOST_PART_GROUPS,
  type QualityPart,
  type SeriesPart,
  SUMS_WIDTH,
} from "./quality-part.ts";
import { SCORE_BINS } from "./score-bins.ts";
import { mergedLevels, type ScoreLevel, sortedLevels } from "./score-level.ts";
import type { WindowName, WindowOptions, WindowQuality } from "./window-quality.ts";
import type { SeriesTable, SpecTable, WindowTables } from "./window-tables.ts";

/** Score levels of a group: merged to the second when there are more than the first. */
const MOST_LEVELS = 1_024;
const MERGED_LEVELS = 512;

/** A model that the gateway serves. */
export interface PooledModel {
  readonly sha256: string;
  readonly labelText: string;
  readonly threshold: number;
  /** Edges of its score bins; none for bins of equal width. */
  readonly edges: readonly number[];
}

interface PooledLabel extends Pick<LabelPart, "labelText" | "horizonSteps"> {
  pending: number;
  voids: number;
  tauSum: number;
  tauCount: number;
  resolved: Map<number, number>;
  positives: Map<number, number>;
  readonly episodes: EpisodeBlocks[];
}

interface PooledSeries {
  readonly model: PooledModel;
  current: boolean;
  readonly bins: Float64Array;
  readonly pending: Float64Array;
  sums: Map<number, Float64Array>;
  levels: Map<number, readonly ScoreLevel[]>;
}

/** Takes parts one by one, so that those of a thousand symbols need not be held at once. */
export class PooledWindow {
  private readonly labels = new Map<string, PooledLabel>();
  private readonly series: readonly PooledSeries[];
  private readonly stepMs: number;
  /** The most of any part: all groups are powers of two, so that smaller ones are joined to it. */
  private groupBlocks = 1;
  private fromMs = Infinity;
  private toMs = -Infinity;

  constructor(models: readonly PooledModel[], stepMs: number) {
    this.stepMs = stepMs;
    this.series = models.map((model) => ({
      model,
      current: false,
      bins: new Float64Array(2 * SCORE_BINS),
      pending: new Float64Array(SCORE_BINS),
      sums: new Map(),
      levels: new Map(),
    }));
  }

  /** Blocks of a group, the unit of the intervals. */
  get blocksOfGroup(): number {
    return this.groupBlocks;
  }

  /** Adds a symbol's part. Throws `RangeError` for one of other steps: they do not add up. */
  add(part: QualityPart): void {
    const { stepMs, groupBlocks, firstGroup } = part;
    if (stepMs !== this.stepMs) throw new RangeError(`part: got steps of ${stepMs} ms, expected ${this.stepMs} ms`);
    this.joinGroups(groupBlocks);
    const groupOf = (i: number): number => Math.floor(((firstGroup + i) * groupBlocks) / this.groupBlocks);
    this.fromMs = Math.min(this.fromMs, part.fromMs);
    this.toMs = Math.max(this.toMs, part.toMs);
    for (const label of part.labels) {
      if (this.series.some(({ model }) => model.labelText === label.labelText)) this.addLabel(label, groupOf);
    }
    for (const one of part.series) {
      const found = this.series.find(({ model }) => {
        return model.sha256 === one.sha256 && model.labelText === one.labelText;
      });
      if (found !== undefined) addSeries(found, one, groupOf);
    }
  }

  /** Figures with intervals over all parts; blocks of time are the groups. No labels before the first part. */
  window(name: WindowName, options: WindowOptions = {}): WindowQuality {
    const { stepMs } = this;
    if (!Number.isFinite(this.toMs)) return { name, fromMs: null, toMs: null, labels: [], pairs: [] };
    const place = { stepMs, lastIndex: Math.round(this.toMs / stepMs) - 1 };
    return describeWindow(name, this.tables(), { ...place, ...options, mostGroups: MOST_PART_GROUPS });
  }

  private addLabel(label: LabelPart, groupOf: GroupOf): void {
    const { labelText, horizonSteps } = label;
    let sum = this.labels.get(labelText);
    if (sum === undefined) {
      const counts = { pending: 0, voids: 0, tauSum: 0, tauCount: 0 };
      sum = { labelText, horizonSteps, ...counts, resolved: new Map(), positives: new Map(), episodes: [] };
      this.labels.set(labelText, sum);
    }
    for (const key of ["pending", "voids", "tauSum", "tauCount"] as const) sum[key] += label[key];
    for (const key of ["resolved", "positives"] as const) {
      label[key].forEach((count, i) => {
        addCount(sum[key], groupOf(i), count);
      });
    }
    sum.episodes.push(label.episodeBlocks);
  }

  /** Joins groups until they are of at least so many blocks. */
  private joinGroups(groupBlocks: number): void {
    const factor = groupBlocks / this.groupBlocks;
    if (factor <= 1) return;
    this.groupBlocks = groupBlocks;
    for (const label of this.labels.values()) {
      for (const key of ["resolved", "positives"] as const) {
        const before = label[key];
        label[key] = new Map();
        for (const [group, count] of before) addCount(label[key], Math.floor(group / factor), count);
      }
    }
    for (const one of this.series) {
      const { sums, levels } = one;
      [one.sums, one.levels] = [new Map(), new Map()];
      for (const [group, ofGroup] of sums) addSums(one, Math.floor(group / factor), ofGroup, levels.get(group)!);
    }
  }

  private tables(): WindowTables {
    const labels = [...this.labels.values()];
    const groupsOf = (): [first: number, last: number] => {
      const numbers = labels.flatMap(({ resolved }) => [...resolved.keys()]);
      if (numbers.length === 0) return [0, -1];
      return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
    };
    // Of symbols that stopped long ago, or began at other times.
    this.joinGroups(this.groupBlocks * groupBlocksOf(...groupsOf()));
    const [first, last] = groupsOf();
    const blocks = last - first + 1;
    return {
      firstStep: Math.round(this.fromMs / this.stepMs),
      firstBlock: first,
      blocks,
      specs: labels.map((label, place) => specTable(label, place, { first, blocks, groupBlocks: this.groupBlocks })),
      series: this.series.flatMap((one, place) => {
        const spec = labels.findIndex(({ labelText }) => labelText === one.model.labelText);
        return spec < 0 ? [] : [seriesTable(one, { place, spec, first, blocks })];
      }),
    };
  }
}

/** The group of the window in which a group of a part lies. */
type GroupOf = (place: number) => number;

function addCount(counts: Map<number, number>, group: number, count: number): void {
  counts.set(group, (counts.get(group) ?? 0) + count);
}

function addSeries(sum: PooledSeries, part: SeriesPart, groupOf: GroupOf): void {
  sum.current ||= part.current;
  part.bins.forEach((count, i) => (sum.bins[i]! += count));
  part.pending.forEach((count, i) => (sum.pending[i]! += count));
  part.levels.forEach((levels, i) => {
    if (levels.length === 0) return;
    addSums(sum, groupOf(i), part.sums.subarray(i * SUMS_WIDTH, (i + 1) * SUMS_WIDTH), levelsOfArrays([levels]));
  });
}

function addSums(sum: PooledSeries, group: number, more: Float64Array, levels: readonly ScoreLevel[]): void {
  const sums = sum.sums.get(group) ?? new Float64Array(SUMS_WIDTH);
  for (let j = 0; j < SUMS_WIDTH; j++) sums[j]! += more[j]!;
  sum.sums.set(group, sums);
  const all = [...(sum.levels.get(group) ?? []), ...levels];
  sum.levels.set(group, all.length > MOST_LEVELS ? mergedLevels(sortedLevels(all), MERGED_LEVELS) : all);
}

interface Groups {
  readonly first: number;
  readonly blocks: number;
}

function specTable(
  { resolved, positives, episodes, ...label }: PooledLabel,
  place: number,
  { first, blocks, groupBlocks }: Groups & { readonly groupBlocks: number },
): SpecTable {
  const { labelText, horizonSteps, ...counts } = label;
  const perGroup = (sums: ReadonlyMap<number, number>): Int32Array =>
    Int32Array.from({ length: blocks }, (_, i) => sums.get(first + i) ?? 0);
  const episodesOf = new Int32Array(blocks);
  for (const [block, count] of pooledEpisodesPerBlock(episodes)) {
    if (count > 0) episodesOf[Math.floor(block / groupBlocks) - first]! += count;
  }
  return {
    spec: { serial: place, place, labelText, horizonSteps, column: -1 },
    ...counts,
    resolved: perGroup(resolved),
    positives: perGroup(positives),
    episodes: episodesOf,
  };
}

function seriesTable(
  { model, current, bins, pending, sums, levels }: PooledSeries,
  { place, spec, first, blocks }: Groups & { readonly place: number; readonly spec: number },
): SeriesTable {
  const rows = new Float64Array(blocks * ROW_WIDTH);
  for (const [group, ofGroup] of sums) rows.set(ofGroup, (group - first) * ROW_WIDTH + SQUARES);
  // Only their sum over the window is used: confusion and expected figures have no interval.
  rows.set(bins);
  const { sha256, threshold, edges } = model;
  return {
    series: { serial: place, place, sha256, threshold, edges, spec, absentSince: 0 },
    current,
    rows,
    levels: Array.from({ length: blocks }, (_, i) => sortedLevels(levels.get(first + i) ?? [])),
    pending,
  };
}
