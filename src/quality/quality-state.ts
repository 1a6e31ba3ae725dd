// The state of one symbol's live quality, without logic. live-quality.ts and settle-labels.ts update it;
// quality-pages.ts stores it.
import { MonthHistory } from "./month-history.ts";
import { PairGains } from "./pair-gains.ts";
import { PAIR_ROLES } from "./quality-series.ts";
import { PendingPredictions } from "./pending-predictions.ts";
import { SeriesCatalogue } from "./series-catalogue.ts";
import type { SpikeEpisodes } from "./spike-episodes.ts";
import { StepRing } from "./step-ring.ts";

const DAY_MS = 86_400_000;
/** Steps that are kept one by one at most: a day of seconds. */
const MAX_KEPT_STEPS = 86_400;
/** The ring holds the steps of the longest horizon too, however long a step is. */
const MIN_RING_STEPS = 3600;

/** Counts since creation. */
export interface QualityStats {
  /** Steps with a label, per label spec of a model. */
  resolved: number;
  /** Horizons with too many holes. */
  voids: number;
  /**
   * Predictions whose label will never come: a segment ended, steps are missing, or no model has the label any more.
   */
  unresolved: number;
  /** Steps with a prediction whose row was stale or not observed. */
  uncounted: number;
  /** Times that a segment began or steps were missing. */
  breaks: number;
  /** Ignored steps that were not newer than the last one. */
  disordered: number;
}

export interface QualityState {
  readonly stepMs: number;
  readonly stats: QualityStats;
  readonly ring: StepRing;
  readonly month: MonthHistory;
  /** One for each role of a pair, in their order. */
  readonly gains: readonly PairGains[];
  readonly pending: PendingPredictions;
  /** Per place of a label spec. */
  readonly episodes: SpikeEpisodes[];
  catalogue: SeriesCatalogue;
  /** The newest closed step; −1 before the first. */
  lastIndex: number;
}

/** @throws RangeError unless `stepMs` is a whole number from 1. */
export function emptyQualityState(stepMs: number): QualityState {
  if (!(Number.isInteger(stepMs) && stepMs >= 1)) {
    throw new RangeError(`stepMs: got ${stepMs}, expected a whole number from 1`);
  }
  return {
    stepMs,
    stats: { resolved: 0, voids: 0, unresolved: 0, uncounted: 0, breaks: 0, disordered: 0 },
    ring: new StepRing(Math.max(keptSteps(stepMs), MIN_RING_STEPS)),
    month: new MonthHistory(stepMs),
    gains: PAIR_ROLES.map((role) => new PairGains(stepMs, role)),
    pending: new PendingPredictions(),
    episodes: [],
    catalogue: new SeriesCatalogue(),
    lastIndex: -1,
  };
}

/** Number of steps kept one by one: those of a day, at most 86,400. */
export function keptSteps(stepMs: number): number {
  return Math.min(MAX_KEPT_STEPS, Math.ceil(DAY_MS / stepMs));
}
