// The episodes of several symbols, counted as the trainer counts them.

/** One symbol's episodes per block of a window, each in the block in which it begins. */
export interface EpisodeBlocks {
  /** Number of the first block, on the grid of time that all symbols of a step length share. */
  readonly firstBlock: number;
  readonly episodes: readonly number[];
}

/**
 * Per block of time the episodes of the symbol with the most, summed over the blocks. Markets move together: a sum over
 * the symbols would count an event once for each of them. Another symbol never lowers the count.
 *
 * Example: 1 0 2 from block 5 on and 3 1 from block 6 on are 1 + 3 + 2 = 6.
 * @param symbols blocks of one length.
 */
export function pooledEpisodes(symbols: readonly EpisodeBlocks[]): number {
  return [...pooledEpisodesPerBlock(symbols).values()].reduce((sum, count) => sum + count, 0);
}

/** The terms of that sum, by the number of the block. */
export function pooledEpisodesPerBlock(symbols: readonly EpisodeBlocks[]): ReadonlyMap<number, number> {
  const most = new Map<number, number>();
  for (const { firstBlock, episodes } of symbols) {
    for (const [b, count] of episodes.entries()) {
      most.set(firstBlock + b, Math.max(most.get(firstBlock + b) ?? 0, count));
    }
  }
  return most;
}
