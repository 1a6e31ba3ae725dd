// Creates a symbol with a history: asks the directory, hands the history to the symbol's object.
import type { WarmOutcome, WarmRequest } from "../durable/symbol/life/warm-symbol.ts";
import { tickFolders } from "../features/archive-key.ts";
import { logError } from "../log.ts";
import { VENUE_PROTOCOLS } from "../markets/feed/venue-protocols.ts";
import type { FeedVenue } from "../markets/feed/venue-protocol.ts";
import { VenueAnswerError } from "../markets/history/venue-history.ts";
import { archiveOf, type Env, settingsOf } from "../settings.ts";
import {
  type AdmissionRefusal,
  admitSymbols,
  directoryEntry,
  forgetSymbol,
  symbolExists,
  symbolKnown,
} from "./directory.ts";
import { sentTicks } from "./sent-ticks.ts";
import { askSymbol } from "./symbols.ts";
import { type VenuePast, venuePast } from "./venue-history.ts";

/** Applying 30,000 ticks takes a second or two; reading an archive up to 12 s. */
const WARM_MS = 60_000;

/** What warming gives, or why nothing was changed. */
export type WarmAnswer = WarmOutcome | { readonly ok: false; readonly code: AdmissionRefusal };

/**
 * Creates the symbol and applies the history before its first batch; see `SymbolObject.warm`. Throws
 * `DirectoryUnavailableError`, `ObjectTimeoutError` and `SymbolFailedError`.
 */
export async function warmSymbol(env: Env, symbol: string, history: WarmRequest["history"]): Promise<WarmAnswer> {
  // Removed since this isolate learned of it, perhaps: the directory must have the name.
  if (symbolKnown(symbol)) forgetSymbol(symbol);
  if (history === "archive" && !(await symbolExists(env, symbol))) {
    // Before the directory has the name: it would be one of the symbols, without a tick.
    const missing = await withoutArchive(env, symbol);
    if (missing !== undefined) return { ok: false, code: missing };
  }
  const refused = (await admitSymbols(env, [symbol])).get(symbol);
  if (refused instanceof Error) throw refused;
  if (refused !== undefined) return { ok: false, code: refused };
  const admitted = (await directoryEntry(env, symbol)) ?? { sinceMs: Date.now(), isCreated: false };
  return await askSymbol(
    env,
    symbol,
    async (stub): Promise<WarmOutcome> => await stub.warm({ symbol, admitted, history }),
    WARM_MS,
  );
}

/** Why no archive of the symbol can be read; `undefined` where there is one. */
async function withoutArchive(env: Env, symbol: string): Promise<"archive_unavailable" | "no_archive" | undefined> {
  const bucket = archiveOf(env);
  if (bucket === undefined) return "no_archive";
  try {
    for (const prefix of tickFolders(symbol)) {
      if ((await bucket.list({ prefix, limit: 1 })).objects.length > 0) return undefined;
    }
    return "no_archive";
  } catch (error) {
    logError("archive_not_read", { symbol, error: String(error) });
    return "archive_unavailable";
  }
}

/** The same with what the venue answered; `past` is absent where it was not asked. */
export interface VenueWarmAnswer {
  readonly outcome: WarmAnswer;
  readonly past?: Omit<VenuePast, "rows" | "gridRows">;
}

/**
 * Creates the symbol with the newest past that the REST service of its venue has: see `venuePast`. A symbol that exists
 * or may not be created is refused before the venue is asked. Throws `VenueAnswerError`, and as `warmSymbol`.
 * @param name of the product, as a person may write it.
 */
export async function warmFromVenue(
  env: Env,
  symbol: string,
  { venue, name }: { readonly venue: FeedVenue; readonly name: string },
): Promise<VenueWarmAnswer> {
  const [{ productOf, title }] = VENUE_PROTOCOLS[venue];
  const product = productOf(name);
  if (product === undefined) throw new VenueAnswerError("unknown_product", `${title} has no product ${name}`);
  if (settingsOf(env).engine.grid.source === "mid") {
    throw new VenueAnswerError("refused", `${title} has no past bid and ask, and this gateway's price is their mid`);
  }
  const isThere = await symbolExists(env, symbol);
  if (isThere && (await askSymbol(env, symbol, (stub) => stub.exists()))) {
    return { outcome: { ok: false, code: "already_live" } };
  }
  if (!isThere && settingsOf(env).allowedSymbols?.has(symbol) === false) {
    return { outcome: { ok: false, code: "symbol_not_allowed" } };
  }
  const { rows, gridRows, ...past } = await venuePast(env, venue, symbol, product);
  if (rows.length === 0) return { outcome: { ok: false, code: "no_history" }, past };
  const gridTicks = Object.fromEntries([...gridRows].map(([grid, own]) => [grid, sentTicks(own)]));
  return { outcome: await warmSymbol(env, symbol, { ticks: sentTicks(rows), source: venue, gridTicks }), past };
}
