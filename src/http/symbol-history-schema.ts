// GET /symbols/:symbol/history: what a symbol's closed steps were like, for a chart.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { count, gridFields, nullableNumber, timeMs } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const MAX_POINTS = 2000;
const EXPECTED_POINTS = `a whole number from 1 to ${MAX_POINTS}`;
const EXPECTED_TIME = "a time in ms since 1970";

const timeInput = v.optional(v.pipe(v.string(EXPECTED_TIME), v.regex(/^\d{1,15}$/, EXPECTED_TIME), v.toNumber()));
const numbers = v.array(nullableNumber);
const flags = v.array(v.nullable(v.boolean()));

export const symbolHistorySchema = v.object({
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  step_ms: count,
  horizon_steps: count,
  from: v.pipe(v.nullable(timeMs), v.description("Steps that end after it; null where none is kept")),
  to: v.pipe(v.nullable(timeMs), v.description("Steps that end at it at the latest")),
  every_ms: v.pipe(count, v.description("Length of a bucket: a multiple of the step")),
  earliest_ms: v.pipe(v.nullable(timeMs), v.description("End of the oldest step that is kept")),
  latest_ms: v.pipe(v.nullable(timeMs), v.description("End of the newest step")),
  columns: v.object({
    ts: v.pipe(v.array(timeMs), v.description("End of the bucket: it has the steps that end in (ts − every_ms, ts]")),
    open: v.pipe(numbers, v.description("The first price at a step's end; `high` and `low`: of these prices")),
    high: numbers,
    low: numbers,
    price: v.pipe(numbers, v.description("The last price")),
    rv_bps: v.pipe(numbers, v.description("Realized volatility of the last 60 steps, at the bucket's last step")),
    tau_bps: numbers,
    probability: v.pipe(numbers, v.description("The largest of the bucket")),
    threshold: numbers,
    sigma_bps: v.pipe(numbers, v.description("Expected volatility of the horizon")),
    alert: v.pipe(flags, v.description("Whether any probability reached its threshold")),
    spike: v.pipe(
      flags,
      v.description("Whether a label that was confirmed in the bucket is a spike: about the step one horizon earlier"),
    ),
  }),
});

export const symbolHistoryContract = contract({
  method: "get",
  path: "/symbols/:symbol/history",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "A symbol's closed steps, for a chart",
  description:
    "What was known and answered at each step, in buckets; null where nothing is known. The last 172,800 steps are " +
    "kept: 48 hours of 1 s. Probabilities are those that were answered then, by the model of then.",
  params: symbolParams,
  query: v.object({
    from: timeInput,
    to: timeInput,
    points: v.optional(
      v.pipe(
        v.string(EXPECTED_POINTS),
        v.regex(/^\d{1,4}$/, EXPECTED_POINTS),
        v.toNumber(),
        v.minValue(1, EXPECTED_POINTS),
        v.maxValue(MAX_POINTS, EXPECTED_POINTS),
        v.description("Buckets at most"),
      ),
      "600",
    ),
    ...gridFields,
  }),
  parameterExamples: { symbol: "BTC-USD", from: "1764979140000", to: "1764979200000", points: "600" },
  answer: {
    description: "The steps in buckets",
    schema: symbolHistorySchema,
    example: {
      symbol: "BTC-USD",
      step_ms: 1000,
      horizon_steps: 60,
      from: 1764979198000,
      to: 1764979200000,
      every_ms: 1000,
      earliest_ms: 1764892801000,
      latest_ms: 1764979201000,
      columns: {
        ts: [1764979199000, 1764979200000],
        open: [89412.5, 89413],
        high: [89412.5, 89413],
        low: [89412.5, 89413],
        price: [89412.5, 89413],
        rv_bps: [5.13, 5.14],
        tau_bps: [7.95, 7.95],
        probability: [0.0713, 0.0721],
        threshold: [0.2416, 0.2416],
        sigma_bps: [null, null],
        alert: [false, false],
        spike: [false, false],
      },
    },
  },
  errors: [
    "unknown_grid",
    "symbol_malformed",
    "from_malformed",
    "to_malformed",
    "points_malformed",
    "unknown_symbol",
    "symbol_timeout",
    "symbol_failed",
  ],
});
