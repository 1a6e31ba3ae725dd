// A feed as an answer shows it.
import type { FeedReport } from "../durable/feed/object.ts";
import type { FeedWish } from "../durable/registry/feed-wish.ts";
import { type FeedFault, noFeedCounts } from "../markets/feed/feed-status.ts";
import type { FeedVenue } from "../markets/feed/venue-protocol.ts";
import type { Immutable } from "./contract.ts";
import type { FeedAnswer } from "./feeds-schema.ts";

export function feedShape(report: FeedReport): Immutable<FeedAnswer> {
  const { venue, hint, state, sinceMs, lastMessageMs, lagMs, nextAttemptMs, lastRecoveryMs } = report;
  return {
    ...{ venue, hint, state },
    since: timeOf(sinceMs),
    last_message: timeOf(lastMessageMs),
    lag_ms: lagMs === null ? null : Math.round(lagMs * 10) / 10,
    next_attempt: timeOf(nextAttemptMs),
    last_fault: faultShape(report.lastFault),
    last_data_fault: faultShape(report.lastDataFault),
    last_recovery_ms: lastRecoveryMs,
    counting_since: timeOf(report.loadedMs),
    ...countsShape(report.counts),
    symbols: report.products.map(({ lastTickMs, ...product }) => ({ ...product, last_tick: timeOf(lastTickMs) })),
  };
}

/** A feed whose object did not answer: only what is wished is known. */
export function unreachableFeed(venue: FeedVenue, { hint, products }: FeedWish, nowMs: number): Immutable<FeedAnswer> {
  const unknown = { state: "unknown", refusal: null, ticks: 0, last_tick: null, failure: null, past: null } as const;
  return {
    ...{ venue, hint, state: "unreachable", since: null, last_message: null, lag_ms: null, next_attempt: null },
    last_fault: faultShape({ text: "the feed's object did not answer", atMs: nowMs }),
    last_data_fault: null,
    last_recovery_ms: null,
    counting_since: null,
    ...countsShape(noFeedCounts()),
    symbols: products.map((product) => ({ ...product, ...unknown, delivered: 0, late: 0, waiting: 0, dropped: 0 })),
  };
}

function countsShape(counts: FeedReport["counts"]) {
  return {
    connections: counts.connections,
    failed_attempts: counts.failedAttempts,
    reconnects: counts.disconnects,
    messages: counts.messages,
    garbled: counts.garbled,
    refused_ticks: counts.refusedTicks,
    repeated_trades: counts.repeatedTrades,
    gaps: counts.gaps,
    missed_trades: counts.missedTrades,
    missed_messages: counts.missedMessages,
  };
}

function faultShape(fault: FeedFault | null) {
  return fault && { text: fault.text, at: new Date(fault.atMs).toISOString() };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
