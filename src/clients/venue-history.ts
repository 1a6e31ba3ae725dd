// The past of a product from its venue's REST service, newest first and within a budget, as packed ticks.
import { LONGEST_FEATURE_STEPS } from "../features/schema.ts";
import { logError } from "../log.ts";
import type { FeedVenue } from "../markets/feed/venue-protocol.ts";
import { FoundTrades } from "../markets/history/found-trades.ts";
import {
  candleMinutes,
  candleRanges,
  FoundCandles,
  type PastTicks,
  ticksOfTrades,
} from "../markets/history/past-ticks.ts";
import { VENUE_HISTORIES } from "../markets/history/venue-histories.ts";
import { VenueAnswerError, type VenueHistory } from "../markets/history/venue-history.ts";
import { type Env, settingsOf } from "../settings.ts";
import { askVenue } from "./venue-request.ts";
import { MAX_WARM_TICKS } from "../markets/history/warm-limits.ts";

/** Requests of one history: Cloudflare's free plan allows a Worker 50, of which the gateway's objects need some. */
const MOST_REQUESTS = 40;
/** Time for all of them, ms: below what a client waits. */
const BUDGET_MS = 20_000;
/** Least event time that trades are asked for, ms. */
const LEAST_TRADES_MS = 2 * 3_600_000;

export interface VenuePast extends PastTicks {
  /** By the name of a further grid: ticks of candles that fit its steps. */
  readonly gridRows: ReadonlyMap<string, Float64Array>;
  readonly requests: number;
  /** Why it does not reach back as far as it was to; `null` when it does, or the venue has no more. */
  readonly cut: string | null;
}

interface Asking {
  readonly history: VenueHistory;
  readonly endpoint: string;
  readonly product: string;
  readonly endMs: number;
  requests: number;
}

/**
 * The newest ticks of a product that the deployment's grids need: of 1,440 candles where a grid's steps are whole
 * minutes, else of trades. Ends at a request that fails: what came before has no hole. Throws `VenueAnswerError` if
 * nothing came.
 * @param key the symbol that the ticks are of. @param product as the venue writes it.
 */
export async function venuePast(env: Env, venue: FeedVenue, key: string, product: string): Promise<VenuePast> {
  const { venueEndpoints, engine } = settingsOf(env);
  const history = VENUE_HISTORIES[venue];
  const endpoint = (venueEndpoints[venue]?.rest ?? history.endpoint).replace(/\/$/, "");
  const asking = { history, endpoint, product, endMs: Date.now() + BUDGET_MS, requests: 0 };
  const { stepMs } = engine.grid;
  const minutes = candleMinutes(stepMs);
  if (minutes !== undefined) {
    const found = new FoundCandles();
    const cut = await untilFault(asking, () => found.count > 0, readCandles(asking, minutes, found));
    const further = await candlesOfGrids(env, asking, key, minutes);
    const { gridRows } = further;
    return { ...found.ticks(key, minutes), gridRows, requests: asking.requests, cut: joined(cut, further.cut) };
  }
  // First: they take few requests, and reach back for a day.
  const { gridRows, cut: cutOfGrids } = await candlesOfGrids(env, asking, key, 0);
  const { windowSteps, horizonSteps } = engine.label;
  const steps = windowSteps + horizonSteps + LONGEST_FEATURE_STEPS;
  const fromMs = Date.now() - Math.max(LEAST_TRADES_MS, steps * stepMs);
  const found = new FoundTrades();
  const cut = await untilFault(asking, () => found.count > 0, readTrades(asking, fromMs, found));
  const { tickRules: rules } = settingsOf(env);
  return {
    ...ticksOfTrades(key, found, { fromMs, most: MAX_WARM_TICKS, rules }),
    gridRows,
    requests: asking.requests,
    cut: joined(cut, cutOfGrids),
  };
}

function joined(...cuts: readonly (string | null)[]): string | null {
  const told = cuts.filter((cut) => cut !== null);
  return told.length === 0 ? null : told.join("; ");
}

/**
 * Candles for each further grid whose steps are longer than `shorterMinutes`. A grid whose candles cannot be read is
 * fed what the default grid applies, and nothing else.
 */
async function candlesOfGrids(
  env: Env,
  asking: Asking,
  key: string,
  shorterMinutes: number,
): Promise<Pick<VenuePast, "gridRows" | "cut">> {
  const gridRows = new Map<string, Float64Array>();
  let cut: string | null = null;
  // What they leave is for the default grid.
  const own = { ...asking, endMs: Math.min(asking.endMs, Date.now() + BUDGET_MS / 2) };
  for (const { name, engine } of settingsOf(env).furtherGrids) {
    const minutes = candleMinutes(engine.grid.stepMs);
    if (minutes === undefined || minutes <= shorterMinutes || engine.grid.source === "mid") continue;
    const found = new FoundCandles();
    try {
      const cutHere = await untilFault(own, () => found.count > 0, readCandles(own, minutes, found));
      gridRows.set(name, found.ticks(key, minutes).rows);
      if (cutHere !== null) cut = joined(cut, `${name}: ${cutHere}`);
    } catch (error) {
      if (!(error instanceof VenueAnswerError)) throw error;
      logError("venue_history_cut", { venue: asking.history.venue, grid: name, error: error.message });
      cut = joined(cut, `${name}: ${error.message}`);
    }
  }
  asking.requests = own.requests;
  return { gridRows, cut };
}

/** Why reading ended early. Throws the fault when there is nothing yet. */
async function untilFault(
  { history }: Asking,
  hasSome: () => boolean,
  reading: Promise<string | null>,
): Promise<string | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof VenueAnswerError) || !hasSome()) throw error;
    logError("venue_history_cut", { venue: history.venue, error: error.message });
    return error.message;
  }
}

async function readCandles(
  asking: Asking,
  minutes: NonNullable<ReturnType<typeof candleMinutes>>,
  found: FoundCandles,
): Promise<string | null> {
  const { history, product } = asking;
  for (const range of candleRanges(history, product, minutes, Date.now())) {
    const bars = history.readCandles(await ask(asking, history.candlesPath(range)));
    // The venue has none of before.
    if (bars.length === 0 && found.count > 0) return null;
    found.add(bars, range);
  }
  return null;
}

async function readTrades(asking: Asking, fromMs: number, found: FoundTrades): Promise<string | null> {
  const plan = asking.history.trades(asking.product, fromMs, found);
  let step = plan.next();
  while (step.done !== true) {
    if (asking.requests >= MOST_REQUESTS) return `${MOST_REQUESTS} requests were made, and no more are`;
    if (found.count >= MAX_WARM_TICKS) return `${MAX_WARM_TICKS} trades were read, and no more are`;
    step = plan.next(await ask(asking, step.value));
  }
  return step.value ?? null;
}

async function ask(asking: Asking, path: string): Promise<unknown> {
  const { history, endpoint, endMs } = asking;
  asking.requests += 1;
  return await askVenue({
    venue: history.venue,
    title: history.title,
    url: endpoint + path,
    gapMs: history.gapMs,
    endMs,
  });
}
