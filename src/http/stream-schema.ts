// GET /stream: predictions, labels and alerts as they come, over a WebSocket or as Server-Sent Events.
import * as v from "valibot";
import { symbolKey } from "../features/symbol-name.ts";
import { EXPECTED_CURSOR, parseCursor } from "../stream/stream-cursor.ts";
import { STREAM_KINDS } from "../stream/stream-event.ts";
import { MAX_STREAM_SYMBOLS } from "../stream/subscription.ts";
import { alertEntries } from "./alerts-schema.ts";
import { contract } from "./contract.ts";
import { count, gridFields, nullableNumber, nullableString, timeMs } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const EXPECTED_SYMBOLS = `1 to ${MAX_STREAM_SYMBOLS} symbols, separated by commas`;
const EXPECTED_EVENTS = `some of ${STREAM_KINDS.join(", ")}, separated by commas`;

const listOf = (text: string): string[] => text.split(",").map((name) => name.trim());

/** So that an address fits: Cloudflare takes 16 KB, and workerd answers 414 above 64 KiB. */
const MAX_CHARACTERS = { symbols: 10_000, after: 20_000, events: 200 } as const;
/** Of names, cursors and kinds. */
const CHARACTERS = /^[A-Za-z0-9.:/=^@~, _-]*$/;

/** Text of a list in an address. */
const listText = (field: keyof typeof MAX_CHARACTERS, expected: string) =>
  v.pipe(v.string(expected), v.maxLength(MAX_CHARACTERS[field], expected), v.regex(CHARACTERS, expected));

const symbolsInput = v.pipe(
  listText("symbols", EXPECTED_SYMBOLS),
  v.check((text) => listOf(text).length <= MAX_STREAM_SYMBOLS, EXPECTED_SYMBOLS),
  v.check((text) => listOf(text).every((name) => symbolKey(name) !== undefined), EXPECTED_SYMBOLS),
  v.transform((text) => [...new Set(listOf(text).flatMap((name) => symbolKey(name) ?? []))]),
  v.description(EXPECTED_SYMBOLS),
);

const kindOf = (name: string) => STREAM_KINDS.find((kind) => kind === name);

const streamFields = {
  events: v.optional(
    v.pipe(
      listText("events", EXPECTED_EVENTS),
      v.check((text) => listOf(text).every((name) => kindOf(name) !== undefined), EXPECTED_EVENTS),
      v.transform((text) => [...new Set(listOf(text).flatMap((name) => kindOf(name) ?? []))]),
      v.description(`${EXPECTED_EVENTS}; all of them without`),
    ),
  ),
  after: v.optional(
    v.pipe(
      listText("after", EXPECTED_CURSOR),
      v.check((text) => parseCursor(text) !== undefined, EXPECTED_CURSOR),
      v.transform((text) => [...(parseCursor(text) ?? [])]),
      v.description(`Resumes behind it: ${EXPECTED_CURSOR}`),
    ),
  ),
  ...gridFields,
};

const cursor = v.pipe(v.string(), v.description("Where the reader is in the events of this symbol; opaque"));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const step = v.pipe(count, v.description("Number of the step; its end is `ts`"));
const answeredEntries = {
  probability: v.pipe(probability, v.description("As it was answered then, with 7 digits")),
  threshold: nullableNumber,
  alert: v.pipe(v.boolean(), v.description("Whether the probability reached the threshold")),
};

export const helloEventSchema = v.object({
  type: v.literal("hello"),
  protocol: v.literal("volgate.v1"),
  symbols: v.pipe(v.array(v.string()), v.description("That are followed, in upper case")),
  unknown: v.pipe(v.array(v.string()), v.description("That have no tick, or not the grid: they are not followed")),
  unavailable: v.pipe(v.array(v.string()), v.description("That do not answer now: they are not followed")),
  cursor: v.pipe(v.string(), v.description("Of all that are followed, joined by commas")),
});

export const predictionEventSchema = v.object({
  type: v.literal("prediction"),
  id: v.pipe(v.string(), v.description("`<symbol>:<step>:p`")),
  symbol: v.string(),
  ts: v.pipe(timeMs, v.description("End of the step")),
  step,
  horizon_s: v.number(),
  ...answeredEntries,
  sigma_bps: nullableNumber,
  tau_bps: nullableNumber,
  model: v.pipe(nullableString, v.description("12 digits of the SHA-256 of the model that answered")),
  prediction_id: v.pipe(nullableString, v.description("As `GET /predict` has it; `POST /feedback` takes it")),
  cursor,
});

export const labelEventSchema = v.object({
  type: v.literal("label"),
  id: v.pipe(v.string(), v.description("`<symbol>:<step>:l`")),
  symbol: v.string(),
  ts: v.pipe(timeMs, v.description("End of the step that was predicted")),
  step,
  label: v.pipe(v.boolean(), v.description("Whether it was a spike")),
  ...answeredEntries,
  resolved_ts: v.pipe(timeMs, v.description("End of the step that confirmed it, one horizon later")),
  cursor,
});

export const alertEventSchema = v.object({ type: v.literal("alert"), ...alertEntries, cursor });

const gapEventSchema = v.object({
  type: v.literal("gap"),
  symbol: v.pipe(nullableString, v.description("null for alerts")),
  from_ts: v.pipe(v.nullable(timeMs), v.description("End of the first step whose events are missing")),
  to_ts: v.pipe(v.nullable(timeMs), v.description("End of the last one")),
  reason: v.pipe(
    v.picklist(["not_kept", "skipped", "not_known", "symbol_removed"]),
    v.description(
      "`skipped`: more than 14,400 steps ago. `not_kept`: not stored any more, or unreadable. `not_known`: after a " +
        "restart with other models nobody knows what was answered. `symbol_removed`: nothing more comes of it",
    ),
  ),
  cursor,
});

const checkEventSchema = v.object({ type: v.literal("check"), n: count });

const messageSchema = v.union([
  helloEventSchema,
  predictionEventSchema,
  labelEventSchema,
  alertEventSchema,
  gapEventSchema,
  checkEventSchema,
]);

const EXAMPLE = {
  type: "prediction" as const,
  id: "BTC-USD:1764979200:p",
  symbol: "BTC-USD",
  ts: 1764979201000,
  step: 1764979200,
  horizon_s: 60,
  probability: 0.0713,
  threshold: 0.2416,
  alert: false,
  sigma_bps: 4.82,
  tau_bps: 7.95,
  model: "3f1c0a9be27d",
  prediction_id: "BTC-USD:1764979200:3f1c0a9be27d",
  cursor: "BTC-USD~19tx2b8pd",
};

const ANSWER = {
  description: "Messages: as texts of a WebSocket, or as the data of Server-Sent Events",
  schema: messageSchema,
  example: EXAMPLE,
  texts: { "text/event-stream": `id: ${EXAMPLE.cursor}\nevent: prediction\ndata: ${JSON.stringify(EXAMPLE)}\n\n` },
} as const;

const DESCRIPTION =
  "With `Upgrade: websocket` a WebSocket, else Server-Sent Events, which resume by `Last-Event-ID`. " +
  "docs/stream.md has the protocol: what a reader answers, how it resumes, and what is never lost.";

const ERRORS = [
  "unknown_grid",
  "symbol_malformed",
  "events_malformed",
  "after_malformed",
  "unknown_symbol",
  "protocol_malformed",
  "origin_refused",
  "symbol_failed",
  "stream_full",
] as const;

const headers = v.object({
  "Last-Event-ID": v.optional(v.pipe(v.string(), v.description("As `after`, which counts before it"))),
});

export const streamContract = contract({
  method: "get",
  path: "/stream",
  tag: "Predictions",
  token: "READ_TOKEN",
  summary: "Predictions, labels and alerts as they come",
  description: DESCRIPTION,
  query: v.object({ symbols: symbolsInput, ...streamFields }),
  headers,
  parameterExamples: { symbols: "BTC-USD,ETH-USD", events: "prediction,label" },
  answer: ANSWER,
  errors: [...ERRORS, "symbols_malformed"],
});

export const symbolStreamContract = contract({
  method: "get",
  path: "/symbols/:symbol/stream",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "Those of one symbol",
  description: DESCRIPTION,
  params: symbolParams,
  query: v.object(streamFields),
  headers,
  parameterExamples: { symbol: "BTC-USD", events: "prediction" },
  answer: ANSWER,
  errors: ERRORS,
});
