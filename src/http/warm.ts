// POST /admin/symbols/:symbol/warm: creates a symbol with a history from its archive, its venue or
// ticks of the request.
import { Hono } from "hono";
import { sentTicks } from "../clients/sent-ticks.ts";
import { type VenueWarmAnswer, type WarmAnswer, warmFromVenue, warmSymbol } from "../clients/warm.ts";
import { splitKey } from "../features/symbol-name.ts";
import { FEED_VENUES, type FeedVenue } from "../markets/feed/venue-protocol.ts";
import { VenueAnswerError } from "../markets/history/venue-history.ts";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf, Immutable } from "./contract.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { readBodyAs, readRequest, sendAnswer } from "./read-request.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { warmContract } from "./warm-schema.ts";
import { type HistoryTicks, readHistory } from "./warm-ticks.ts";

/** What ticks of a request are called in `warm.source`. */
const OF_REQUEST = "ticks";

export const warm = new Hono<AppEnv>().post(warmContract.path, async (c) => {
  const { symbol } = (await readRequest(c, warmContract)).params;
  const name = symbolAsAsked(c, symbol);
  if (c.req.header("Content-Type")?.includes("ndjson") === true) {
    const text = await readBody(c.req.raw, warmContract.body.limits);
    const read = readHistory(text, symbol, settingsOf(c.env).tickRules, Date.now());
    if (read.rows.length === 0) throw noTick(read);
    const history = { ticks: sentTicks(read.rows), source: OF_REQUEST };
    const answer = shape(name, await warmSymbol(c.env, symbol, history), { read });
    return sendAnswer(c, warmContract, answer);
  }
  const { from, venue, product } = await readBodyAs(c.req.raw, warmContract);
  if (from === "archive") {
    if (venue !== undefined || product !== undefined) throw misplaced(venue === undefined ? "product" : "venue");
    return sendAnswer(c, warmContract, shape(name, await warmSymbol(c.env, symbol, from), {}));
  }
  const own = splitKey(symbol);
  const of = { venue: venue ?? venueOf(own.venue), name: product ?? own.symbol };
  const { outcome, past } = await warmFromVenue(c.env, symbol, of).catch((error: unknown) => {
    throw error instanceof VenueAnswerError ? venueProblem(error) : error;
  });
  return sendAnswer(c, warmContract, shape(name, outcome, { past }));
});

function misplaced(field: "product" | "venue"): Problem {
  return new Problem(`${field}_malformed`, `${field}: got one beside from archive, expected it with from venue alone`);
}

/** The venue in a symbol's name. */
function venueOf(named: string | undefined): FeedVenue {
  const found = FEED_VENUES.find((venue) => venue === named);
  if (found !== undefined) return found;
  const got = named === undefined ? "none, and the symbol has none behind an @" : named;
  throw new Problem("venue_malformed", `venue: got ${got}, expected one of ${FEED_VENUES.join(", ")}`);
}

function venueProblem({ fault, message }: VenueAnswerError): Problem {
  if (fault === "unknown_product") return new Problem("product_unknown", message);
  if (fault === "refused") return new Problem("venue_refused", message);
  return new Problem("venue_unavailable", message, { headers: { "Retry-After": "30" } });
}

function noTick({ errors, rejected }: HistoryTicks): Problem {
  if (rejected === 0) return new Problem("no_history", "body: got no tick, expected one a line");
  return new Problem("no_valid_tick", "every tick was refused: see errors", { extra: { errors } });
}

/** What is known of a history beside what it gave. */
interface Source {
  readonly read?: HistoryTicks;
  readonly past?: VenueWarmAnswer["past"] | undefined;
}

function shape(symbol: string, outcome: WarmAnswer, { read, past }: Source): Immutable<AnswerOf<typeof warmContract>> {
  if (!outcome.ok) throw refusal(outcome.code, symbol);
  const { warm, counts, thresholdValues, probability, missing } = outcome;
  const { priceOutlier, ...others } = counts;
  return {
    symbol,
    warm: {
      source: warm.source,
      steps: warm.steps,
      ticks: warm.ticks,
      from_ms: warm.fromMs,
      to_ms: warm.toMs,
    },
    ticks: { ...others, price_outlier: priceOutlier, rejected: read?.rejected ?? 0 },
    threshold_values: thresholdValues,
    probability,
    missing,
    history: past === undefined ? null : { requests: past.requests, left_out: past.leftOut, cut: past.cut },
    errors: read?.errors ?? [],
  };
}

type Refused = Extract<WarmAnswer, { readonly ok: false }>["code"];

const REFUSALS: Readonly<Record<Refused, string>> = {
  already_live: "it has ticks or a history already; only a symbol without any can be warmed",
  no_history: "no tick of the history counts",
  no_archive: "nothing of it is archived",
  archive_unavailable: "its archive could not be read; nothing was changed",
  champion_unknown: "the model that serves is not known yet, so its label would be a guess",
  symbol_not_allowed: "ALLOWED_SYMBOLS does not name it",
  symbol_limit: "there are as many symbols as MAX_SYMBOLS allows",
};

function refusal(code: Refused, symbol: string): Problem {
  const isPassing = code === "champion_unknown" || code === "archive_unavailable";
  const headers = isPassing ? { "Retry-After": "5" } : {};
  return new Problem(code, `${symbol}: ${REFUSALS[code]}`, { headers });
}
