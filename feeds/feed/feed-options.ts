// The command lines of `npm run volgate -- feed VENUE` and of `feed tardis`.
import type { Command } from "../../command-line/command.ts";
import { flag, option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { duration, text, valueType, webAddress, wholeNumber } from "../../command-line/value-types.ts";
import { symbolKey } from "../../src/features/symbol-name.ts";
import type { FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";

/** Where the ticks go, and how many wait for it. */
export const GATEWAY_OPTIONS = {
  gateway: option(webAddress(), "the gateway", { env: "VOLGATE_URL", default: "http://127.0.0.1:8787" }),
  token: option(text("T"), "bearer token of a gateway that asks for one", { env: "VOLGATE_TOKEN" }),
  keep: option(wholeNumber(5_000, 5_000_000), "ticks kept while the gateway is away; then the oldest are dropped", {
    default: "200000",
  }),
  status: option(duration(1_000), "how often a line on the feed is printed", { default: "10s" }),
};

export const FEED_NOTES = `
While the gateway is away, ticks wait in memory; what is dropped is counted and said. Ctrl-C sends what waits and prints
the counts; a second one stops at once. Exit code: 0 stopped and all sent, 1 failed or ticks not sent, 2 a mistake in
the command.`;

const STREAM_ADDRESS = valueType("URL", "an address like wss://stream.example", (value) =>
  /^wss?:\/\/./.test(value) && URL.canParse(value) ? value.replace(/\/+$/, "") : undefined,
);

/** `coinbase` stands for Coinbase Advanced Trade. */
export function feedCommand(venue: FeedVenue) {
  const [{ title }] = VENUE_PROTOCOLS[venue];
  return {
    name: `feed ${venue}`,
    call: `npm run volgate -- feed ${venue}`,
    about: `Sends the trades and quotes of ${title.split(",")[0]} to a gateway as they happen.\nSymbols are PRODUCT@${venue}.`,
    operands: {
      type: text("PRODUCT"),
      least: 1,
      most: Infinity,
      help: "products as the venue writes them, or as BASE/QUOTE. docs/feeds.md says what is counted of each venue.",
    },
    options: {
      ...GATEWAY_OPTIONS,
      warm: flag("first lets the gateway give new symbols the venue's past, which takes the administrator's token"),
      "admin-token": option(text("T"), "that token", { env: "VOLGATE_ADMIN_TOKEN", otherwise: "--token" }),
      endpoint: option(STREAM_ADDRESS, "scheme and host of another address of the venue's streams", {
        otherwise: "the venue's own",
      }),
    },
    notes: FEED_NOTES,
  } satisfies Command;
}

/** Where the ticks go. */
export interface GatewayOptions {
  readonly gateway: string;
  readonly token: string | undefined;
  readonly keep: number;
  /** How often a line is printed, ms. */
  readonly status: number;
}

export interface FeedOptions extends GatewayOptions {
  readonly venue: FeedVenue;
  /** The symbol of each product. */
  readonly symbols: ReadonlyMap<string, string>;
  readonly endpoint: string | undefined;
  /** Whether new symbols are given the venue's past first, and with which token. */
  readonly warm: boolean;
  readonly adminToken: string | undefined;
}

/** Throws `UserError`. */
export function parseFeedOptions(venue: FeedVenue, args: readonly string[], env: NodeJS.ProcessEnv): FeedOptions {
  const { values, operands } = parseCommandLine(feedCommand(venue), args, env);
  const symbols = new Map(operands.map((name) => productOf(venue, name)));
  const most = Math.min(...VENUE_PROTOCOLS[venue].map(({ maxProducts }) => maxProducts));
  if (symbols.size > most) {
    throw new UserError(`PRODUCT: got ${symbols.size}, expected at most ${most}: start another feed for the others`);
  }
  const { "admin-token": adminToken = values.token, ...others } = values;
  return { ...others, adminToken, venue, symbols };
}

function productOf(venue: FeedVenue, name: string): readonly [string, string] {
  const product = VENUE_PROTOCOLS[venue][0].productOf(name);
  const symbol = product === undefined ? undefined : symbolKey(product, venue);
  if (product !== undefined && symbol !== undefined) return [product, symbol];
  const example = VENUE_PROTOCOLS[venue][0].productOf("BTC/USDT");
  throw new UserError(`PRODUCT: got ${name}, expected a product of ${venue}, such as ${example}`);
}
