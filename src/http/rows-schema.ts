// The rows that `POST /predict {rows}` scores: the contract of the system that volgate replaces.
import * as v from "valibot";
import { PEER_10 } from "../features/schema.ts";

/** Rows of one request at most. */
const MAX_ROWS = 1000;

/** Numbers below this round to a finite float32: half a unit in the last place above the largest one. */
const FLOAT32_LIMIT = 2 ** 128 - 2 ** 103;
const EXPECTED = "a finite float32";

const float32 = v.pipe(v.number(EXPECTED), v.gtValue(-FLOAT32_LIMIT, EXPECTED), v.ltValue(FLOAT32_LIMIT, EXPECTED));

const optionalFeatures = Object.fromEntries(PEER_10.map(({ name }) => [name, v.nullish(float32)]));

/** One row. The short names stand for the features of 300 s, unless those are given. */
export const rowInput = v.object(
  {
    ...optionalFeatures,
    ret_mean: v.pipe(float32, v.description("Stands for `log_return_300s`")),
    ret_std: v.pipe(float32, v.description("Stands for `realized_volatility_300s`")),
    n: v.pipe(float32, v.description("Stands for `trade_intensity_300s`")),
  },
  "an object",
);
export type Row = v.InferOutput<typeof rowInput>;

/** The length first: a long list must not be checked row by row. */
export const rowsInput = v.pipe(
  v.array(v.unknown(), "a list"),
  v.maxLength(MAX_ROWS, `at most ${MAX_ROWS}`),
  v.array(rowInput),
);

export const rowsAnswerSchema = v.object({
  scores: v.pipe(v.array(v.number()), v.description("One probability per row, in order")),
  model_variant: v.pipe(
    v.picklist(["ml", "baseline"]),
    v.description("`ml` when an artifact was given the alias `rows`, else `baseline`"),
  ),
  version: v.string(),
  ts: v.pipe(v.string(), v.isoTimestamp()),
  imputed: v.optional(
    v.pipe(v.array(v.array(v.string())), v.description("Per row, which features were missing; absent when none was")),
  ),
});
export type RowsAnswer = v.InferOutput<typeof rowsAnswerSchema>;
