// The manifest's part on a model's quality: figures on rows that it was not trained on, and whether it passed the gate.
import * as v from "valibot";
import { anyObject, fields, finiteNumber, oneOf, textUpTo, type Parsed } from "../schemas/schema-values.ts";

export const figureSchema = fields({ value: finiteNumber(), low: finiteNumber(), high: finiteNumber() });

/** A figure with its 95 % interval; `null` if it does not exist, such as PR-AUC without a spike. */
export type Figure = Parsed<typeof figureSchema>;

const figureOrNull = v.nullish(figureSchema, null);

export const evaluationSchema = fields({
  method: textUpTo(2000),
  rows: finiteNumber(0),
  positives: finiteNumber(0),
  episodes: finiteNumber(0),
  baseRate: finiteNumber(0, 1),
  prAuc: figureOrNull,
  lift: figureOrNull,
  rocAuc: figureOrNull,
  brier: figureSchema,
  brierSkill: figureOrNull,
  logLoss: figureSchema,
  /** Expected calibration error over 10 bins of equal width. */
  ece: figureSchema,
  /** At the operating threshold. */
  precision: v.nullable(finiteNumber()),
  recall: v.nullable(finiteNumber()),
  f1: v.nullable(finiteNumber()),
  /**
   * How many training runs had tested rows of the same data and period before, as far as their logs could be read;
   * `null` where some could not, and of a bundled model that was made where there was none. Absent in manifests older
   * than the field.
   */
  earlierTests: v.exactOptional(v.nullable(finiteNumber(0))),
  /** First and last test row. Absent likewise. */
  testPeriod: v.exactOptional(fields({ testFromMs: finiteNumber(), testToMs: finiteNumber() })),
});

/** Figures of one evaluation on rows that the model was not trained on. The report prints the same numbers. */
export type Evaluation = Parsed<typeof evaluationSchema>;

export const gateSchema = fields(
  {
    verdict: oneOf(["passed", "refused"]),
    /** Why the gate refused it, e.g. `too_few_episodes`; empty when passed. */
    reasons: v.array(textUpTo(200), "a list"),
    episodes: finiteNumber(0),
    /** Block-mean Brier gain over a baseline with its 95 % t interval; above 0 the model is better. */
    gains: v.pipe(anyObject, v.record(v.string(), figureSchema)),
  },
  "an object, or null where no gate applies",
);

/** The test of the chosen candidate against the baselines. */
export type Gate = Parsed<typeof gateSchema>;
