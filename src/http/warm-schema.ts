// POST /admin/symbols/:symbol/warm: creates a symbol with a history.
import * as v from "valibot";
import { MAX_WARM_TICKS } from "../markets/history/warm-limits.ts";
import { WARM_BODY } from "./body-limits.ts";
import { contract } from "./contract.ts";
import { FEED_VENUES } from "../markets/feed/venue-protocol.ts";
import { count, nullableString } from "./field-schema.ts";
import { tickErrorSchema } from "./ingest-schema.ts";
import { symbolParams, warmthSchema } from "./symbols-schema.ts";

const PRODUCT = "1 to 60 characters";
const SOURCES = ["archive", "venue"] as const;
const VENUES = `one of ${FEED_VENUES.join(", ")}`;

/** The body of a request without ticks. */
const warmSourceSchema = v.strictObject({
  from: v.pipe(
    v.picklist(SOURCES, `one of ${SOURCES.join(", ")}`),
    v.description(
      "`archive`: the symbol's own archive, as its first tick would; `venue`: the REST service of its venue",
    ),
  ),
  venue: v.exactOptional(
    v.pipe(v.picklist(FEED_VENUES, VENUES), v.description("Without it that of the symbol, behind its `@`")),
  ),
  product: v.exactOptional(
    v.pipe(
      v.string(PRODUCT),
      v.minLength(1, PRODUCT),
      v.maxLength(60, PRODUCT),
      v.description("What the venue calls it; without it the symbol's name"),
    ),
  ),
});

const warmedSymbolSchema = v.object({
  symbol: v.pipe(v.string(), v.description("As the request spelled it")),
  warm: warmthSchema,
  ticks: v.pipe(
    v.object({
      accepted: count,
      duplicate: count,
      late: count,
      outlier: count,
      price_outlier: count,
      rejected: v.pipe(count, v.description("Ticks that could not be read: see `errors`")),
    }),
    v.description("What became of the ticks of the history"),
  ),
  threshold_values: v.object({ have: count, need: count }),
  probability: v.pipe(v.nullable(v.number()), v.description("Of the last closed step; `GET /predict` has the rest")),
  missing: v.pipe(v.array(v.string()), v.description("Why there is no probability; empty when there is one")),
  history: v.pipe(
    v.nullable(
      v.object({
        requests: v.pipe(count, v.description("Sent to the venue")),
        left_out: v.pipe(count, v.description("Candles and trades of it that are none")),
        cut: v.pipe(nullableString, v.description("Why it does not reach back as far as it was to")),
      }),
    ),
    v.description("How the venue was asked; null for another source"),
  ),
  errors: v.pipe(v.array(tickErrorSchema), v.description("The first 20 refused ticks; `index` counts lines from 0")),
});

const EXAMPLE = {
  symbol: "BTC-USD",
  warm: { source: "ticks", steps: 3599, ticks: 14_380, from_ms: 1764975600137, to_ms: 1764979199830 },
  ticks: { accepted: 14_380, duplicate: 12, late: 0, outlier: 0, price_outlier: 0, rejected: 0 },
  threshold_values: { have: 3539, need: 900 },
  probability: 0.0713,
  missing: [],
  history: null,
  errors: [],
};

export const warmContract = contract({
  method: "post",
  path: "/admin/symbols/:symbol/warm",
  tag: "Symbols",
  summary: "Creates a symbol with a history",
  description:
    "For a symbol without a database: its history goes through the same engine as live ticks, before the first of " +
    "them. The last closed step is scored at once; nothing of the history counts for live quality, drift or the " +
    "archive. Batches that come meanwhile wait and are applied after it.\n\n" +
    `The history is either ticks as NDJSON, oldest first and at most ${MAX_WARM_TICKS.toLocaleString("en-US")}, ` +
    "each as `POST /ingest` takes it (`symbol` may be left out, and venues' messages need `Content-Type: " +
    "application/x-ndjson` too), or an object that says where it is from.\n\n" +
    "A venue is asked for the newest 1,440 candles where the grid's steps are whole minutes, else for trades of the " +
    "last two hours, as many as 40 requests and 20 s give. What came before a request that failed is used: it has no " +
    "hole, and `history.cut` says why it ends.",
  token: "ADMIN_TOKEN",
  params: symbolParams,
  parameterExamples: { symbol: "BTC-USD" },
  body: {
    schema: warmSourceSchema,
    description: "Where the history is from, or with `Content-Type: application/x-ndjson` its ticks",
    limits: WARM_BODY,
    texts: {
      "application/x-ndjson": '{"ts":1764979200000,"price":89412.5}\n{"ts":1764979201000,"price":89413}\n',
    },
    inParts: true,
    example: { from: "venue", venue: "coinbase", product: "BTC-USD" },
  },
  answer: { description: "The symbol as it is now", schema: warmedSymbolSchema, example: EXAMPLE },
  errors: [
    "body_malformed",
    "field_unknown",
    "from_malformed",
    "venue_malformed",
    "product_malformed",
    "product_unknown",
    "venue_refused",
    "venue_unavailable",
    "symbol_malformed",
    "too_many_ticks",
    "no_valid_tick",
    "no_history",
    "already_live",
    "no_archive",
    "symbol_not_allowed",
    "symbol_limit",
    "champion_unknown",
    "archive_unavailable",
    "symbol_timeout",
    "symbol_failed",
  ],
  problemMembers: {
    no_valid_tick: {
      schema: v.object({ errors: v.array(tickErrorSchema) }),
      example: {
        errors: [{ index: 0, reason: "ts_missing", field: "ts", got: "nothing", expected: "a time" }],
      },
    },
  },
});
