// How many separate events the positive rows are. Labels of neighbouring seconds share 59 of their 60 seconds: the
// number of episodes, not of rows, is the effective sample size of a figure.

/** Positive rows less than this many steps apart are one event, also where the horizon is shorter. */
const EPISODE_STEPS = 60;

/** The time without a positive row that ends an episode: the horizon, or `EPISODE_STEPS` where that is longer. */
export function episodeGapMs(horizonSteps: number, stepMs: number): number {
  return Math.max(horizonSteps, EPISODE_STEPS) * stepMs;
}

/**
 * Maximal runs of positive rows less than `gapMs` apart in event time, whatever rows lie between them. Symbols are
 * pooled: markets move together, so one event seen in ten symbols is one event.
 *
 * Example: positive rows at 0, 1, 59 and 130 s with a gap of 60 s are 2 episodes.
 *
 * @param rows time stamp in ms, label (1 positive); @param positions ascending in time.
 */
export function countEpisodes(
  rows: { readonly tsMs: ArrayLike<number>; readonly label: ArrayLike<number> },
  positions: Int32Array,
  gapMs: number,
): number {
  let lastPositiveMs = -Infinity;
  let episodes = 0;
  for (const k of positions) {
    if (rows.label[k] !== 1) continue;
    const tsMs = rows.tsMs[k]!;
    if (!(tsMs - lastPositiveMs < gapMs)) episodes += 1;
    lastPositiveMs = tsMs;
  }
  return episodes;
}
