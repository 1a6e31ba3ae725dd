// Other addresses of venues than their own: a proxy, a testnet, or a local exchange in tests.
import * as v from "valibot";
import { FEED_VENUES, type FeedVenue } from "../markets/feed/venue-protocol.ts";
import { parseOrThrow, type Refusing } from "../schemas/parse-or-throw.ts";
import { anyObject } from "../schemas/schema-values.ts";
import { crossCheck } from "../schemas/cross-check.ts";

/** Where a venue's public streams and its REST service are; absent: where its protocol says. */
interface VenueEndpoint {
  readonly stream?: string;
  readonly rest?: string;
}

export type VenueEndpoints = Readonly<Partial<Record<FeedVenue, VenueEndpoint>>>;

function address(isDevelopment: boolean, secure: string, plain: string) {
  const expected = isDevelopment ? `an address with ${secure}// or ${plain}//` : `an address with ${secure}//`;
  return v.exactOptional(
    v.pipe(
      v.string(expected),
      v.check((text) => {
        const protocol = URL.parse(text)?.protocol;
        return protocol === secure || (isDevelopment && protocol === plain);
      }, expected),
    ),
  );
}

/**
 * Parses `VENUE_ENDPOINTS`, e.g. `{"binance":{"stream":"wss://proxy.example","rest":"https://proxy.example"}}`.
 * @param isDevelopment whether an address may be unencrypted.
 */
export function parseVenueEndpoints(
  given: unknown,
  isDevelopment: boolean,
  refuse: Refusing["refuse"],
): VenueEndpoints {
  // A misspelt field would leave the feed at the venue's own address.
  const endpoint = v.strictObject(
    { stream: address(isDevelopment, "wss:", "ws:"), rest: address(isDevelopment, "https:", "http:") },
    "an object with stream, rest or both",
  );
  const schema = v.pipe(
    anyObject,
    crossCheck((venues) => {
      const unknown = Object.keys(venues).find((venue) => !(FEED_VENUES as readonly string[]).includes(venue));
      if (unknown === undefined) return undefined;
      return { path: [unknown.slice(0, 32)], got: "an unknown venue", expected: `one of ${FEED_VENUES.join(", ")}` };
    }),
    v.record(v.string(), endpoint),
  );
  return parseOrThrow(schema, given ?? {}, { name: "VENUE_ENDPOINTS", refuse });
}
