// The rows that `POST /predict {rows}` scores: the contract of the system that volgate replaces.
import * as v from "valibot";
import { PEER_10 } from "../features/schema.ts";
import { crossCheck } from "../schemas/cross-check.ts";

/** Rows of one request at most. */
export const MAX_ROWS = 1000;

/** Numbers below this round to a finite float32: half a unit in the last place above the largest one. */
const FLOAT32_LIMIT = 2 ** 128 - 2 ** 103;
const EXPECTED = "a finite float32";

const float32 = v.pipe(v.number(EXPECTED), v.gtValue(-FLOAT32_LIMIT, EXPECTED), v.ltValue(FLOAT32_LIMIT, EXPECTED));

const optionalFeatures = Object.fromEntries(PEER_10.map(({ name }) => [name, v.nullish(float32)]));

/** The short names of three features of 300 s, which are taken where the features are not given. */
export const STANDS_FOR = {
  ret_mean: "log_return_300s",
  ret_std: "realized_volatility_300s",
  n: "trade_intensity_300s",
} as const;

const shortNames = Object.fromEntries(
  Object.entries(STANDS_FOR).map(([short, name]) => [
    short,
    v.nullish(v.pipe(float32, v.description(`Stands for \`${name}\`; a row has at least one of the two`))),
  ]),
);

const anyFeatures = v.object({ ...optionalFeatures, ...shortNames }, "an object");

/** One row: any of the ten features. Three of them are required, under their own or their short names. */
export const rowInput = v.pipe(
  v.unknown(),
  // A schema of an object without a required field takes a list too.
  crossCheck((row) => (Array.isArray(row) ? { path: [], got: "a list", expected: "an object" } : undefined)),
  anyFeatures,
  crossCheck((row: Readonly<Record<string, number | null | undefined>>) => {
    for (const [short, name] of Object.entries(STANDS_FOR)) {
      if (typeof row[short] === "number" || typeof row[name] === "number") continue;
      const got = row[short] === null ? "null" : "nothing";
      return { path: [short], got, expected: `${EXPECTED} here or as ${name}` };
    }
    return undefined;
  }),
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
  stand_in: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether the model serves in place of the one that the registry names; or absent"),
    ),
  ),
  ts: v.pipe(v.string(), v.isoTimestamp()),
  imputed: v.optional(
    v.pipe(v.array(v.array(v.string())), v.description("Per row, which features were missing; absent when none was")),
  ),
});
export type RowsAnswer = v.InferOutput<typeof rowsAnswerSchema>;

export const legacyAnswerSchema = v.object({
  prediction: v.pipe(v.picklist([0, 1]), v.description("1 from the model's threshold on")),
  probability: v.number(),
  alert: v.pipe(v.boolean(), v.description("Whether `prediction` is 1")),
  inference_time_ms: v.pipe(v.number(), v.minValue(0)),
  model_version: v.string(),
});
export type LegacyAnswer = v.InferOutput<typeof legacyAnswerSchema>;
