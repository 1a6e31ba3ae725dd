// /admin/feeds: the venues that the gateway listens to by itself.
import * as v from "valibot";
import { MAX_FOLLOWED } from "../durable/registry/feed-wish.ts";
import { FEED_VENUES, LOCATION_HINTS } from "../markets/feed/venue-protocol.ts";
import { contract } from "./contract.ts";
import { causeEntries } from "./experiment-schema.ts";
import { count, nullableNumber, nullableString, time } from "./field-schema.ts";

const VENUE = `one of ${FEED_VENUES.join(", ")}`;
const venueParams = v.object({ venue: v.picklist(FEED_VENUES, VENUE) });
const nullableTime = v.nullable(time);
const nullableFault = v.nullable(v.object({ text: v.string(), at: time }));

const HINT = `one of ${LOCATION_HINTS.join(", ")}`;
const PRODUCTS = `a list of 1 to ${MAX_FOLLOWED} products of the venue`;

const followedSchema = v.object({
  product: v.pipe(v.string(), v.description("As the venue writes it")),
  symbol: v.pipe(v.string(), v.description("Where its ticks go, e.g. in `GET /predict?symbol=`")),
  state: v.pipe(v.picklist(["asked", "subscribed", "refused", "unknown"]), v.description("Its subscription")),
  refusal: v.pipe(nullableString, v.description("Why the venue refused it, in its words")),
  ticks: v.pipe(count, v.description("Ticks that were received")),
  last_tick: nullableTime,
  delivered: v.pipe(count, v.description("Ticks that the symbol has taken")),
  late: v.pipe(
    count,
    v.description("Ticks of these that came after their step had closed, or that are not newer than its past"),
  ),
  waiting: v.pipe(count, v.description("Ticks that are to be delivered")),
  dropped: v.pipe(count, v.description("Ticks that were given up: the symbol did not take them, or there was no room")),
  failure: v.pipe(nullableString, v.description("Why the last batch was not taken")),
  past: v.pipe(
    nullableString,
    v.description("What the symbol began with, in words; `null` while that is being read: its live ticks wait"),
  ),
});

export const feedSchema = v.object({
  venue: v.picklist(FEED_VENUES),
  hint: v.pipe(v.picklist(LOCATION_HINTS), v.description("Where it connects from, as Cloudflare names places")),
  state: v.pipe(
    v.picklist(["stopped", "waiting", "connecting", "subscribing", "live", "unreachable"]),
    v.description("`waiting`: for its next attempt; `unreachable`: the feed's object did not answer"),
  ),
  since: v.pipe(nullableTime, v.description("Since when it is live, or not")),
  last_message: nullableTime,
  lag_ms: v.pipe(nullableNumber, v.description("Mean delay from a tick's own time to its receipt")),
  next_attempt: nullableTime,
  last_fault: v.pipe(nullableFault, v.description("What went wrong last with a connection or a subscription")),
  last_data_fault: v.pipe(
    nullableFault,
    v.description("What was wrong last with the messages: something missing, unreadable or refused"),
  ),
  last_recovery_ms: v.pipe(nullableNumber, v.description("How long it was not live, the last time")),
  counting_since: v.pipe(
    nullableTime,
    v.description("Since when the counts are, the feed's object having been loaded"),
  ),
  connections: v.pipe(count, v.description("Connections that opened")),
  failed_attempts: count,
  reconnects: v.pipe(count, v.description("Connections that were lost or given up")),
  messages: count,
  garbled: v.pipe(count, v.description("Messages that could not be read")),
  refused_ticks: count,
  repeated_trades: v.pipe(count, v.description("Trades that were seen before, and left out")),
  gaps: v.pipe(count, v.description("Times that the venue's numbers left something out")),
  missed_trades: v.pipe(count, v.description("Trades that are missing by their numbers")),
  missed_messages: v.pipe(count, v.description("Messages that are missing by the connection's numbers")),
  symbols: v.array(followedSchema),
});
export type FeedAnswer = v.InferOutput<typeof feedSchema>;

const EXAMPLE: FeedAnswer = {
  venue: "kraken",
  hint: "weur",
  state: "live",
  since: "2026-11-30T12:00:01.214Z",
  last_message: "2026-11-30T12:30:00.112Z",
  lag_ms: 24.7,
  next_attempt: null,
  last_fault: { text: "the venue closed the connection with 1012: restart", at: "2026-11-30T12:00:00.310Z" },
  last_data_fault: null,
  last_recovery_ms: 904,
  counting_since: "2026-11-30T11:59:02.001Z",
  connections: 2,
  failed_attempts: 0,
  reconnects: 1,
  messages: 184_220,
  garbled: 0,
  refused_ticks: 0,
  repeated_trades: 50,
  gaps: 0,
  missed_trades: 0,
  missed_messages: 0,
  symbols: [
    {
      product: "BTC/USD",
      symbol: "BTC/USD@kraken",
      state: "subscribed",
      refusal: null,
      ticks: 180_004,
      last_tick: "2026-11-30T12:30:00.088Z",
      delivered: 180_000,
      late: 12,
      waiting: 4,
      dropped: 0,
      failure: null,
      past: "1440 steps of kraken",
    },
  ],
};

export const feedListContract = contract({
  method: "get",
  path: "/admin/feeds",
  tag: "Feeds",
  summary: "Every feed, and the venues there are",
  token: "ADMIN_TOKEN",
  answer: {
    description: "The feeds that run, and the venues that a feed can follow",
    schema: v.object({
      feeds: v.array(feedSchema),
      venues: v.array(
        v.object({ venue: v.picklist(FEED_VENUES), title: v.string(), hint: v.picklist(LOCATION_HINTS) }),
      ),
    }),
    example: { feeds: [EXAMPLE], venues: [{ venue: "kraken", title: "Kraken", hint: "weur" }] },
  },
  errors: [],
});

export const feedContract = contract({
  method: "get",
  path: "/admin/feeds/:venue",
  tag: "Feeds",
  summary: "How a feed is",
  token: "ADMIN_TOKEN",
  params: venueParams,
  parameterExamples: { venue: "kraken" },
  answer: { description: "Its connection, counts and symbols", schema: feedSchema, example: EXAMPLE },
  errors: ["venue_malformed", "unknown_feed"],
});

export const setFeedContract = contract({
  method: "put",
  path: "/admin/feeds/:venue",
  tag: "Feeds",
  summary: "Follows products of a venue",
  description:
    "Trades and best bid and ask of its public streams. Replaces the list that was followed before; what stays in it is " +
    "not interrupted. A product's symbol is its name at the venue, such as `BTCUSDT@binance`.",
  token: "ADMIN_TOKEN",
  params: venueParams,
  parameterExamples: { venue: "kraken" },
  body: {
    schema: v.strictObject({
      symbols: v.pipe(
        v.array(v.string("a product's name"), PRODUCTS),
        v.minLength(1, PRODUCTS),
        v.maxLength(MAX_FOLLOWED, PRODUCTS),
      ),
      hint: v.exactOptional(v.picklist(LOCATION_HINTS, HINT)),
      ...causeEntries,
    }),
    description:
      "`hint` is where to connect from, by default the place near the venue; another one helps where a venue refuses a " +
      "country.",
    example: { symbols: ["BTC/USD", "ETH/USD"], by: "ada", reason: "first feed" },
  },
  answer: { description: "How the feed is, right after it began", schema: feedSchema, example: EXAMPLE },
  errors: [
    "venue_malformed",
    "field_unknown",
    "symbols_malformed",
    "hint_malformed",
    "by_malformed",
    "reason_malformed",
  ],
});

export const removeFeedContract = contract({
  method: "delete",
  path: "/admin/feeds/:venue",
  tag: "Feeds",
  summary: "Ends a feed",
  description: "Delivers what it has received, and closes its connections. The symbols stay.",
  token: "ADMIN_TOKEN",
  params: venueParams,
  parameterExamples: { venue: "kraken" },
  body: {
    schema: v.strictObject(causeEntries),
    description: "Who asks and why",
    optional: true,
    example: { by: "ada", reason: "another venue" },
  },
  answer: {
    description: "The feed that was ended",
    schema: v.object({ venue: v.picklist(FEED_VENUES), symbols: v.array(v.string()) }),
    example: { venue: "kraken", symbols: ["BTC/USD@kraken"] },
  },
  errors: ["venue_malformed", "field_unknown", "unknown_feed", "by_malformed", "reason_malformed"],
});
