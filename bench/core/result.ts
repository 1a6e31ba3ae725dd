// What a benchmark leaves as JSON: its figures round by round, so that others can compute what they like.
import * as v from "valibot";
import { check, faultText } from "../../src/schemas/check.ts";
import { conditionsSchema } from "./conditions.ts";

/** Changes when a field changes its meaning. */
export const RESULT_FORMAT = "volgate-bench/1";

const finite = v.pipe(v.number("a number"), v.finite("a finite number"));
const spreadEntries = {
  count: v.pipe(v.number("a number"), v.integer("a whole number"), v.minValue(1, "a number from 1")),
  median: finite,
  q1: finite,
  q3: finite,
  least: finite,
  most: finite,
};
const values = v.pipe(v.array(finite, "a list of numbers"), v.minLength(1, "a number or more"));

/** One quantity of one way, in one case. */
const figureSchema = v.strictObject({
  case: v.string("a text"),
  /** What was measured, such as `gateway` or `floor`. */
  way: v.string("a text"),
  /** The name of the checkout whose code it was; `null` for a floor, which is of this checkout. */
  checkout: v.nullable(v.string("a text or null")),
  measure: v.string("a text"),
  unit: v.string("a text"),
  better: v.picklist(["more", "less"], "more or less"),
  /** One a round, in their order. */
  values,
  ...spreadEntries,
});

/** One figure divided by another, round by round. */
const ratioSchema = v.strictObject({
  case: v.string("a text"),
  measure: v.string("a text"),
  checkout: v.nullable(v.string("a text or null")),
  of: v.string("a text"),
  to: v.string("a text"),
  values,
  ...spreadEntries,
});

const goalSchema = v.strictObject({
  text: v.string("a text"),
  bound: finite,
  side: v.picklist(["at least", "below"], "at least or below"),
  /** The median. */
  figure: finite,
  isReached: v.boolean("true or false"),
});

const checkoutSchema = v.strictObject({
  name: v.string("a text"),
  commit: v.nullable(v.string("a text or null")),
  /** Whether files differed from the commit. */
  isDirty: v.boolean("true or false"),
});

const resultSchema = v.strictObject({
  format: v.literal(RESULT_FORMAT, RESULT_FORMAT),
  bench: v.string("a text"),
  /** As they were given on the command line. */
  arguments: v.array(v.string("a text"), "a list of texts"),
  warmUpRounds: finite,
  rounds: finite,
  conditions: conditionsSchema,
  checkouts: v.array(checkoutSchema, "a list of checkouts"),
  figures: v.array(figureSchema, "a list of figures"),
  ratios: v.array(ratioSchema, "a list of ratios"),
  goals: v.array(goalSchema, "a list of goals"),
});

export type BenchResult = v.InferOutput<typeof resultSchema>;
export type Figure = v.InferOutput<typeof figureSchema>;
export type FigureRatio = v.InferOutput<typeof ratioSchema>;
export type GoalResult = v.InferOutput<typeof goalSchema>;

/** @throws Error naming the field, what came and what was expected. */
export function parseResult(value: unknown): BenchResult {
  const checked = check(resultSchema, value, "result");
  if (!checked.ok) throw new Error(faultText(checked.fault));
  return checked.value;
}
