// The label specification, which defines a spike: its schema and its canonical text. trailing-threshold.ts and
// label-window.ts do the computing.
import * as v from "valibot";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { crossCheck } from "../schemas/cross-check.ts";
import { fields, finiteNumber, oneOf, wholeNumber, type Parsed } from "../schemas/schema-values.ts";

const DAY_MINUTES = 1440;
export const MOST_HORIZON_STEPS = 3600;

const common = {
  /** The price source; always the grid's. */
  source: oneOf(["last", "mid"]),
  measure: oneOf(["rv", "parkinson"]),
  horizonSteps: wholeNumber(1, MOST_HORIZON_STEPS),
  windowSteps: wholeNumber(1, 100_000),
  minCount: wholeNumber(1, 100_000),
  quantile: finiteNumber(0, 1),
};

const kinds = {
  "trailing-quantile": fields({ kind: v.literal("trailing-quantile"), ...common }),
  ratio: fields({ kind: v.literal("ratio"), ...common, ratio: finiteNumber(0, 1e6) }),
  absolute: fields({ kind: v.literal("absolute"), ...common, levelBps: finiteNumber(0, 1e6) }),
  "time-of-day-quantile": fields({
    kind: v.literal("time-of-day-quantile"),
    ...common,
    /** Length of a slot of the UTC day; it divides the day. */
    slotMinutes: wholeNumber(1, DAY_MINUTES),
  }),
};

/**
 * A spike at step i is: the horizon's volatility after i is strictly greater than the threshold τ_i.
 *
 * `trailing-quantile`: τ is the type-7 `quantile` of the last `windowSteps` existing volatilities.
 * `ratio`: τ is `ratio` times their median. `absolute`: τ is `levelBps`.
 * `time-of-day-quantile`: τ is the `quantile` of those of them whose horizon ended in the same slot of the UTC day as
 * the horizon after i will; it needs `minCount` of these.
 */
export const labelSpecSchema = v.pipe(
  v.variant(
    "kind",
    [kinds["trailing-quantile"], kinds.ratio, kinds.absolute, kinds["time-of-day-quantile"]],
    ({ path }) => (path === undefined ? "an object" : `one of ${Object.keys(kinds).join(", ")}`),
  ),
  crossCheck(({ minCount, windowSteps }) =>
    minCount > windowSteps
      ? { path: ["minCount"], got: String(minCount), expected: `at most windowSteps ${windowSteps}` }
      : undefined,
  ),
  crossCheck((spec) =>
    spec.kind === "time-of-day-quantile" && DAY_MINUTES % spec.slotMinutes !== 0
      ? { path: ["slotMinutes"], got: String(spec.slotMinutes), expected: `a divisor of the day's ${DAY_MINUTES}` }
      : undefined,
  ),
);

export type LabelSpec = Parsed<typeof labelSpecSchema>;
export type VolatilityMeasure = LabelSpec["measure"];

/** All fields over all kinds of label spec. */
export const LABEL_SPEC_FIELDS: ReadonlySet<string> = new Set(
  Object.values(kinds).flatMap(({ entries }) => Object.keys(entries)),
);

/** The share of a horizon's returns that must exist for its volatility to count in labels and thresholds. */
const LABEL_COVERAGE = 0.95;

/** On grids of at most 12 minutes; `defaultLabelOn` has those of coarser ones. */
export const DEFAULT_LABEL_SPEC: Extract<LabelSpec, { kind: "trailing-quantile" }> = {
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

/** Checks a label spec from outside. Throws `TypeError` naming the field; messages begin with `label`. */
export function parseLabelSpec(value: unknown): LabelSpec {
  return parseOrThrow(labelSpecSchema, value, { name: "label", refuse: (text) => new TypeError(text) });
}

/** Canonical text of a spec, equal exactly when two specs are equal. Thresholds and models are matched by it. */
export function labelSpecText(spec: LabelSpec): string {
  return (
    `${spec.kind} source=${spec.source} measure=${spec.measure} horizon=${spec.horizonSteps} ` +
    `window=${spec.windowSteps} min=${spec.minCount} quantile=${spec.quantile}${ownText(spec)}`
  );
}

function ownText(spec: LabelSpec): string {
  if (spec.kind === "ratio") return ` ratio=${spec.ratio}`;
  if (spec.kind === "absolute") return ` bps=${spec.levelBps}`;
  return spec.kind === "time-of-day-quantile" ? ` slot=${spec.slotMinutes}` : "";
}
