// POST /ingest: what it takes and answers. Ticks are checked one by one by `parseTick`, since one bad tick must not
// refuse the others; the schema of a tick here describes them.
import * as v from "valibot";
import { TICK_FIELD_NAMES } from "../features/tick-fields.ts";
import { SYMBOL_EXPECTED, VENUE_EXPECTED } from "../features/symbol-name.ts";
import { REJECTION_REASONS } from "../features/tick.ts";
import { MOST_VOLUME } from "../features/trade-flow.ts";
import { NATIVE_FORMATS } from "../markets/native-formats.ts";
import { INGEST_BODY } from "./body-limits.ts";
import { contract } from "./contract.ts";
import { count, venueInput } from "./field-schema.ts";
import { SYMBOL_FAILURE_CODES, SYMBOL_FAILURES, type SymbolFailureCode } from "./symbol-failures.ts";

const side = v.nullish(
  v.union([
    v.pipe(v.number(), v.minValue(0), v.maxValue(1e15), v.description("0 is an empty side")),
    v.pipe(v.string(), v.description("A decimal")),
  ]),
);
const size = v.nullish(
  v.union([v.pipe(v.number(), v.minValue(0), v.maxValue(1e15)), v.pipe(v.string(), v.description("A decimal"))]),
);

const barAmount = (description: string) =>
  v.pipe(
    v.nullish(v.union([v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_VOLUME)), v.string()])),
    v.description(description),
  );

/**
 * A tick as a message. Numbers may come as decimal texts, as exchanges send them; `null` is an absent field. Each field
 * may have any of its `TICK_FIELD_NAMES`.
 */
export const tickSchema = v.object({
  symbol: v.pipe(v.string(), v.description(`${SYMBOL_EXPECTED}. Case does not count; the answer has the name as sent`)),
  venue: v.pipe(v.nullish(v.string()), v.description(`${VENUE_EXPECTED}. Keeps a symbol of two venues apart`)),
  ts: v.pipe(
    v.union([v.number(), v.string()]),
    v.description(
      "Event time from 2009 to 2100: ms since 1970 UTC, also as digits, or ISO 8601; without a zone it is UTC",
    ),
  ),
  price: v.pipe(
    v.nullish(v.union([v.number(), v.string()])),
    v.description("Last trade, 1e-15 to 1e15; absent in a quote alone"),
  ),
  bid: side,
  ask: side,
  bidSize: size,
  askSize: size,
  size,
  id: v.pipe(
    v.nullish(v.union([v.string(), v.number()])),
    v.description(
      "Distinguishes ticks that agree in all else. Above 2^53 send it as text: JSON numbers are rounded there",
    ),
  ),
  side: v.pipe(v.nullish(v.union([v.string(), v.number()])), v.description("Who took the trade: buy or sell")),
  barTrades: barAmount("Trades in the bar that this tick ends"),
  barVolume: barAmount("Volume of that bar, in units of the base"),
  barQuoteVolume: barAmount("Volume of that bar, in units of the quote"),
  barTakerVolume: barAmount("Volume of that bar that buyers took, in units of the base"),
});

/** Why a tick is refused; also the values of the label `reason` of `volgate_ticks_rejected_total`. */
export const REFUSAL_REASONS = [
  ...REJECTION_REASONS,
  ...(["not_of_format", "ambiguous_format", "symbol_not_allowed", "symbol_limit"] as const),
] as const;

/** What `?format=` takes: `auto` tells each message by itself, `tick` is volgate's own form. */
export const FORMATS = ["auto", "tick", ...NATIVE_FORMATS] as const;
export type PostedFormat = (typeof FORMATS)[number];

export const countEntries = {
  accepted: v.pipe(count, v.description("Applied")),
  duplicate: v.pipe(count, v.description("Received before; not applied again")),
  late: v.pipe(count, v.description("Older than what is closed; not applied")),
  held: v.pipe(
    count,
    v.description(
      "1 when the last tick of a symbol waits for the next one to agree: it is more than 300 steps ahead, or ahead or " +
        "away in price beyond what the symbol's own rate and volatility explain",
    ),
  ),
  released: v.pipe(count, v.description("Ticks that an earlier batch left held and that were applied now")),
  rejected: v.pipe(count, v.description("Refused")),
};

const base64 = v.pipe(v.string(), v.description("Little-endian bytes in base64"));
const scoreTrace = v.object({
  sha256: v.nullable(v.string()),
  values: v.pipe(base64, v.description("Float32 probabilities as they are answered, NaN without one")),
  raw: v.pipe(base64, v.description("Float32 probabilities of the model itself, before they are recalibrated")),
  sigmas: v.nullable(v.pipe(base64, v.description("Float32 expected volatilities over τ, NaN without one"))),
  sigmaQuantiles: v.nullable(
    v.pipe(
      base64,
      v.description("Float32 quantiles of the volatility over τ, three a step; null where none are learnt"),
    ),
  ),
  thresholds: v.nullable(
    v.pipe(base64, v.description("Float64 thresholds that follow, served or not; null where none does")),
  ),
});

/** One part of a batch's closed steps, as `X-Volgate-Trace: steps` asks for it. */
export const stepTraceSchema = v.object({
  count,
  index: base64,
  flags: base64,
  rows: v.record(v.string(), base64),
  tau: base64,
  label: base64,
  horizonVolatility: base64,
  scores: v.record(v.string(), scoreTrace),
});

/** Why a symbol took nothing of the request. */
export const symbolFailureSchema = v.object({
  code: v.picklist(SYMBOL_FAILURE_CODES),
  detail: v.string(),
  ticks: v.pipe(count, v.description("Its valid ticks, which are in no other count")),
  retry_after_s: v.pipe(
    v.nullable(v.number()),
    v.description("When the same ticks can be sent again; null when that cannot help"),
  ),
});

/** What was done and still may not be what the sender wants. */
export const ingestWarningSchema = v.object({ code: v.picklist(["late_ticks", "receive_time"]), detail: v.string() });
export type IngestWarning = v.InferOutput<typeof ingestWarningSchema>;

/** The same counts of one symbol. */
const symbolAnswerSchema = v.object({
  ...countEntries,
  failed: v.optional(v.pipe(symbolFailureSchema, v.description("Present when none of its valid ticks was taken"))),
  warnings: v.optional(
    v.pipe(
      v.array(ingestWarningSchema),
      v.description(
        "`late_ticks`: ticks were too old to be applied; `receive_time`: messages without a time were given that of " +
          "their receipt",
      ),
    ),
  ),
  steps_closed: v.pipe(count, v.description("Steps that the batch closed")),
  trace: v.optional(
    v.pipe(v.array(stepTraceSchema), v.description("With the header `X-Volgate-Trace: steps`: what was computed")),
  ),
  grid_traces: v.optional(
    v.pipe(
      v.record(v.string(), v.array(stepTraceSchema)),
      v.description("With the same header: what was computed on each further grid that closed a step, by its name"),
    ),
  ),
});

export type SymbolAnswer = v.InferInput<typeof symbolAnswerSchema>;

/** One refused tick. */
export const tickErrorSchema = v.object({
  index: v.pipe(count, v.description("Place of its message in the request")),
  symbol: v.optional(v.string()),
  reason: v.picklist(REFUSAL_REASONS),
  field: v.string(),
  got: v.optional(v.string()),
  expected: v.string(),
});

/** What became of every tick of a request. */
export const ingestAnswerSchema = v.object({
  ...countEntries,
  symbols: v.record(v.string(), symbolAnswerSchema),
  errors: v.pipe(v.array(tickErrorSchema), v.description("The first 100 refused ticks")),
  errors_omitted: v.pipe(count, v.description("Refused ticks beyond those")),
  skipped: v.optional(
    v.pipe(count, v.description("Native messages without a tick, as heartbeats; absent without any")),
  ),
  ignored: v.optional(
    v.pipe(v.array(v.string()), v.description("Names of fields that were not read, at most 20; absent without any")),
  ),
});
/** What became of ticks. */
export type IngestCounts = v.InferOutput<v.ObjectSchema<typeof countEntries, undefined>>;
export type TickError = v.InferOutput<typeof tickErrorSchema>;

const PRODUCER = "1 to 64 printable characters, beside X-Producer-Seq";
const SEQUENCE = "a whole number that rises with every batch, beside X-Producer-Id";
/** Numbers that each symbol remembers of a producer, and producers that it remembers. */
export const REMEMBERED = { numbers: 128, producers: 64 } as const;

/** By which a batch that is delivered twice is applied once: both producer headers, or neither. */
const producerHeadersSchema = v.pipe(
  v.object({
    "X-Producer-Id": v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[\x21-\x7e]{1,64}$/, PRODUCER),
        v.description("Who sends: with the next header, a batch sent twice is applied once"),
      ),
    ),
    "X-Producer-Seq": v.optional(
      v.pipe(
        v.string(),
        v.regex(/^\d{1,16}$/, SEQUENCE),
        v.check((text) => Number.isSafeInteger(Number(text)), SEQUENCE),
        v.description("A whole number that rises with every batch of the producer"),
      ),
    ),
    "X-Volgate-Trace": v.optional(v.pipe(v.string(), v.description("`steps` adds to the answer what was computed"))),
  }),
  v.forward(
    v.check((h) => h["X-Producer-Id"] !== undefined || h["X-Producer-Seq"] === undefined, PRODUCER),
    ["X-Producer-Id"],
  ),
  v.forward(
    v.check((h) => h["X-Producer-Seq"] !== undefined || h["X-Producer-Id"] === undefined, SEQUENCE),
    ["X-Producer-Seq"],
  ),
);

const otherNames = Object.values(TICK_FIELD_NAMES)
  .flatMap(([name, ...others]) =>
    others.length > 0 ? [`\`${name}\`: ${others.map((o) => `\`${o}\``).join(", ")}`] : [],
  )
  .join("; ");

const EXAMPLE_COUNTS = { accepted: 1, duplicate: 0, late: 0, held: 0, released: 0, rejected: 1 };
const EXAMPLE_ANSWER = {
  ...EXAMPLE_COUNTS,
  symbols: { "BTC-USD": { ...EXAMPLE_COUNTS, steps_closed: 0 } },
  errors: [
    {
      index: 1,
      symbol: "BTC-USD",
      reason: "price_not_positive",
      field: "price",
      got: "0",
      expected: "a number from 1e-15 to 1000000000000000",
    },
  ],
  errors_omitted: 0,
};

function failedAnswer(code: SymbolFailureCode): v.InferInput<typeof ingestAnswerSchema> {
  const counts = { ...EXAMPLE_COUNTS, accepted: 0, rejected: 0 };
  const { meaning, retryAfterS } = SYMBOL_FAILURES[code];
  const failed = { code, detail: `not taken: ${meaning}`, ticks: 1, retry_after_s: retryAfterS };
  return { ...counts, symbols: { "BTC-USD": { ...counts, steps_closed: 0, failed } }, errors: [], errors_omitted: 0 };
}

export const ingestContract = contract({
  method: "post",
  path: "/ingest",
  tag: "Ticks",
  summary: "Takes ticks",
  description:
    "Up to 5,000 of any symbols: a JSON array, one object, or one JSON object per line. Refused ticks do not " +
    "keep valid ones out. `late` and `duplicate` are no errors: such ticks are counted and not applied. Common other " +
    `names of fields are read too (${otherNames}); what is not read is named in \`ignored\`.\n\n` +
    `Messages of venues and libraries are taken as they are (\`?format=\`: ${NATIVE_FORMATS.map((name) => `\`${name}\``).join(", ")}). ` +
    "Each is told by itself; with a format named, what is not of it is refused (`not_of_format`). Those without a tick " +
    "are counted as `skipped`. A message without a time of its own, as a `bookTicker` of Binance spot, is given the " +
    "time of its receipt, and `warnings` says so. A line may begin with the time of its receipt, as captures do. " +
    "No venue is implied: `?venue=` names that of ticks which name none.\n\n" +
    "Each symbol takes all its ticks of a request or none. 207 says that some symbols took theirs and others did not: " +
    "`symbols.<name>.failed` has the code, and when to send the same ticks again. When no symbol took any, the status " +
    "is 503, 429 or 409.\n\n" +
    "With `X-Producer-Id` and `X-Producer-Seq` a request that is sent again is applied once. Each symbol remembers the " +
    `${REMEMBERED.numbers} highest numbers of its last ${REMEMBERED.producers} producers, with a hash of the ticks as they ` +
    "were sent. A number that was seen with the same ticks is `duplicate`, the ones that were refused included; with " +
    "other ticks it is refused as `sequence_conflict`. A number that was not seen is applied, also when higher ones came before. One below the remembered numbers is " +
    "refused as `sequence_too_old`. So a producer needs a new id at each start, unless it goes on counting.\n\n" +
    "Ticks of one symbol are applied in the order in which they arrive, and a tick older than the open step is `late`. " +
    "Requests that are sent at once can overtake each other, with and without numbers: send those of one symbol one " +
    "after the other. `warnings` says where ticks were late.",
  token: "INGEST_TOKEN",
  query: v.object({
    format: v.pipe(
      v.optional(v.picklist(FORMATS, `one of ${FORMATS.join(", ")}`), "auto"),
      v.description("What the messages are; `auto` tells each by itself, `tick` is the form below"),
    ),
    venue: v.pipe(v.optional(venueInput), v.description("The venue of ticks that name none")),
  }),
  headers: producerHeadersSchema,
  body: {
    schema: v.union([v.array(tickSchema), tickSchema]),
    description: "Ticks",
    limits: INGEST_BODY,
    texts: {
      "application/x-ndjson":
        '{"symbol":"BTC-USD","ts":1764979200000,"price":89412.5}\n{"symbol":"BTC-USD","ts":1764979201000,"price":89413}\n',
    },
    inParts: true,
    example: [
      { symbol: "BTC-USD", ts: 1764979200000, price: 89412.5, bid: 89412.4, ask: 89412.6 },
      { symbol: "BTC-USD", ts: 1764979201000, price: 0 },
    ],
  },
  parameterExamples: { format: "kraken", venue: "kraken", "X-Producer-Id": "collector-1", "X-Producer-Seq": "42" },
  answer: {
    description: "What became of every tick",
    schema: ingestAnswerSchema,
    example: EXAMPLE_ANSWER,
    also: { 207: "Some symbols took nothing: see `failed` of each" },
  },
  errors: [
    "producer_malformed",
    "format_malformed",
    "venue_malformed",
    "sequence_conflict",
    "sequence_too_old",
    "too_many_ticks",
    "trace_too_large",
    "no_valid_tick",
    "archive_backlog",
    "symbol_busy",
    "partly_failed",
    "champion_unknown",
  ],
  problemMembers: {
    no_valid_tick: { schema: ingestAnswerSchema, example: EXAMPLE_ANSWER },
    archive_backlog: { schema: ingestAnswerSchema, example: failedAnswer("archive_backlog") },
    symbol_busy: { schema: ingestAnswerSchema, example: failedAnswer("symbol_busy") },
    partly_failed: { schema: ingestAnswerSchema, example: failedAnswer("symbol_failed") },
    sequence_conflict: { schema: ingestAnswerSchema, example: failedAnswer("sequence_conflict") },
    sequence_too_old: { schema: ingestAnswerSchema, example: failedAnswer("sequence_too_old") },
    trace_too_large: { schema: ingestAnswerSchema, example: failedAnswer("trace_too_large") },
    champion_unknown: { schema: ingestAnswerSchema, example: failedAnswer("champion_unknown") },
  },
  codeOfFault: ({ path }) => {
    if (path[0] === "format") return "format_malformed";
    return path[0] === "venue" ? "venue_malformed" : "producer_malformed";
  },
});
