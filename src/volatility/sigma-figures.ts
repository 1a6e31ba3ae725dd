// Figures of a model's volatility forecast over a window of blocks.
import { MONTH_BLOCKS, type ModelSigma } from "./model-sigma.ts";
import { OF_QUANTILES, SUM } from "./outcome-sums.ts";
import { LEVELS, SIGMA_LEVELS } from "./sigma-levels.ts";

const WINDOW_MS = { "1h": 3_600_000, "24h": 86_400_000, "30d": 2_592_000_000 } as const;
export type SigmaWindow = keyof typeof WINDOW_MS;

/** Quantiles of one kind in a window. */
export interface QuantileFigures {
  /** By level of `SIGMA_LEVELS`: share of the labels at or below it. */
  readonly coverage: readonly number[];
  /** Share between the first and the last. */
  readonly insideInterval: number;
  /** Mean pinball loss of ln σ, by level. */
  readonly pinball: readonly number[];
  /** Mean of ln(last ÷ first). */
  readonly width: number;
}

/** A model's forecast in a window; a figure without a label is `null`. */
export interface SigmaFigures {
  readonly sha256: string;
  /** Labels that arrived in the window for steps with a forecast. */
  readonly labels: number;
  /** Mean QLIKE of the model. */
  readonly qlike: number | null;
  /** On the labels for which both baselines had a forecast too; `null` without one. */
  readonly compared: {
    readonly labels: number;
    readonly qlike: number;
    readonly ewma: number;
    readonly har: number;
  } | null;
  /** Labels of steps that were answered with quantiles. */
  readonly quantileLabels: number;
  readonly corrected: QuantileFigures | null;
  /** Of the offsets of training, or of the first labels, never changed. */
  readonly uncorrected: QuantileFigures | null;
  /** Labels still needed before quantiles are answered; 0 once they are. */
  readonly missingLabels: number;
}

/**
 * Whole blocks, as in live quality: the open one and as many before as the window's length needs.
 * @param tsMs start of the newest step.
 */
export function sigmaFigures(model: ModelSigma, window: SigmaWindow, tsMs: number): SigmaFigures {
  const { day, month, tracker } = model;
  const blocks = window === "30d" ? month : day;
  const to = blocks.blockOf(tsMs);
  const from = window === "30d" ? to - MONTH_BLOCKS : blocks.blockOf(tsMs - WINDOW_MS[window]);
  return { sha256: model.model.sha256, ...figuresOf(blocks.sum(from, to)), missingLabels: tracker.missingLabels };
}

/** Figures of a row of sums. */
export function figuresOf(row: ArrayLike<number>): Omit<SigmaFigures, "sha256" | "missingLabels"> {
  const [labels, compared, quantiles] = [row[SUM.labels]!, row[SUM.compared]!, row[SUM.quantiles]!];
  const mean = (at: number): number => row[at]! / compared;
  return {
    labels,
    qlike: labels === 0 ? null : row[SUM.qlike]! / labels,
    compared:
      compared === 0
        ? null
        : { labels: compared, qlike: mean(SUM.qlikeCompared), ewma: mean(SUM.qlikeEwma), har: mean(SUM.qlikeHar) },
    quantileLabels: quantiles,
    corrected: quantiles === 0 ? null : ofQuantiles(row, SUM.corrected, quantiles),
    uncorrected: quantiles === 0 ? null : ofQuantiles(row, SUM.first, quantiles),
  };
}

function ofQuantiles(row: ArrayLike<number>, at: number, labels: number): QuantileFigures {
  const means = (from: number): number[] => SIGMA_LEVELS.map((_, level) => row[at + from + level]! / labels);
  const coverage = means(OF_QUANTILES.below);
  return {
    coverage,
    insideInterval: coverage[LEVELS - 1]! - coverage[0]!,
    pinball: means(OF_QUANTILES.pinball),
    width: row[at + OF_QUANTILES.width]! / labels,
  };
}
