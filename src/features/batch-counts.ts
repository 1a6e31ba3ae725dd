// The verdicts of the grid on ticks, and their counts over a batch.

/** The grid's verdict on one tick. An outlier's time, a price outlier's price was not confirmed by the next tick. */
export const VERDICT = { accepted: 0, duplicate: 1, late: 2, held: 3, outlier: 4, priceOutlier: 5 } as const;

/** Number of ticks by outcome. A tick is counted once its outcome is decided. */
export interface GridCounts {
  accepted: number;
  duplicate: number;
  late: number;
  outlier: number;
  priceOutlier: number;
}

/**
 * The outcome of a batch of ticks. Each tick is in exactly one of `accepted`, `duplicate`, `late`, `held`, `outlier`,
 * `priceOutlier`.
 *
 * Example: for a batch with the ticks 10:00:00 and 10:30:00, `accepted` is 1 and `held` is 1. For the next batch with
 * the tick 10:30:01, `accepted` is 1 and `released` is 1.
 */
export interface BatchCounts extends GridCounts {
  /** 1 when a tick of this batch is held until the next tick confirms its time and price. */
  held: number;
  /** 1 when a tick held before this batch was confirmed and applied. */
  released: number;
  /** 1 when a tick held before this batch was given up as an outlier, in time or in price. */
  givenUp: number;
  priceGivenUp: number;
  stepsClosed: number;
}

/** How far a batch was applied. */
export interface BatchProgress {
  /** The next row to apply; equals the number of ticks when all were applied. */
  readonly next: number;
  /** Counts of the batch's rows before `next`. The same object in every call of one batch. */
  readonly counts: Readonly<BatchCounts>;
}

/** All-zero counts, for the start of a batch. */
export function noCounts(): BatchCounts {
  const ofTicks = { accepted: 0, duplicate: 0, late: 0, outlier: 0, priceOutlier: 0 };
  return { ...ofTicks, held: 0, released: 0, givenUp: 0, priceGivenUp: 0, stepsClosed: 0 };
}
