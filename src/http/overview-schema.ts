// GET /overview: all symbols in one cheap poll of what changed.
import * as v from "valibot";
import { CURSOR_FORM, SYMBOL_STATES } from "../overview/overview-table.ts";
import { contract } from "./contract.ts";
import { count, gridFields, missing, nullableNumber, nullableString, timeMs } from "./field-schema.ts";

const EXPECTED_CURSOR = "the cursor of an answer, such as 3f1c0a9be27d:1204";
const nullableTime = v.nullable(timeMs);

const overviewRowSchema = v.object({
  symbol: v.string(),
  venue: v.pipe(nullableString, v.description("In lower case; null for a symbol without one")),
  state: v.pipe(
    v.picklist(SYMBOL_STATES),
    v.description(
      "`live`: a prediction of the last step. `stale`: the last tick is older than one step and the age at which a " +
        "price counts. `silent`: its feed was live, and the alert `feed_silent` fires. `warming_up`, `too_sparse` and " +
        "`flat`: as in `/predict`. `unreachable`: its object does not answer; the figures are those of `as_of_ms`",
    ),
  ),
  missing,
  price: v.pipe(nullableNumber, v.description("At the end of the last closed step")),
  sigma_bps: v.pipe(nullableNumber, v.description("Expected volatility of the horizon")),
  rv_60_bps: nullableNumber,
  tau_bps: nullableNumber,
  probability: nullableNumber,
  threshold: nullableNumber,
  alert: v.pipe(v.nullable(v.boolean()), v.description("Null once the predicted horizon is over")),
  ts: v.pipe(nullableTime, v.description("End of the last closed step")),
  horizon_s: nullableNumber,
  watermark_ms: v.pipe(nullableTime, v.description("Event time of the newest stored tick")),
  as_of_ms: v.pipe(
    nullableTime,
    v.description("When its object gave these figures; null if it never has. A row that is left out is as it was"),
  ),
  firing: v.pipe(v.nullable(count), v.description("Alerts of the symbol that fire")),
  recent: v.pipe(
    v.array(v.tuple([timeMs, nullableNumber])),
    v.description("End and probability of its last steps: at most 40, or those that are newer than the cursor"),
  ),
});
export type OverviewRowAnswer = v.InferOutput<typeof overviewRowSchema>;

const overviewSchema = v.object({
  cursor: v.pipe(v.string(), v.description("For the next request's `since`")),
  server_time_ms: timeMs,
  step_ms: count,
  reset: v.pipe(v.boolean(), v.description("Whether `symbols` is the whole table: what the reader had is void")),
  symbols: v.array(overviewRowSchema),
  removed: v.pipe(v.array(v.string()), v.description("Symbols that there are no more")),
  unread_buckets: v.pipe(count, v.description("Parts of the directory, of 16, that do not answer")),
  known: v.pipe(count, v.description("Symbols in the directory; those that were not asked yet have no row")),
  oldest_as_of_ms: v.pipe(
    nullableTime,
    v.description("When the row that was confirmed the longest ago was, of those that answer; null without any"),
  ),
});

export const overviewContract = contract({
  method: "get",
  path: "/overview",
  tag: "Symbols",
  token: "READ_TOKEN",
  summary: "All symbols, or what changed since the last look",
  description:
    "One poll for a list of any length. Symbols' objects are asked only while somebody polls, each after its next step " +
    "is due, at most 200 a second in all: a thousand symbols of 1 s are each asked every 5 s. Poll once a second.\n\n" +
    "**As a WebSocket** (`Upgrade: websocket`, subprotocol `volgate.v1`; a browser offers its token as a second one, " +
    "`bearer.` with the base64url form of the token) it sends this answer by itself: at once, then what changed, at most " +
    "twice a second, and after 5 s without a change one without rows. A long answer comes in parts of 200 symbols, of which " +
    "the first has `reset` and the last the new `cursor`. After 256 messages or 256 kB comes " +
    '`{"type":"check","n":1}`; answer `{"type":"checked","n":1}`. With four checks unanswered nothing is sent, and what ' +
    "changed meanwhile comes afterwards, once; after 60 s without an answer the socket is closed with 4008 `slow_reader`. " +
    'While there is no answer it says `{"type":"failed","code":"directory_unavailable","detail":"…","server_time_ms":…}` ' +
    "every 5 s. `ping` is answered `pong`; any other message closes it with 4000. Open it again with `since`.",
  query: v.object({
    since: v.optional(
      v.pipe(
        v.string(EXPECTED_CURSOR),
        v.regex(CURSOR_FORM, EXPECTED_CURSOR),
        v.description("The `cursor` of the last answer; without it, or where it is not known any more, all rows come"),
      ),
    ),
    ...gridFields,
  }),
  parameterExamples: { since: "3f1c0a9be27d:1204" },
  answer: {
    description: "The rows that changed",
    schema: overviewSchema,
    example: {
      cursor: "3f1c0a9be27d:1205",
      server_time_ms: 1764979201512,
      step_ms: 1000,
      reset: false,
      symbols: [
        {
          symbol: "BTC-USD",
          venue: null,
          state: "live",
          missing: [],
          price: 89412.5,
          sigma_bps: null,
          rv_60_bps: 5.13,
          tau_bps: 7.95,
          probability: 0.0713,
          threshold: 0.2416,
          alert: false,
          ts: 1764979201000,
          horizon_s: 60,
          watermark_ms: 1764979201137,
          as_of_ms: 1764979201490,
          firing: 0,
          recent: [[1764979201000, 0.0713]],
        },
      ],
      removed: [],
      unread_buckets: 0,
      known: 2,
      oldest_as_of_ms: 1764979200912,
    },
  },
  errors: [
    "unknown_grid",
    "since_malformed",
    "upgrade_required",
    "protocol_malformed",
    "directory_unavailable",
    "object_timeout",
  ],
});
