// How a feed is, as its session tells it.

/**
 * - `stopped`: it follows nothing.
 * - `waiting`: for the next attempt to connect.
 * - `connecting`, `subscribing`: an attempt is under way.
 * - `live`: at least one product is subscribed to.
 */
type FeedState = "stopped" | "waiting" | "connecting" | "subscribing" | "live";

export interface ProductStatus {
  readonly product: string;
  readonly symbol: string;
  readonly state: "asked" | "subscribed" | "refused";
  /** Why the venue refused it. */
  readonly refusal: string | null;
  readonly ticks: number;
  /** Event time of its newest tick, ms. */
  readonly lastTickMs: number | null;
}

export interface FeedCounts {
  /** Connections that opened. */
  connections: number;
  /** Attempts that did not. */
  failedAttempts: number;
  /** Connections that were lost or given up, by whoever. */
  disconnects: number;
  messages: number;
  /** Messages that are not JSON, or not of the venue. */
  garbled: number;
  /** Ticks that were handed on. */
  ticks: number;
  /** Ticks that `parseTick` refused. */
  refusedTicks: number;
  /** Trades that were seen before, and were left out. */
  repeatedTrades: number;
  /** Times that the venue's numbers left something out. */
  gaps: number;
  /** Trades that are missing by the venue's numbers. */
  missedTrades: number;
  /** Messages that are missing by the connection's numbers. */
  missedMessages: number;
}

export interface FeedFault {
  readonly text: string;
  readonly atMs: number;
}

export interface FeedStatus {
  readonly state: FeedState;
  /** Since when it is live, or not. */
  readonly sinceMs: number;
  readonly lastMessageMs: number | null;
  /** Mean delay from a tick's time to its receipt, ms. */
  readonly lagMs: number | null;
  /** When the next attempt to connect is made. */
  readonly nextAttemptMs: number | null;
  /** What went wrong last with a connection or a subscription. */
  readonly lastFault: FeedFault | null;
  /** What was wrong last with the messages: something missing, unreadable or refused. */
  readonly lastDataFault: FeedFault | null;
  /** How long it took to be live again after the last loss, ms. */
  readonly lastRecoveryMs: number | null;
  readonly counts: Readonly<FeedCounts>;
  readonly products: readonly ProductStatus[];
}

export function noFeedCounts(): FeedCounts {
  return {
    connections: 0,
    failedAttempts: 0,
    disconnects: 0,
    messages: 0,
    garbled: 0,
    ticks: 0,
    refusedTicks: 0,
    repeatedTrades: 0,
    gaps: 0,
    missedTrades: 0,
    missedMessages: 0,
  };
}

/** From the worst to the best. */
const STATES: readonly FeedState[] = ["stopped", "waiting", "connecting", "subscribing", "live"];

/** The status of a feed of several connections: live when all are, with the sums of their counts. */
export function combinedStatus(all: readonly FeedStatus[]): FeedStatus {
  const worst = all.reduce((a, b) => (STATES.indexOf(b.state) < STATES.indexOf(a.state) ? b : a));
  const counts = noFeedCounts();
  for (const status of all) {
    for (const name of Object.keys(counts) as (keyof FeedCounts)[]) counts[name] += status.counts[name];
  }
  return {
    ...worst,
    lastMessageMs: greatest(all.map(({ lastMessageMs }) => lastMessageMs)),
    lagMs: greatest(all.map(({ lagMs }) => lagMs)),
    lastFault: newest(all.map(({ lastFault }) => lastFault)),
    lastDataFault: newest(all.map(({ lastDataFault }) => lastDataFault)),
    lastRecoveryMs: greatest(all.map(({ lastRecoveryMs }) => lastRecoveryMs)),
    counts,
    products: worst.products.map((product, i) => combinedProduct(product, all, i)),
  };
}

function combinedProduct(product: ProductStatus, all: readonly FeedStatus[], i: number): ProductStatus {
  const others = all.flatMap(({ products }) => products[i] ?? []);
  const told = others.find(({ state }) => state === "refused") ?? others.find(({ state }) => state === "asked");
  return {
    ...(told ?? product),
    ticks: others.reduce((sum, { ticks }) => sum + ticks, 0),
    lastTickMs: greatest(others.map(({ lastTickMs }) => lastTickMs)),
  };
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function newest(faults: readonly (FeedFault | null)[]): FeedFault | null {
  return faults.reduce(
    (last, fault) => (fault !== null && fault.atMs >= (last?.atMs ?? -Infinity) ? fault : last),
    null,
  );
}
