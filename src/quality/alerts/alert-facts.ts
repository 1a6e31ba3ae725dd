// What the alert rules look at: plain figures of one moment. Whoever has them hands them in; a rule whose figures are
// not there says nothing.
import type { Figure } from "../../model/manifest-evaluation.ts";

/** The newest drift window of one hour, as the drift windows judged it. */
export interface DriftFact {
  /** `drift` and `ok` are judgements; every other word says why there is none. */
  readonly verdict: string;
  /** Share of the features beyond their own thresholds. */
  readonly driftedShare: number | null;
  /** A share above which the verdict is `drift`. */
  readonly threshold: number | null;
  /** The largest distance over its own threshold, whose it is, and the ratio above which the verdict is `drift` too. */
  readonly largestRatio?: number | null;
  readonly largestRatioFeature?: string | null;
  readonly ratioThreshold?: number | null;
  /** End of the window: a window is evidence once, and two confirm each other only when nothing lies between them. */
  readonly windowEndMs: number;
  /** The features furthest beyond their thresholds, worst first. */
  readonly worstFeatures: readonly string[];
  /** Whose reference it was compared with; a window judged for another model than `model` is no evidence. */
  readonly modelSha?: string | null;
}

/** The sequential test of a challenger. */
interface ChallengerFact {
  /** Whether the rule says that it may be promoted, by this e value and by whatever else it asks for. */
  readonly ready: boolean;
  readonly eValue: number;
  readonly blocks: number;
  readonly episodes: number;
  readonly meanGain: Figure | null;
}

/**
 * The facts of one moment. A fact that is left out or `null` neither fires nor resolves its rule: a gateway that cannot
 * see is not one that is well.
 */
export interface AlertFacts {
  /**
   * SHA-256 of the model that the facts are about: the champion, or for `challenger` the challenger; `null` when there
   * is none. When it changes, what fired for the one before is resolved and judged anew. Left out: not known.
   */
  readonly model?: string | null;
  /** The window of the quality figures, for the sentences. Default `24 h`. */
  readonly window?: string;
  /** PR-AUC over the live window, and the one that the manifest promises. */
  readonly prAuc?: { readonly live: Figure | null; readonly manifest: Figure | null } | null;
  /** Share of spikes live and in the manifest's evaluation: shown beside a fallen PR-AUC, which moves with it. */
  readonly baseRate?: { readonly live: number | null; readonly manifest: number | null } | null;
  /** Mean of persistence's squared error minus the champion's, over the same steps; above 0 is a gain. */
  readonly persistenceGain?: Figure | null;
  /** What the live window stands on: resolved steps, blocks of 900 steps, episodes of spikes. */
  readonly resolved?: number;
  readonly blocks?: number;
  readonly episodes?: number;
  readonly drift?: DriftFact | null;
  /** Realised minus expected share of spikes over the resolved steps of the window. */
  readonly calibration?: { readonly difference: Figure | null } | null;
  /** Wall time since the last accepted tick, ms. */
  readonly silentMs?: number | null;
  /** Of the last hour's steps whose row was ready: the share to which the champion gave no score, and their number. */
  readonly errorShare?: { readonly share: number; readonly steps: number } | null;
  readonly challenger?: ChallengerFact | null;
}
