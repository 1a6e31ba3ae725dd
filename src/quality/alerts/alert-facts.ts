// The input of the alert rules: plain figures of one moment. A rule without its figures neither fires nor resolves.
import type { Figure } from "../../model/manifest-evaluation.ts";
import type { EvidenceFacts } from "../alert-evidence/evidence-fact.ts";

/** The newest drift window of one hour, as the drift windows judged it. */
export interface DriftFact {
  /** `drift` and `ok` are judgements; any other value says why there is none. */
  readonly verdict: string;
  /** Share of the features beyond their own thresholds. */
  readonly driftedShare: number | null;
  /** The share above which the verdict is `drift`. */
  readonly threshold: number | null;
  /**
   * The largest distance over its own threshold, its feature, and the ratio above which the verdict is also `drift`.
   */
  readonly largestRatio?: number | null;
  readonly largestRatioFeature?: string | null;
  readonly ratioThreshold?: number | null;
  /** End of the window. A window counts once, and two confirm each other only if they are consecutive. */
  readonly windowEndMs: number;
  /** The features furthest beyond their thresholds, worst first. */
  readonly worstFeatures: readonly string[];
  /** False-alarm rate of a window's verdict, as its training windows promise it. */
  readonly alpha?: number | null;
  /** SHA-256 of the model of the reference; a window judged for another model than `model` does not count. */
  readonly modelSha?: string | null;
}

/** The sequential test of a challenger. */
interface ChallengerFact {
  /** Whether the promotion rule is met, by this e value and its other conditions. */
  readonly ready: boolean;
  readonly eValue: number;
  readonly blocks: number;
  readonly episodes: number;
  readonly meanGain: Figure | null;
}

/** What is known of a champion beside its predecessor and the strongest baseline. */
interface ChampionFact {
  /** What was found, for people; `null` while the champion is not shown worse than another model. */
  readonly found: string | null;
  /** The evidence of it, with what it stands on; `null` without a watch. */
  readonly eValue: number | null;
  readonly blocks: number | null;
  readonly episodes: number | null;
}

/**
 * The facts of one moment. A fact that is absent or `null` neither fires nor resolves its rule: a missing figure is not
 * a good one.
 */
export interface AlertFacts {
  /**
   * SHA-256 of the model concerned: the champion, or for `challenger` the challenger; `null` when there is none. When
   * it changes, alerts for the previous model are resolved and judged anew. Absent: not known.
   */
  readonly model?: string | null;
  /** Event time of the newest tick, ms since 1970; absent for a feed that keeps no time of its own. */
  readonly eventMs?: number;
  /** The window of the quality figures, for the sentences. Default `24 h`. */
  readonly window?: string;
  /** PR-AUC over the live window, and the manifest's PR-AUC. */
  readonly prAuc?: { readonly live: Figure | null; readonly manifest: Figure | null } | null;
  /** Share of spikes live and in the manifest's evaluation: shown beside a fallen PR-AUC, which moves with it. */
  readonly baseRate?: { readonly live: number | null; readonly manifest: number | null } | null;
  /** Mean of the reference's squared error minus the champion's, over the same steps; above 0 is a gain. */
  readonly referenceGain?: Figure | null;
  /** Family of the baseline that holds the alias `reference`, for the sentences. */
  readonly referenceFamily?: string | null;
  /** Sample sizes of the live window: resolved steps, blocks of 900 steps, episodes of spikes. */
  readonly resolved?: number;
  readonly blocks?: number;
  readonly episodes?: number;
  readonly drift?: DriftFact | null;
  /** Sequential evidence of the champion's, which decides the rules on live quality; the window's figures are shown. */
  readonly evidence?: EvidenceFacts | null;
  /** Realised minus expected share of spikes over the resolved steps of the window. */
  readonly calibration?: { readonly difference: Figure | null } | null;
  /** Wall time since the last live tick, ms; `null` when the feed was never live, or its market is closed. */
  readonly silentMs?: number | null;
  /** How long a feed of the gateway has not been live, ms, 0 while it is, and its last fault. */
  readonly feedDown?: { readonly downMs: number; readonly fault: string | null } | null;
  /** Steps computed again from archived ticks since the last look, and how many of them were served differently. */
  readonly parity?: { readonly steps: number; readonly mismatches: number } | null;
  /** Of the last hour's ready steps: the share without a score of the champion, and their number. */
  readonly errorShare?: { readonly share: number; readonly steps: number } | null;
  readonly challenger?: ChallengerFact | null;
  readonly champion?: ChampionFact | null;
}
