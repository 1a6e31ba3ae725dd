// What a spike is: the label specification, its parser and its canonical text. Computing with it is left to
// trailing-threshold.ts and label-window.ts.
import type { PriceSource } from "./event-grid.ts";

export type VolatilityMeasure = "rv" | "parkinson";

/**
 * A spike at step i is: the horizon's volatility after i is strictly greater than the threshold τ_i.
 *
 * `trailing-quantile`: τ is the type-7 `quantile` of the last `windowSteps` existing volatilities.
 * `ratio`: τ is `ratio` times their median. `absolute`: τ is `levelBps`.
 */
export interface LabelSpec {
  readonly kind: "trailing-quantile" | "ratio" | "absolute";
  readonly source: PriceSource;
  readonly measure: VolatilityMeasure;
  readonly horizonSteps: number;
  readonly windowSteps: number;
  readonly minCount: number;
  readonly quantile: number;
  readonly ratio?: number;
  readonly levelBps?: number;
}

/** The share of a horizon's returns that must exist for its volatility to count in labels and thresholds. */
const LABEL_COVERAGE = 0.95;

export const DEFAULT_LABEL_SPEC: LabelSpec = {
  kind: "trailing-quantile",
  source: "last",
  measure: "rv",
  horizonSteps: 60,
  windowSteps: 3600,
  minCount: 900,
  quantile: 0.9,
};

/** Existing values that a horizon needs: 95 % of its steps, rounded up. */
export function labelMinCount(horizonSteps: number): number {
  return Math.ceil(LABEL_COVERAGE * horizonSteps);
}

/** Checks a label spec from outside. Throws `TypeError` or `RangeError` naming the field. */
export function parseLabelSpec(value: unknown): LabelSpec {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`label: got ${String(value)}, expected an object`);
  const raw = value as Readonly<Record<string, unknown>>;
  const kind = oneOf(raw, "kind", ["trailing-quantile", "ratio", "absolute"] as const);
  const spec: LabelSpec = {
    kind,
    source: oneOf(raw, "source", ["last", "mid"] as const),
    measure: oneOf(raw, "measure", ["rv", "parkinson"] as const),
    horizonSteps: integer(raw, "horizonSteps", 1, 3600),
    windowSteps: integer(raw, "windowSteps", 1, 100_000),
    minCount: integer(raw, "minCount", 1, 100_000),
    quantile: number(raw, "quantile", 0, 1),
    ...(kind === "ratio" ? { ratio: number(raw, "ratio", 0, 1e6) } : {}),
    ...(kind === "absolute" ? { levelBps: number(raw, "levelBps", 0, 1e6) } : {}),
  };
  if (spec.minCount > spec.windowSteps) {
    throw new RangeError(`label.minCount: got ${spec.minCount}, expected at most windowSteps ${spec.windowSteps}`);
  }
  return spec;
}

/** One line that is equal exactly when two specs are: the identity by which thresholds and models are matched. */
export function labelSpecText(spec: LabelSpec): string {
  const level =
    spec.kind === "ratio" ? ` ratio=${spec.ratio}` : spec.kind === "absolute" ? ` bps=${spec.levelBps}` : "";
  return (
    `${spec.kind} source=${spec.source} measure=${spec.measure} horizon=${spec.horizonSteps} ` +
    `window=${spec.windowSteps} min=${spec.minCount} quantile=${spec.quantile}${level}`
  );
}

function oneOf<T extends string>(raw: Readonly<Record<string, unknown>>, field: string, allowed: readonly T[]): T {
  const found = allowed.find((x) => x === raw[field]);
  if (found === undefined) {
    throw new TypeError(`label.${field}: got ${JSON.stringify(raw[field])}, expected one of ${allowed.join(", ")}`);
  }
  return found;
}

function number(raw: Readonly<Record<string, unknown>>, field: string, min: number, max: number): number {
  const x = raw[field];
  if (typeof x !== "number" || !(x >= min && x <= max)) {
    throw new RangeError(`label.${field}: got ${JSON.stringify(x)}, expected a number from ${min} to ${max}`);
  }
  return x;
}

function integer(raw: Readonly<Record<string, unknown>>, field: string, min: number, max: number): number {
  const x = number(raw, field, min, max);
  if (!Number.isInteger(x)) throw new RangeError(`label.${field}: got ${x}, expected a whole number`);
  return x;
}
