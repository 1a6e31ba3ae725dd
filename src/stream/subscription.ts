// What a reader of the stream follows, as the Worker hands it to a hub and as a socket keeps it while the hub sleeps.
import * as v from "valibot";
import { STREAM_KINDS } from "./stream-event.ts";

/** Symbols of one reader at most. */
export const MAX_STREAM_SYMBOLS = 100;

const names = v.array(v.string());
const positions = v.array(v.tuple([v.string(), v.number()]));

const subscriptionSchema = v.object({
  /** Keys of symbols. */
  symbols: v.pipe(names, v.maxLength(MAX_STREAM_SYMBOLS)),
  /** Name of a grid; "" for each symbol's own. */
  grid: v.string(),
  kinds: v.array(v.picklist(STREAM_KINDS)),
});
export type Subscription = Readonly<v.InferOutput<typeof subscriptionSchema>>;

/** The request that opens a stream. */
export const openingSchema = v.object({
  hub: v.string(),
  subscription: subscriptionSchema,
  /** Names that the directory does not have, for hello. */
  unknown: names,
  /** Where the reader was, by source. */
  after: positions,
});
export type Opening = Readonly<v.InferOutput<typeof openingSchema>>;

/** What a socket keeps. */
export const keptReaderSchema = v.object({
  subscription: subscriptionSchema,
  /** Where it is behind: places in `symbols`, −1 for alerts, with positions. Names would be twice in a small room. */
  behind: v.array(v.tuple([v.number(), v.number()])),
  checks: v.object({ sent: v.number(), answered: v.number(), waitingSinceMs: v.nullable(v.number()) }),
});
export type KeptReader = Readonly<v.InferOutput<typeof keptReaderSchema>>;
