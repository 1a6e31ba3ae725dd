// Intervals of a model's figures, and of differences between two models, from the figures with one group of blocks left
// out.
import type { Figure } from "../model/manifest-evaluation.ts";
import { calibrationInterval } from "./calibration-interval.ts";
import type { FigureScale } from "./figure-scale.ts";
import { jackknifeInterval } from "./jackknife-interval.ts";

/** A difference of two shares is one of −1 to 1. */
const FIGURE_SCALES = {
  prAuc: "share",
  lift: "positive",
  rocAuc: "share",
  brier: "share",
  brierSkill: "skill",
  logLoss: "positive",
  ece: "share",
  baseRateGap: "difference",
  brierGap: "difference",
} as const satisfies Readonly<Record<string, FigureScale>>;

export type FigureName = keyof typeof FIGURE_SCALES;

/** Figures of some rows, `NaN` for one that does not exist; those that are not asked for may be absent. */
export type FigureValues = Readonly<Partial<Record<FigureName, number>>> & {
  /** Per reliability bin: mean over all rows of probability − label, of the rows in the bin. */
  readonly gaps: Float64Array;
};

/** A model's figures on all rows, and without each group of blocks, in order of time. */
export interface Jackknife {
  readonly whole: FigureValues;
  readonly without: readonly FigureValues[];
  /** 1 for each group with a spike. */
  readonly hasSpike: Uint8Array;
}

/** The figure with its 95 % interval; `null` as in `jackknifeInterval`. */
export function figureInterval(name: FigureName, { whole, without, hasSpike }: Jackknife): Figure | null {
  const value = whole[name] ?? NaN;
  const values = valuesOf(name, without);
  if (name === "ece") {
    return calibrationInterval(
      value,
      values,
      { gaps: whole.gaps, gapsWithout: without.map(({ gaps }) => gaps) },
      hasSpike,
    );
  }
  const figure = jackknifeInterval(value, values, hasSpike, FIGURE_SCALES[name]);
  return FIGURE_SCALES[name] === "difference" ? clipped(figure) : figure;
}

/**
 * The figure of `a` minus that of `b`, both of the same groups of the same rows. Two shares of exactly 0 or 1 do not
 * vary between groups, so that their difference lies between those of the ends of their own intervals.
 */
export function gainInterval(name: FigureName, a: Jackknife, b: Jackknife): Figure | null {
  if (FIGURE_SCALES[name] === "share" && isCertain(a.whole[name]) && isCertain(b.whole[name])) {
    const [one, other] = [figureInterval(name, a), figureInterval(name, b)];
    if (one === null || other === null) return null;
    return { value: one.value - other.value, low: one.low - other.high, high: one.high - other.low };
  }
  const others = valuesOf(name, b.without);
  const differences = valuesOf(name, a.without).map((x, g) => x - others[g]!);
  const figure = jackknifeInterval(
    (a.whole[name] ?? NaN) - (b.whole[name] ?? NaN),
    differences,
    a.hasSpike,
    "difference",
  );
  return FIGURE_SCALES[name] === "share" ? clipped(figure) : figure;
}

function isCertain(share: number | undefined): boolean {
  return share === 0 || share === 1;
}

function valuesOf(name: FigureName, without: readonly FigureValues[]): Float64Array {
  return Float64Array.from(without, (figures) => figures[name] ?? NaN);
}

/** The difference of two shares. */
function clipped(figure: Figure | null): Figure | null {
  return figure && { value: figure.value, low: Math.max(figure.low, -1), high: Math.min(figure.high, 1) };
}
