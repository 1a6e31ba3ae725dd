// Where a feed's ticks come from: a venue's own streams, or a library for other venues.
import type { Tick } from "../../src/features/tick.ts";
import type { FeedStatus } from "../../src/markets/feed/feed-status.ts";

export interface FeedSource {
  /** Does what is due. Called some twenty times a second. */
  advance(): void;
  /** Takes the ticks that are due, by symbol, each symbol's in the order of their times. @param all of them. */
  take(all?: boolean): Map<string, Tick[]>;
  status(): FeedStatus;
  /** Leaves the venue. */
  stop(): void;
}
