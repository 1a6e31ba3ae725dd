// `npm run volgate -- feed VENUE`: follows a venue's public streams and sends what happens to a gateway.
import { EXIT } from "../../command-line/exit-code.ts";
import type { Program } from "../../command-line/program.ts";
import { type SendingContext, untilSignal } from "../../command-line/sending-context.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { VenueFeed } from "../../src/markets/feed/venue-feed.ts";
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { warmOneFromVenue } from "../warm-request.ts";
import { feedCommand, type FeedOptions, parseFeedOptions } from "./feed-options.ts";
import { runFeed } from "./feed-run.ts";
import { openVenueSocket } from "./venue-socket.ts";

/** What a feed still does after the first signal. */
export const ENDING = "sending what waits";

export function feedProgram(venue: FeedVenue): Program {
  return {
    command: feedCommand(venue),
    expectedErrors: [[GatewayError, EXIT.failed]],
    run: async (args) => {
      const options = parseFeedOptions(venue, args, process.env);
      return (await runVenueFeed(options, untilSignal(ENDING))) ? EXIT.done : EXIT.failed;
    },
  };
}

/** See `runFeed`. */
export async function runVenueFeed(options: FeedOptions, context: SendingContext): Promise<boolean> {
  if (options.warm) await warmSymbols(options, context);
  const feed = new VenueFeed(VENUE_PROTOCOLS[options.venue], {
    rules: DEFAULT_TICK_RULES,
    random: Math.random,
    openSocket: openVenueSocket,
    nowMs: Date.now,
    endpoint: options.endpoint,
  });
  feed.follow(options.symbols);
  return await runFeed(feed, options, context);
}

/**
 * Lets the gateway give each symbol its venue's past, one after the other, before the stream begins. A symbol that is
 * not new, or that cannot be given one, is said and followed all the same. Throws `GatewayError` for a wrong token.
 */
async function warmSymbols(
  { gateway, symbols, adminToken }: FeedOptions,
  { print, note }: SendingContext,
): Promise<void> {
  for (const symbol of symbols.values()) {
    try {
      const { warm } = await warmOneFromVenue(gateway, symbol, adminToken);
      print(`${symbol}: begins with ${warm.steps.toLocaleString("en-US")} steps of ${warm.source}`);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.isClosed) throw error;
      note(`${symbol}: not given a past: ${error.message}`);
    }
  }
}
