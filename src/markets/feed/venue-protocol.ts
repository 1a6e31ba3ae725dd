// What a client must know of a venue's public streams: where they are, how to subscribe, how a message is read. The
// connection's life is in feed-session.ts.
import type { TickInput } from "../../features/tick-fields.ts";

/** The venues that a feed can follow. Each is also the venue of its symbols: `BTCUSDT@binance`. */
export const FEED_VENUES = [
  "coinbase",
  "coinbase-exchange",
  "binance",
  "binance-usdm",
  "kraken",
  "bybit",
  "bybit-linear",
  "okx",
] as const;
export type FeedVenue = (typeof FEED_VENUES)[number];

/** Where an object can be born near a venue; a name that Cloudflare's location hints have. */
export const LOCATION_HINTS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export type LocationHint = (typeof LOCATION_HINTS)[number];

/** One tick of a message, with the venue's number of the trade where it has one. */
export interface VenueTick {
  /** As `parseTick` takes it, but without the venue. `ts` may be `RECEIVED`. */
  readonly input: TickInput;
  /** The product as the venue writes it in this message; the same text that `productOf` gives. */
  readonly product: string;
  /**
   * Numbers of the trades that the tick stands for, where the venue counts a product's trades without a hole; a message
   * may sum up several.
   */
  readonly trade?: { readonly first: number; readonly last: number };
}

/** What a message is. */
export type VenueMessage =
  | {
      readonly kind: "ticks";
      /** In the order in which they happened. */
      readonly ticks: readonly VenueTick[];
      /** Number of the message in its connection, where the venue counts them without a hole. */
      readonly sequence?: number;
    }
  /** An answer to a subscription. `products` are those that it names; empty where it names none. */
  | {
      readonly kind: "subscribed";
      readonly products: readonly string[];
      readonly sequence?: number;
      /** The number of the request, where the answer names that alone: see `requestOf`. */
      readonly request?: number;
    }
  | { readonly kind: "refused"; readonly products: readonly string[]; readonly text: string; readonly request?: number }
  /** The venue asks the client to connect anew, or says that it will close. */
  | { readonly kind: "leaving"; readonly text: string }
  /** What is known and says nothing: heartbeats, pongs, states of a system. */
  | { readonly kind: "other"; readonly sequence?: number }
  /** The client must send this at once, such as the answer to a venue's ping. */
  | { readonly kind: "ping"; readonly answer: string }
  | { readonly kind: "unknown" };

export interface VenueProtocol {
  readonly venue: FeedVenue;
  /** Its name in sentences, e.g. `Binance spot`. */
  readonly title: string;
  /** Address of its public streams, `wss://…`. */
  readonly endpoint: string;
  readonly hint: LocationHint;
  /** Most products of one connection, by the venue's limits. */
  readonly maxProducts: number;
  /** A product as the venue writes it, from how a person may write it; `undefined` for what cannot be one. */
  productOf(name: string): string | undefined;
  /** The texts to send, in order, `frameGapMs` apart. @param id number of the first request; the next follow it. */
  subscribe(products: readonly string[], id: number): readonly string[];
  unsubscribe(products: readonly string[], id: number): readonly string[];
  /**
   * Number and products of a text that subscribes, where the venue's answers name the number alone; `undefined` for any
   * other text.
   */
  requestOf?(text: string): { readonly id: number; readonly products: readonly string[] } | undefined;
  readonly frameGapMs: number;
  /** What the client sends by itself; absent where the venue sends heartbeats or pings on the level of the protocol. */
  readonly ping?: { readonly everyMs: number; readonly text: string };
  /** Without any message for this long the connection is dead, ms. */
  readonly silenceMs: number;
  /** How long the venue keeps a connection, ms; absent: for ever. */
  readonly maxAgeMs?: number;
  /** Least time between two attempts to connect, ms, by the venue's limits. */
  readonly leastRetryMs: number;
  /** How much later a trade may be received than a quote of the same time, ms: ticks are put in order within it. */
  readonly reorderMs: number;
  /** Reads the parsed JSON of a message, or its text where it is not JSON (OKX answers `pong`). */
  read(message: unknown): VenueMessage;
}
