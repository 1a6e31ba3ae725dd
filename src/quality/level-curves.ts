// Areas under curves from the score levels of several blocks, and the range in which average precision must lie.
import { precisionPart, precisionSum } from "./bin-curves.ts";
import { type ScoreLevel, sortedKeys, sortedLevels } from "./score-level.ts";

/** `NaN` unless both outcomes are there. */
export interface LevelFigures {
  readonly prAuc: number;
  /** PR-AUC over the share of spikes. */
  readonly lift: number;
  readonly rocAuc: number;
}

/** The lowest and the highest average precision of scores that lie anywhere in their levels. */
export interface AucBounds {
  readonly low: number;
  readonly high: number;
}

/** Steps of a precision-recall curve: as many bands of recall, all equally wide. */
export const RECALL_BANDS = 20;

/** A level and the number of its block in the window. */
export interface BlockLevel extends ScoreLevel {
  readonly block: number;
}

/** Levels of all blocks, ascending by `at`. */
export function placedLevels(blocks: readonly (readonly ScoreLevel[])[]): BlockLevel[] {
  const levels: BlockLevel[] = [];
  blocks.forEach((ofBlock, block) => {
    for (const { at, top, bottom, calm, spike } of ofBlock) levels.push({ at, top, bottom, calm, spike, block });
  });
  return sortedLevels(levels);
}

/** Equal scores are a tie, as in scikit-learn; the order of other scores in a level is left to chance. */
export function figuresOfLevels(levels: readonly ScoreLevel[]): LevelFigures {
  return new LevelCurves(levels).figures();
}

/** Levels as columns, from which figures are computed many times, each time without one group of them. */
export class LevelCurves {
  private readonly calm: Float64Array;
  private readonly spike: Float64Array;
  /** Places from the highest score down; levels of one place are one tied score. */
  private readonly place: Int32Array;
  private readonly isTie: Uint8Array;
  private readonly groups: Int32Array;

  /** @param levels ascending; @param groupOf group of each level. */
  constructor(levels: readonly ScoreLevel[], groupOf: (place: number) => number = () => 0) {
    const size = levels.length;
    this.calm = new Float64Array(size);
    this.spike = new Float64Array(size);
    this.place = new Int32Array(size);
    this.isTie = new Uint8Array(size);
    this.groups = new Int32Array(size);
    for (let i = 0, place = -1; i < size; i++) {
      const { at, top, bottom, calm, spike } = levels[size - 1 - i]!;
      const before = levels[size - i];
      // As in a walk over all levels, so that without a group the ties are the same.
      const isSame = i > 0 && this.isTie[i - 1] === 1 && before!.at === at && bottom === at;
      this.calm[i] = calm;
      this.spike[i] = spike;
      this.place[i] = isSame ? place : ++place;
      this.isTie[i] = isSame || top === bottom ? 1 : 0;
      this.groups[i] = groupOf(size - 1 - i);
    }
  }

  /** The figures without the levels of one group. */
  figures(without = -1): LevelFigures {
    const { calm: calms, spike: spikes, place, isTie, groups } = this;
    let above = 0;
    let hits = 0;
    let precision = 0;
    let wins = 0;
    for (let i = 0; i < calms.length;) {
      const first = i;
      let calm = 0;
      let spike = 0;
      for (; i < calms.length && place[i] === place[first]; i++) {
        if (groups[i] === without) continue;
        calm += calms[i]!;
        spike += spikes[i]!;
      }
      if (spike > 0) {
        const rows = hits + above;
        precision +=
          isTie[first] === 1
            ? (spike * (hits + spike)) / (rows + calm + spike)
            : precisionSum(hits, rows, spike, 1 + calm / (spike + 1));
      }
      wins += calm * (hits + spike / 2);
      hits += spike;
      above += calm;
    }
    if (!(hits > 0 && above > 0)) return { prAuc: NaN, lift: NaN, rocAuc: NaN };
    const prAuc = precision / hits;
    return { prAuc, lift: prAuc / (hits / (hits + above)), rocAuc: wins / (hits * above) };
  }

  /**
   * Mean precision of the spikes in each of `RECALL_BANDS` bands of recall, the first found ones first, without the
   * levels of one group: the heights of a curve of steps. Their mean is PR-AUC. `NaN` unless both outcomes are there.
   *
   * Example: calm 3 0, spikes 0 2 (all spikes above all calm steps) give 20 times 1.
   */
  precisions(without = -1): Float64Array {
    const { calm: calms, spike: spikes, place, isTie, groups } = this;
    const bands = new Float64Array(RECALL_BANDS);
    const [spikeCount, calmCount] = [spikes, calms].map((counts) =>
      counts.reduce((sum, count, i) => sum + (groups[i] === without ? 0 : count), 0),
    ) as [number, number];
    if (!(spikeCount > 0 && calmCount > 0)) return bands.fill(NaN);
    const width = spikeCount / RECALL_BANDS;
    let above = 0;
    let hits = 0;
    let band = 0;
    for (let i = 0; i < calms.length;) {
      const first = i;
      let calm = 0;
      let spike = 0;
      for (; i < calms.length && place[i] === place[first]; i++) {
        if (groups[i] === without) continue;
        calm += calms[i]!;
        spike += spikes[i]!;
      }
      const level = { hits, rows: hits + above, spikes: spike, growth: 1 + calm / (spike + 1) };
      const tied = (hits + spike) / (hits + above + calm + spike);
      for (let from = 0; from < spike;) {
        const end = band === RECALL_BANDS - 1 ? spike : Math.min(spike, (band + 1) * width - hits);
        const to = Math.max(from, end);
        bands[band]! += isTie[first] === 1 ? (to - from) * tied : precisionPart(level, from, to);
        if (to < spike) band += 1;
        from = to;
      }
      hits += spike;
      above += calm;
    }
    // Rounding must not make a certain share an uncertain one.
    return bands.map((sum) => (Math.abs(sum / width - 1) < 1e-9 ? 1 : sum / width));
  }
}

/**
 * At each band's end the score from which on that share of the spikes is found: the mean of its level.
 * @param levels ascending.
 */
export function scoresOfRecall(levels: readonly ScoreLevel[]): Float64Array {
  const all = levels.reduce((sum, { spike }) => sum + spike, 0);
  const scores = new Float64Array(RECALL_BANDS).fill(NaN);
  let hits = 0;
  let band = 0;
  for (let i = levels.length - 1; i >= 0 && band < RECALL_BANDS; i--) {
    hits += levels[i]!.spike;
    while (band < RECALL_BANDS && hits * RECALL_BANDS >= (band + 1) * all) scores[band++] = levels[i]!.at;
  }
  return scores;
}

/** `null` unless both outcomes are there. */
export function boundsOfLevels(levels: readonly ScoreLevel[]): AucBounds | null {
  const low = extremePrecision(levels, false);
  const high = extremePrecision(levels, true);
  return Number.isNaN(low) ? null : { low, high };
}

const COLUMNS = ["at", "top", "bottom", "calm", "spike"] as const;

/** Levels as one array of numbers, for an answer that crosses RPC; counts are exact up to 2^24. */
export function levelsToArray(levels: readonly ScoreLevel[]): Float32Array {
  return Float32Array.from(levels.flatMap((level) => COLUMNS.map((column) => level[column])));
}

/** The levels of several such arrays, ascending. */
export function levelsOfArrays(arrays: readonly Float32Array[]): ScoreLevel[] {
  const levels = arrays.flatMap((array) =>
    Array.from({ length: array.length / COLUMNS.length }, (_, i): ScoreLevel => {
      const [at, top, bottom, calm, spike] = array.subarray(i * COLUMNS.length) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      return { at, top, bottom, calm, spike };
    }),
  );
  return sortedLevels(levels);
}

/** Counts at one value: of equal scores, or of one outcome of a level at one end of it. */
interface End {
  readonly value: number;
  readonly isTie: boolean;
  readonly calm: number;
  readonly spike: number;
}

/** Average precision with the spikes of each level at one end and its calm steps at the other. */
function extremePrecision(levels: readonly ScoreLevel[], isHighest: boolean): number {
  const ends: End[] = [];
  for (const { top, bottom, calm, spike } of levels) {
    if (top === bottom) ends.push({ value: top, isTie: true, calm, spike });
    else {
      if (spike > 0) ends.push({ value: isHighest ? top : bottom, isTie: false, calm: 0, spike });
      if (calm > 0) ends.push({ value: isHighest ? bottom : top, isTie: false, calm, spike: 0 });
    }
  }
  const order = sortedKeys(ends, ({ value }) => value);
  let above = 0;
  let hits = 0;
  let sum = 0;
  for (let end = order.length; end > 0;) {
    const { value } = ends[order[end - 1]!]!;
    const loose = { calm: 0, spike: 0 };
    const tied = { calm: 0, spike: 0 };
    for (; end > 0 && ends[order[end - 1]!]!.value === value; end--) {
      const one = ends[order[end - 1]!]!;
      const into = one.isTie ? tied : loose;
      into.calm += one.calm;
      into.spike += one.spike;
    }
    if (isHighest) {
      hits += loose.spike;
      if (loose.spike > 0) sum += (loose.spike * hits) / (hits + above);
    } else above += loose.calm;
    hits += tied.spike;
    above += tied.calm;
    if (tied.spike > 0) sum += (tied.spike * hits) / (hits + above);
    if (isHighest) above += loose.calm;
    else for (let k = 0; k < loose.spike; k++) sum += ++hits / (hits + above);
  }
  return hits > 0 && above > 0 ? sum / hits : NaN;
}
