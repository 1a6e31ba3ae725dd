// The input of live quality: the followed models, and each closed step's outcome.

/** Models followed at a time: champion, challenger, predecessor, three baselines and the reference. */
export const MAX_SERIES = 7;
/** Models that are promoted together at most: a champion, three baselines and the reference. */
export const MAX_SET = 5;
/** Models with a history: those in use, and those that were used last. */
export const MAX_PLACES = 16;
/** Distinct label specs among them, as many as the feature engine keeps. */
export const MAX_SPECS = 2;

/** One model whose predictions are followed. */
export interface QualitySeries {
  /** SHA-256 of the ONNX file; identifies a model's history. */
  readonly sha256: string;
  /** The model alerts when its probability is at least this; 0 to 1. */
  readonly threshold: number;
  /** Edges of its score bins, from its manifest; none for bins of equal width. */
  readonly edges?: readonly number[];
  /** `labelSpecText` of its label spec. */
  readonly labelText: string;
  /** Place of that spec in the engine's list, which is the place in `StepOutcome.labels`. */
  readonly spec: number;
  readonly horizonSteps: number;
}

/** One closed step. */
export interface StepOutcome {
  /** Grid index: the step covers [index · Δ, (index + 1) · Δ) ms. */
  readonly index: number;
  readonly segmentStart: boolean;
  /** Whether its row may count: observed, and not stale. */
  readonly counts: boolean;
  /** Per label spec of the engine the `LABEL` of the step `horizonSteps` before. */
  readonly labels: ArrayLike<number>;
  /** Per label spec this step's own threshold τ, as a fraction; `NaN` without one. */
  readonly taus: ArrayLike<number>;
  /** One per series, in the order of `setSeries`; `NaN` where the model gave no score. */
  readonly probabilities: ArrayLike<number>;
}

/** The two models whose difference decides a promotion, by their SHA-256. */
export interface QualityPair {
  readonly champion: string;
  readonly challenger: string;
}

/** Whom the champion is compared with: one that may replace it, the one before it, and the strongest baseline. */
export const PAIR_ROLES = ["challenger", "predecessor", "reference"] as const;
export type PairRole = (typeof PAIR_ROLES)[number];

/** The champion's rivals by their SHA-256: its guards, which may take its place where they are shown better. */
export type QualityGuards = Readonly<Partial<Record<Exclude<PairRole, "challenger">, string>>>;

/** The pair's gain in one block of 900 steps. */
export interface BlockGain {
  /** floor(index / 900) of its steps. */
  readonly block: number;
  /** Resolved steps that both scored, without the block's last horizon. */
  readonly rows: number;
  /** Sum over them of the champion's squared error minus the challenger's: above 0 where the challenger is better. */
  readonly gainSum: number;
  readonly positives: number;
  /** Episodes with a spike among these rows that no earlier block counted. */
  readonly episodes: number;
  /** The gains of the rows whose bounds fit into the block's budget (`BlockBudget`): what the evidence bets on. */
  readonly betSum: number;
  /**
   * What `betSum` can be at most in size, fixed before the block; `rows` or more where it is not known, as in blocks
   * that an earlier version stored.
   */
  readonly bound: number;
  /** Whether all its steps are closed, so that these figures are final. */
  readonly complete: boolean;
}

/** Checks what `setSeries` is given. Throws `RangeError` naming the field. */
export function checkSeries(
  series: readonly QualitySeries[],
  pair: QualityPair | undefined,
  guards: QualityGuards = {},
): void {
  if (series.length > MAX_SERIES) {
    throw new RangeError(`series: got ${series.length}, expected at most ${MAX_SERIES}`);
  }
  const columns = new Map<string, QualitySeries>();
  for (const [i, one] of series.entries()) {
    const { sha256, threshold, labelText, spec, horizonSteps } = one;
    if (series.findIndex((other) => other.sha256 === sha256) !== i) {
      throw new RangeError(`series[${i}].sha256: got ${sha256} again, expected each model once`);
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(`series[${i}].threshold: got ${threshold}, expected a number from 0 to 1`);
    }
    if (!(Number.isInteger(spec) && spec >= 0)) {
      throw new RangeError(`series[${i}].spec: got ${spec}, expected a whole number from 0`);
    }
    if (!(Number.isInteger(horizonSteps) && horizonSteps >= 1)) {
      throw new RangeError(`series[${i}].horizonSteps: got ${horizonSteps}, expected a whole number from 1`);
    }
    const first = columns.get(labelText) ?? one;
    if (first.spec !== spec || first.horizonSteps !== horizonSteps) {
      throw new RangeError(
        `series[${i}]: got spec ${spec} and horizonSteps ${horizonSteps} for the label of ${first.sha256}, ` +
          `expected ${first.spec} and ${first.horizonSteps}`,
      );
    }
    columns.set(labelText, first);
  }
  if (columns.size > MAX_SPECS) throw new RangeError(`series: got ${columns.size} label specs, expected at most 2`);
  const named = [...(pair === undefined ? [] : [pair.champion, pair.challenger]), ...Object.values(guards)];
  for (const sha256 of named) {
    if (!series.some((one) => one.sha256 === sha256)) {
      throw new RangeError(`pair: got ${sha256}, expected one of ${series.map((one) => one.sha256).join(", ")}`);
    }
  }
}
