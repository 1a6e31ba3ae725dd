// What a feed prints of itself.
import type { FeedStatus } from "../../src/markets/feed/feed-status.ts";

export interface FeedProgress {
  readonly sent: number;
  readonly waiting: number;
  readonly dropped: number;
  readonly givenUp: number;
}

/**
 * One line on how the feed is.
 *
 * Example: `live; 12,340 ticks sent, 12 waiting; lag 85 ms; 2 connections lost; 1 gap, 3 trades missing`.
 */
export function statusLine(status: FeedStatus, { sent, waiting, dropped, givenUp }: FeedProgress): string {
  const { counts, lagMs } = status;
  const refused = status.products.filter(({ state }) => state === "refused").map(({ product }) => product);
  const parts = [
    status.state,
    `${count(sent, "tick")} sent, ${waiting.toLocaleString("en-US")} waiting`,
    lagMs === null ? "" : `lag ${Math.round(lagMs).toLocaleString("en-US")} ms`,
    counts.disconnects === 0 ? "" : `${count(counts.disconnects, "connection")} lost`,
    counts.failedAttempts === 0 ? "" : `${count(counts.failedAttempts, "attempt")} failed`,
    counts.gaps === 0 ? "" : `${count(counts.gaps, "gap")}, ${missingText(counts)} missing`,
    counts.refusedTicks === 0 ? "" : `${count(counts.refusedTicks, "tick")} not valid`,
    counts.garbled === 0 ? "" : `${count(counts.garbled, "message")} not readable`,
    refused.length === 0 ? "" : `refused by the venue: ${refused.join(", ")}`,
    dropped === 0 ? "" : `${count(dropped, "tick")} dropped`,
    givenUp === 0 ? "" : `${count(givenUp, "tick")} given up`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function missingText({ missedTrades, missedMessages }: FeedStatus["counts"]): string {
  const parts = [
    missedTrades === 0 ? "" : count(missedTrades, "trade"),
    missedMessages === 0 ? "" : count(missedMessages, "message"),
  ];
  return parts.filter((part) => part !== "").join(" and ") || "an unknown number";
}

/** `1 tick`, `1,200 ticks`. */
export function count(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}
