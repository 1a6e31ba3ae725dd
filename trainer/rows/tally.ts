// What became of ticks and steps on their way to labelled rows.

export interface Tally {
  /** Ticks given, and those of them that the grid did not apply. */
  ticks: number;
  duplicate: number;
  late: number;
  outlier: number;
  priceOutlier: number;
  /** Closed steps, and segments they fall into. */
  steps: number;
  segments: number;
  /** Steps without a threshold because it would be at most ε: the price hardly moved within a horizon. */
  flat: number;
  /** Steps that could be predicted and count (observed, not stale, with a threshold), by how they ended. */
  eligible: number;
  spike: number;
  calm: number;
  /** Their horizon has too many holes: counted, never used. */
  void: number;
  /** Their segment or the data ended before their label. */
  undecided: number;
}

/** All counts at 0. */
export function newTally(): Tally {
  return {
    ticks: 0,
    duplicate: 0,
    late: 0,
    outlier: 0,
    priceOutlier: 0,
    steps: 0,
    segments: 0,
    flat: 0,
    eligible: 0,
    spike: 0,
    calm: 0,
    void: 0,
    undecided: 0,
  };
}
