// A model's precision-recall curve and reliability curve over a window, each point with its interval.
import type { BlockGroups } from "./block-groups.ts";
import { PROBABILITY_UNIT, RELIABILITY, ROW_WIDTH } from "./figure-row.ts";
import { jackknifeInterval } from "./jackknife-interval.ts";
import { type BlockLevel, LevelCurves, RECALL_BANDS, scoresOfRecall } from "./level-curves.ts";
import { RELIABILITY_BINS } from "./reliability-bin.ts";

interface Ends {
  /** Both ends are `null` where the point has no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * One step of the precision-recall curve: `precision` is the mean over the spikes that are found between the step
 * before and this `recall`.
 */
export interface RecallPoint extends Ends {
  readonly recall: number;
  readonly precision: number;
  /** The score from which on this share of the spikes is found. */
  readonly probability: number;
}

/** A reliability bin with the interval of its share of spikes; the means are `null` when it is empty. */
export interface ReliabilityPoint extends Ends {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanProbability: number | null;
  readonly positiveShare: number | null;
}

export interface QualityCurves {
  /** By rising recall; empty unless both outcomes are there. The mean of its precisions is PR-AUC. */
  readonly precisionRecall: readonly RecallPoint[];
  readonly reliability: readonly ReliabilityPoint[];
}

/**
 * Both curves, with the 95 % intervals of figures (jackknife-interval.ts), each point on its own: of twenty points one
 * may lie outside.
 * @param rows one figure row per block; @param levels of the blocks that are in a group, ascending.
 */
export function qualityCurves(
  rows: Float64Array,
  levels: readonly BlockLevel[],
  { groupOf, hasSpike }: BlockGroups,
): QualityCurves {
  return {
    precisionRecall: precisionRecall(levels, groupOf, hasSpike),
    reliability: Array.from({ length: RELIABILITY_BINS }, (_, bin) =>
      reliabilityPoint(bin, groupSums(rows, groupOf, hasSpike.length, bin)),
    ),
  };
}

function precisionRecall(levels: readonly BlockLevel[], groupOf: Int32Array, hasSpike: Uint8Array): RecallPoint[] {
  const curves = new LevelCurves(levels, (place) => groupOf[levels[place]!.block]!);
  const whole = curves.precisions();
  if (Number.isNaN(whole[0]!)) return [];
  const without = Array.from(hasSpike, (_, group) => curves.precisions(group));
  const scores = scoresOfRecall(levels);
  return Array.from(whole, (precision, band): RecallPoint => {
    const figure = jackknifeInterval(
      precision,
      Float64Array.from(without, (one) => one[band]!),
      hasSpike,
      "share",
    );
    return {
      recall: (band + 1) / RECALL_BANDS,
      precision,
      low: figure?.low ?? null,
      high: figure?.high ?? null,
      probability: scores[band]!,
    };
  });
}

/** Steps, spikes and probabilities of one reliability bin, per group. */
interface BinSums {
  readonly counts: Float64Array;
  readonly spikes: Float64Array;
  /** Over all groups. */
  readonly probabilities: number;
}

function groupSums(rows: Float64Array, groupOf: Int32Array, groups: number, bin: number): BinSums {
  const counts = new Float64Array(groups);
  const spikes = new Float64Array(groups);
  let units = 0;
  groupOf.forEach((group, block) => {
    if (group < 0) return;
    const at = block * ROW_WIDTH + RELIABILITY + 3 * bin;
    counts[group]! += rows[at]!;
    spikes[group]! += rows[at + 1]!;
    units += rows[at + 2]!;
  });
  return { counts, spikes, probabilities: units * PROBABILITY_UNIT };
}

/**
 * Only groups with a step in the bin say something of it. Of those, the ones with the rarer outcome carry its share:
 * they are counted as groups with a spike are for other figures.
 */
function reliabilityPoint(bin: number, { counts, spikes, probabilities }: BinSums): ReliabilityPoint {
  const place = { from: bin / RELIABILITY_BINS, to: (bin + 1) / RELIABILITY_BINS };
  const count = sum(counts);
  if (count === 0) return { ...place, count, meanProbability: null, positiveShare: null, low: null, high: null };
  const hits = sum(spikes);
  const share = hits / count;
  const present = [...counts.keys()].filter((group) => counts[group]! > 0);
  const carries = (group: number): boolean => {
    if (share === 0 || share === 1) return true;
    return share <= 0.5 ? spikes[group]! > 0 : spikes[group]! < counts[group]!;
  };
  const figure = jackknifeInterval(
    share,
    Float64Array.from(present, (group) => (hits - spikes[group]!) / (count - counts[group]!)),
    Uint8Array.from(present, (group) => (carries(group) ? 1 : 0)),
    "share",
  );
  const ends = { low: figure?.low ?? null, high: figure?.high ?? null };
  return { ...place, count, meanProbability: probabilities / count, positiveShare: share, ...ends };
}

function sum(values: Float64Array): number {
  return values.reduce((total, x) => total + x, 0);
}
