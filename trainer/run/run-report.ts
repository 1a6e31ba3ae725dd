// What a training run found, as one plain JSON value: `--json` prints it, the HTML page and MLflow are made of it.
import type { DriftWindowReference } from "../../src/drift/drift-reference.ts";
import type { Evaluation, Figure, Gate } from "../../src/model/manifest-evaluation.ts";
import type { PrecisionRecallPoints } from "../../report/precision-recall-plot.ts";
import type { ReliabilityPoint } from "../../report/reliability-plot.ts";
import type { ScoreHistogram } from "../../report/score-histogram-plot.ts";
import type { FoldDrift } from "../folds/fold-drift.ts";
import type { SymbolFigures } from "../evaluate/symbol-figures.ts";
import type { RowFigures } from "../rows/row-figures.ts";

/** What the plots of one family on the pooled test rows are drawn from. */
export interface FamilyCurves {
  /** At most some hundred points. */
  readonly precisionRecall: PrecisionRecallPoints;
  /** Only bins with rows. */
  readonly reliability: readonly ReliabilityPoint[];
  readonly histogram: ScoreHistogram;
}

/** A feature's part in a fitted model. */
export interface FeatureImportance {
  readonly feature: string;
  /** Share of all gain (trees) or of all |standardised coefficient| (linear); the list sums to 1. */
  readonly share: number;
  /** Which way the score goes when the feature rises: of a monotone constraint or a coefficient's sign; 0 when free. */
  readonly direction: -1 | 0 | 1;
  /** Whether the direction was imposed. */
  readonly constrained: boolean;
}

/** Differences of a family minus a baseline on the same blocks, with 95 % intervals. */
export interface PairedFigures {
  readonly prAuc: Figure | null;
  readonly brier: Figure | null;
}

export interface FamilyReport {
  readonly family: string;
  /** Whether it is a baseline that every model must beat. */
  readonly baseline: boolean;
  /** Pooled over the test rows of all folds; `null` when a fold could not be fitted. */
  readonly figures: Evaluation | null;
  /** Why there are no figures, or no artifact. */
  readonly refused: string | null;
  /** Against the reference and `zscore`; absent where either has no figures. */
  readonly paired: Readonly<Record<string, PairedFigures>>;
  readonly curves: FamilyCurves | null;
  /** Of the model refitted on all rows. */
  readonly importance: readonly FeatureImportance[] | null;
  /** What the operating threshold was chosen for, and what it costs. */
  readonly goal: string | null;
  readonly notes: readonly string[];
  /** Seconds that fitting took, over all folds and the refit. */
  readonly seconds: number;
  /** SHA-256 of the refitted artifact's ONNX file. */
  readonly sha256: string | null;
}

export interface FoldReport extends FoldDrift {
  readonly testFromMs: number;
  readonly testToMs: number;
  readonly purged: number;
  readonly train: RowFigures;
  readonly test: RowFigures;
  /** Family that the fold's training rows would choose; the first fold's choice is the one tested. */
  readonly chosen: string;
  /** PR-AUC on the fold's test rows with a 95 % interval; `null` where `noPrAuc` has a reason. */
  readonly prAuc: Readonly<Record<string, Figure | null>>;
  /** Why a family has no PR-AUC on the fold, by family. */
  readonly noPrAuc: Readonly<Record<string, string>>;
}

/** The gateway's limits for drift, for one model. */
export interface DriftReport {
  readonly family: string;
  /** Names of its features and `probability`, in the order of the thresholds. */
  readonly features: readonly string[];
  readonly windows: readonly DriftWindowReference[];
}

export interface LeakReport {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "not_possible" | "left_out";
  readonly detail: string;
}

/** One forecaster of the horizon's volatility on the pooled test rows. */
export interface VolatilityReport {
  readonly name: string;
  /** Mean QLIKE with a 95 % interval; lower is better. */
  readonly qlike: Figure;
  /** Difference to EWMA, paired on the same blocks. */
  readonly againstEwma: Figure | null;
}

export interface RunReport {
  readonly format: 1;
  readonly createdAt: string;
  readonly command: string;
  readonly seed: number;
  readonly codeCommit: string;
  readonly dataFingerprint: string;
  readonly seconds: number;
  /** Every setting with its value. */
  readonly settings: Readonly<Record<string, string>>;
  readonly data: {
    readonly source: string;
    readonly symbols: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
    /** Counts by name: ticks, duplicate, late, steps, segments, eligible, spike, calm, void, … */
    readonly tally: Readonly<Record<string, number>>;
  };
  readonly folds: readonly FoldReport[];
  readonly test: RowFigures;
  /** The tested family on each symbol of the test rows. */
  readonly perSymbol: SymbolFigures;
  /** The family that is tested and refitted, how it was chosen, and what each fold's training rows would choose. */
  readonly chosen: { readonly perFold: readonly string[]; readonly refitted: string; readonly why: string };
  /** The strongest baseline by the first fold's training rows, and how they chose it: what figures stand against. */
  readonly reference: { readonly family: string; readonly why: string };
  readonly families: readonly FamilyReport[];
  readonly gate: Gate;
  /** Of the chosen family, or of the first learned one; `null` when there is no learned model. */
  readonly driftReference: DriftReport | null;
  readonly leaks: readonly LeakReport[];
  readonly volatility: readonly VolatilityReport[];
  /** ONNX against trainer. */
  readonly verification: { readonly rows: number; readonly largestDifference: number };
  /** How often rows of the same data and period were tested before; `null` where a log could not be read. */
  readonly earlierTests: number | null;
  readonly warnings: readonly string[];
  /** What to do next where the data cannot carry a learned model; see `dataAdvice`. */
  readonly advice: readonly string[];
}
