// How many separate events the positive rows are. Labels of neighbouring seconds share 59 of their 60 seconds: the
// number of episodes, not of rows, is the effective sample size of a figure.
import { BLOCK_STEPS } from "../../../src/quality/step-ring.ts";

/** Positive rows less than this many steps apart are one event, also where the horizon is shorter. */
const EPISODE_STEPS = 60;

/** When two positive rows of a symbol are one event, and when those of two symbols may be. */
export interface EpisodeRule {
  /** The time without a positive row that ends a symbol's episode. */
  readonly gapMs: number;
  /** Length of the blocks of time in which only one symbol's episodes are counted. */
  readonly blockMs: number;
}

/** The horizon or `EPISODE_STEPS`, whichever is longer; blocks of 900 steps, or of that gap where it is longer. */
export function episodeRule(horizonSteps: number, stepMs: number): EpisodeRule {
  const gapSteps = Math.max(horizonSteps, EPISODE_STEPS);
  return { gapMs: gapSteps * stepMs, blockMs: Math.max(gapSteps, BLOCK_STEPS) * stepMs };
}

/**
 * Number of episodes. Of one symbol: maximal runs of its positive rows less than `gapMs` apart in event time, whatever
 * rows lie between them. Of several symbols: per block of time, the number of episodes that begin in it, of the symbol
 * with the most. Markets move together, so an event that several symbols have at a time is one event, and a sum would
 * count it many times. The gateway's rule of promotion counts likewise.
 *
 * Another symbol, and rows after the last, never lower the count. It is at least the count of every symbol alone, and
 * at most their sum.
 *
 * Example: a symbol's positive rows at 0, 1, 59 and 130 s with a gap of 60 s are 2 episodes, and still 2 together with
 * another symbol's at 30 and 95 s.
 *
 * @param rows time stamp in ms, label (1 positive), number of the symbol; @param positions ascending in time.
 */
export function countEpisodes(
  rows: { readonly tsMs: ArrayLike<number>; readonly label: ArrayLike<number>; readonly symbol: ArrayLike<number> },
  positions: Int32Array,
  { gapMs, blockMs }: EpisodeRule,
): number {
  const lastPositiveMs = new Map<number, number>();
  const begun = new Map<number, number>();
  let [block, most, episodes] = [-Infinity, 0, 0];
  for (const k of positions) {
    if (rows.label[k] !== 1) continue;
    const [symbol, tsMs] = [rows.symbol[k]!, rows.tsMs[k]!];
    const begins = !(tsMs - (lastPositiveMs.get(symbol) ?? -Infinity) < gapMs);
    lastPositiveMs.set(symbol, tsMs);
    if (!begins) continue;
    const own = Math.floor(tsMs / blockMs);
    if (own !== block) {
      [block, most] = [own, 0];
      begun.clear();
    }
    const count = (begun.get(symbol) ?? 0) + 1;
    begun.set(symbol, count);
    if (count <= most) continue;
    most = count;
    episodes += 1;
  }
  return episodes;
}
