// One request to a venue's REST service: in its turn, with a deadline, and again where another attempt can help.
import type { FeedVenue } from "../markets/feed/venue-protocol.ts";
import { type AnswerFault, VenueAnswerError } from "../markets/history/venue-history.ts";

/** Time of one attempt, ms. */
const ATTEMPT_MS = 6_000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
/** Longest `Retry-After` that is waited for, ms. */
const MOST_OBEYED_MS = 5_000;
/** Larger answers are none that was asked for. */
const MOST_BYTES = 8 * 1024 * 1024;

const FINAL: Readonly<Record<number, readonly [AnswerFault, string]>> = {
  400: ["unknown_product", "does not know the product"],
  404: ["unknown_product", "does not know the product"],
  401: ["refused", "asks for a login"],
  403: ["refused", "refuses this client: it may be blocked, or its place may be"],
  418: ["refused", "has banned this address for a while, after too many requests"],
  451: ["refused", "refuses clients from this country"],
};

/** When the next request to a venue may begin, wall-clock ms: limits are by address, so one isolate takes turns. */
const turns = new Map<FeedVenue, number>();

export interface VenueRequest {
  readonly venue: FeedVenue;
  readonly title: string;
  readonly url: string;
  /** Least time between two requests, ms. */
  readonly gapMs: number;
  /** Wall-clock ms after which no attempt begins. */
  readonly endMs: number;
}

/**
 * The JSON of an answer. Throws `VenueAnswerError`: `busy` after 3 attempts or at `endMs`, where the venue has too many
 * requests, is away or does not answer; the others at once.
 */
export async function askVenue(request: VenueRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    await takeTurn(request);
    const { title, endMs } = request;
    if (Date.now() > endMs) throw new VenueAnswerError("busy", `${title}: no time was left for a request`);
    const outcome = await attemptOnce(request);
    if ("answer" in outcome) return outcome.answer;
    const { error, retryAfterMs } = outcome;
    const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), retryAfterMs);
    const isHopeless = error.fault !== "busy" || retryAfterMs > MOST_OBEYED_MS;
    if (isHopeless || attempt === ATTEMPTS || Date.now() + pauseMs > endMs) throw error;
    // Not before the turns that others have taken.
    turns.set(request.venue, Math.max(turns.get(request.venue) ?? 0, Date.now() + pauseMs));
  }
}

async function takeTurn({ venue, gapMs, endMs }: VenueRequest): Promise<void> {
  const nowMs = Date.now();
  const atMs = Math.max(nowMs, turns.get(venue) ?? 0);
  turns.set(venue, atMs + gapMs);
  const waitMs = Math.min(atMs, endMs + 1) - nowMs;
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

type Outcome = { readonly answer: unknown } | { readonly error: VenueAnswerError; readonly retryAfterMs: number };

async function attemptOnce({ title, url, endMs }: VenueRequest): Promise<Outcome> {
  const failed = (fault: AnswerFault, what: string, retryAfterMs = 0): Outcome => {
    return { error: new VenueAnswerError(fault, `${title} ${what}`), retryAfterMs };
  };
  const ms = Math.max(1, Math.min(ATTEMPT_MS, endMs - Date.now()));
  let response: Response;
  let text: string;
  try {
    // Coinbase Exchange asks every client for its name.
    const headers = { Accept: "application/json", "User-Agent": "volgate" };
    response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(ms) });
    if (Number(response.headers.get("Content-Length") ?? 0) > MOST_BYTES) {
      await response.body?.cancel();
      return failed("malformed", `answered with more than ${MOST_BYTES} bytes`);
    }
    text = await response.text();
  } catch (error) {
    return failed("busy", `did not answer: ${String(error)}`);
  }
  const { status } = response;
  const final = FINAL[status];
  if (final !== undefined) return failed(final[0], `${final[1]} (HTTP ${status}${excerpt(text)})`);
  if (status === 429) return failed("busy", "has too many requests (HTTP 429)", retryAfterMs(response.headers));
  if (status !== 200) {
    return failed("busy", `is not available (HTTP ${status})`, retryAfterMs(response.headers));
  }
  try {
    return { answer: JSON.parse(text) as unknown };
  } catch {
    // Half an answer: the next one may be whole.
    return failed("busy", `answered with something that is no JSON${excerpt(text)}`);
  }
}

/** Seconds of `Retry-After`, ms; 0 without one. */
function retryAfterMs(headers: Headers): number {
  const seconds = Number(headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) ? Math.max(0, 1000 * seconds) : 0;
}

/** How an answer begins, for the sentence that tells of it. */
function excerpt(text: string): string {
  const short = text.replaceAll(/\s+/g, " ").trim().slice(0, 120);
  return short === "" ? "" : `: ${short}`;
}
