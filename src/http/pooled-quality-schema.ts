// GET /quality: how good the served models are over all symbols.
import * as v from "valibot";
import { contract } from "./contract.ts";
import {
  count,
  flagInput,
  gridFields,
  missing,
  nullableString,
  time,
  WINDOW_NAMES,
  windowInput,
} from "./field-schema.ts";
import { labelQualitySchema, pairQualitySchema, qualityContract } from "./quality-schema.ts";

const pooledQualitySchema = v.object({
  symbol: v.null(),
  timestamp: time,
  window: v.picklist(WINDOW_NAMES),
  from: v.nullable(time),
  to: v.nullable(time),
  step_ms: count,
  block_steps: v.pipe(count, v.description("Steps of a block; here `blocks` are groups of time over all symbols")),
  interval: v.pipe(v.string(), v.description("How intervals are made")),
  pooling: v.pipe(v.string(), v.description("How figures of several symbols are added up")),
  labels: v.array(labelQualitySchema),
  pairs: v.array(pairQualitySchema),
  symbols: v.array(
    v.object({
      symbol: v.string(),
      included: v.boolean(),
      reason: v.pipe(nullableString, v.description("Why the symbol is left out")),
    }),
  ),
  missing,
});
export type PooledQualityAnswer = v.InferOutput<typeof pooledQualitySchema>;

const { example } = qualityContract.answer;

export const pooledQualityContract = contract({
  method: "get",
  path: "/quality",
  tag: "Operations",
  token: "READ_TOKEN",
  summary: "How good the models are over all symbols",
  description:
    "Champion, challenger and baselines over one window, added up over the symbols whose champion is the gateway's, with " +
    "intervals over groups of time. A symbol that does not answer is named, and the others are shown. An isolate keeps its " +
    "answer for a minute, or reads always with `READ_CACHE_MS` 0.",
  query: v.object({ window: windowInput, curves: flagInput, ...gridFields }),
  parameterExamples: { window: "24h", curves: "0" },
  answer: {
    description: "The window's figures",
    schema: pooledQualitySchema,
    example: {
      symbol: null,
      timestamp: "2025-12-06T00:00:01.412Z",
      window: "24h",
      from: example.from,
      to: example.to,
      step_ms: 1000,
      block_steps: 3600,
      interval: example.interval,
      pooling: "Counts, sums and score levels are added up over the symbols.",
      labels: example.labels,
      pairs: example.pairs,
      symbols: [{ symbol: "BTC-USD", included: true, reason: null }],
      missing: [],
    },
  },
  errors: ["unknown_grid", "window_malformed", "curves_malformed"],
});
