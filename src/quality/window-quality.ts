// The answer to a query about live quality: plain values that cross RPC.
import type { Figure } from "../model/manifest-evaluation.ts";
import type { AucBounds } from "./level-curves.ts";
import type { QualityCurves } from "./quality-curves.ts";
import type { ReliabilityBin } from "./reliability-bin.ts";

/** Lengths of the windows. */
export const WINDOW_MS = { "1h": 3_600_000, "24h": 86_400_000, "30d": 2_592_000_000 } as const;
export type WindowName = keyof typeof WINDOW_MS;

export interface WindowOptions {
  /** Models to compare, by SHA-256: the gain of the second over the first. */
  readonly pairs?: readonly (readonly [reference: string, model: string])[];
  /** Whether each model's curves are wanted. */
  readonly curves?: boolean;
}

/**
 * A window of whole blocks: the open one and as many before as its length needs. Blocks are 900 steps for an hour and a
 * day (so that a window of steps of a minute can be much longer than its name), six hours for thirty days.
 */
export interface WindowQuality {
  readonly name: WindowName;
  /** Start of the first block; both are `null` before the first step. */
  readonly fromMs: number | null;
  /** The end of the newest closed step. */
  readonly toMs: number | null;
  /** One entry per label spec of the models: models of one spec share the same steps. */
  readonly labels: readonly LabelQuality[];
  readonly pairs: readonly PairQuality[];
}

/** A window's counts of one label spec. */
export interface LabelCounts {
  readonly labelText: string;
  readonly horizonSteps: number;
  /** Steps that some model scored and that may count: pending, void and resolved. */
  readonly steps: number;
  /** Steps that wait for their label. */
  readonly pending: number;
  /** Steps whose horizon had too many holes: they have no label and are not used. */
  readonly voids: number;
  readonly resolved: number;
  readonly positives: number;
  /** Separate events among the spikes (spike-episodes.ts). */
  readonly episodes: number;
  /** Mean threshold over the scored steps; `null` without one. */
  readonly tauBps: number | null;
  /** Blocks with a resolved step. */
  readonly blocks: number;
}

/** All models of one label spec. */
export interface LabelQuality extends LabelCounts {
  readonly series: readonly SeriesQuality[];
}

export interface Expected {
  readonly baseRate: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly prAuc: number | null;
  readonly brier: number | null;
}

/** A window's exact counts of one model. */
export interface SeriesCounts {
  readonly sha256: string;
  readonly threshold: number;
  /** The lowest of the score bins that alert. */
  readonly firstAlertBin: number;
  /** Whether it is still followed; other models are listed while the window has steps of them. */
  readonly current: boolean;
  readonly resolved: number;
  readonly pending: number;
  readonly blocks: number;
  readonly baseRate: number | null;
  /** Sum over the resolved steps, from which a Brier score over several symbols is made. */
  readonly squaredErrors: number;
  readonly confusion: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly reliability: readonly ReliabilityBin[];
  /** Resolved steps per score bin (score-bins.ts). */
  readonly counts: { readonly calm: readonly number[]; readonly spike: readonly number[] };
  /**
   * Expected outcomes of calibrated scores on resolved and pending steps, before any label: each bin's middle is its
   * share.
   */
  readonly expected: Expected;
}

/** A model's computed figures: `number` for the value alone, `Figure` for the value with its interval. */
export interface SeriesFigures<T> {
  /** From score levels (level-curves.ts), as the next two. */
  readonly prAuc: T | null;
  readonly lift: T | null;
  readonly rocAuc: T | null;
  /** From here on from exact sums. */
  readonly brier: T | null;
  readonly brierSkill: T | null;
  readonly logLoss: T | null;
  readonly ece: T | null;
}

/**
 * One model. A figure is `null` if it does not exist or has no interval: fewer than two groups of blocks with a spike.
 */
export interface SeriesQuality extends SeriesCounts, SeriesFigures<Figure> {
  /** Between which values PR-AUC lies, whatever the order of scores within their levels; `null` as it. */
  readonly prAucBounds: AucBounds | null;
  /** Over the resolved steps, from exact sums: the realised minus the expected value. */
  readonly realisedMinusExpected: { readonly baseRate: Figure | null; readonly brier: Figure | null };
  /** Where asked for; `null` below two blocks. */
  readonly curves?: QualityCurves | null;
}

/**
 * What `model` gains over `reference` on blocks that both scored in full; a gain above 0 means that `model` is better.
 * The gains are `null` with spikes in fewer than two groups of such blocks and when `refusal` is set.
 */
export interface PairQuality {
  readonly reference: string;
  readonly model: string;
  readonly blocks: number;
  /** Brier score of the reference minus the model's. */
  readonly brierGain: Figure | null;
  /** PR-AUC of the model minus the reference's. */
  readonly prAucGain: Figure | null;
  readonly refusal?: "unknown_model" | "label_specs_differ";
}
