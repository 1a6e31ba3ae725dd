// The programs of `npm run volgate -- feed`: one for each venue.
import type { ProgramList } from "../../command-line/program-list.ts";
import { FEED_VENUES } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";

export function venuePrograms(): ProgramList {
  return Object.fromEntries(
    FEED_VENUES.map((venue) => {
      const [{ title }] = VENUE_PROTOCOLS[venue];
      const summary = `trades and quotes of ${title.split(",")[0]}, as they happen`;
      return [venue, { summary, load: async () => (await import("./feed-program.ts")).feedProgram(venue) }];
    }),
  );
}
