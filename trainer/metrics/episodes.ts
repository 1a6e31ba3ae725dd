// How many separate events the positive rows are. Labels of neighbouring seconds share 59 of their 60 seconds: the
// number of episodes, not of rows, says how much a figure stands on.

/**
 * Maximal runs of positive rows of one symbol: two of them less than a horizon apart in event time belong to the same
 * episode, with calm, void or missing rows between them or not, because their horizons overlap.
 *
 * Example: positive rows at 0, 1, 59 and 130 s under a horizon of 60 s are 2 episodes.
 *
 * @param rows ascending in time: time stamp in ms, place of the symbol, label (1 positive).
 */
export function countEpisodes(
  rows: { readonly tsMs: ArrayLike<number>; readonly symbol: ArrayLike<number>; readonly label: ArrayLike<number> },
  positions: Int32Array,
  horizonMs: number,
): number {
  const lastPositiveMs = new Map<number, number>();
  let episodes = 0;
  for (const k of positions) {
    if (rows.label[k] !== 1) continue;
    const symbol = rows.symbol[k]!;
    const tsMs = rows.tsMs[k]!;
    if (!(tsMs - (lastPositiveMs.get(symbol) ?? -Infinity) < horizonMs)) episodes += 1;
    lastPositiveMs.set(symbol, tsMs);
  }
  return episodes;
}
