// What must be known of a venue's REST service to ask it for the past of a product. Pure: the requests are sent by
// src/clients/venue-history.ts.
import type { Bar } from "../bar-ticks.ts";
import type { FeedVenue } from "../feed/venue-protocol.ts";
import type { FoundTrades } from "./found-trades.ts";

/** Lengths of candles in minutes that every venue has. */
export const CANDLE_MINUTES = [1, 5, 15, 60] as const;
export type CandleMinutes = (typeof CANDLE_MINUTES)[number];

/** A range of candles: those that start in [fromMs, toMs), both at a candle's start. */
export interface CandleRange {
  readonly product: string;
  readonly minutes: CandleMinutes;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Asks for trades: yields the path and query of a request, is handed the JSON of its answer, and adds to `FoundTrades`
 * what follows on what that has, so that there is no hole whenever it is stopped. Returns why it ends before it is back
 * far enough although the venue has more. Throws `VenueAnswerError`.
 */
export type TradePlan = Generator<string, string | undefined, unknown>;

export interface VenueHistory {
  readonly venue: FeedVenue;
  /** Its name in sentences. */
  readonly title: string;
  /** Where the service is, `https://…`. */
  readonly endpoint: string;
  /** Least time between two requests within the venue's limits, ms. */
  readonly gapMs: number;
  readonly candlesPerRequest: number;
  /** How many candles the venue has; absent: more than are asked for. */
  readonly mostCandles?: number;
  /** Path and query for at most `candlesPerRequest` candles. */
  candlesPath(range: CandleRange): string;
  /** The bars of an answer in any order, `undefined` for one that is none. Throws `VenueAnswerError`. */
  readCandles(answer: unknown): readonly (Bar | undefined)[];
  /** Trades from the newest back to `fromMs`. */
  trades(product: string, fromMs: number, found: FoundTrades): TradePlan;
}

/** How to take an answer that has no data. */
export type AnswerFault = "busy" | "refused" | "unknown_product" | "malformed";

/** An answer without what was asked for. `busy` passes by itself. */
export class VenueAnswerError extends Error {
  override name = "VenueAnswerError";
  readonly fault: AnswerFault;

  constructor(fault: AnswerFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
