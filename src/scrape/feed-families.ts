// The metrics of the gateway's own feeds; a feed whose object did not answer is not up, and has no counts.
import type { AskedFeed } from "../durable/feed/object.ts";
import { type GatewayMetric, type LabelsOf, METRICS } from "../metrics.ts";
import type { Family } from "./exposition.ts";

/** Empty without feeds. */
export function feedFamilies(feeds: readonly AskedFeed[]): Family[] {
  if (feeds.length === 0) return [];
  const reports = feeds.flatMap(({ report }) => report ?? []);
  return [
    family("volgate_feed_up", feeds, ({ venue, report }) => [[{ venue }, report?.state === "live" ? 1 : 0]]),
    family("volgate_feed_last_message_timestamp_seconds", reports, ({ venue, lastMessageMs }) =>
      lastMessageMs === null ? [] : [[{ venue }, lastMessageMs / 1000]],
    ),
    family("volgate_feed_lag_seconds", reports, ({ venue, lagMs }) =>
      lagMs === null ? [] : [[{ venue }, lagMs / 1000]],
    ),
    family("volgate_feed_connections_total", reports, ({ venue, counts }) => [
      [{ venue, outcome: "opened" }, counts.connections],
      [{ venue, outcome: "lost" }, counts.disconnects],
      [{ venue, outcome: "failed" }, counts.failedAttempts],
    ]),
    family("volgate_feed_messages_total", reports, ({ venue, counts }) => [[{ venue }, counts.messages]]),
    family("volgate_feed_garbled_messages_total", reports, ({ venue, counts }) => [[{ venue }, counts.garbled]]),
    family("volgate_feed_ticks_total", reports, ({ venue, counts, totals }) => [
      [{ venue, outcome: "received" }, counts.ticks],
      [{ venue, outcome: "delivered" }, totals.delivered],
      [{ venue, outcome: "refused" }, counts.refusedTicks],
      [{ venue, outcome: "repeated" }, counts.repeatedTrades],
      [{ venue, outcome: "dropped" }, totals.dropped],
    ]),
    family("volgate_feed_waiting_ticks", reports, ({ venue, products }) => [
      [{ venue }, products.reduce((sum, { waiting }) => sum + waiting, 0)],
    ]),
    family("volgate_feed_gaps_total", reports, ({ venue, counts }) => [[{ venue }, counts.gaps]]),
    family("volgate_feed_missed_total", reports, ({ venue, counts }) => [
      [{ venue, of: "trades" }, counts.missedTrades],
      [{ venue, of: "messages" }, counts.missedMessages],
    ]),
    family("volgate_feed_symbols", reports, ({ venue, products }) =>
      (["asked", "subscribed", "refused"] as const).map((state) => [
        { venue, state },
        products.filter((product) => product.state === state).length,
      ]),
    ),
  ];
}

function family<Name extends GatewayMetric, Feed>(
  name: Name,
  feeds: readonly Feed[],
  samplesOf: (feed: Feed) => readonly (readonly [labels: LabelsOf<Name>, value: number])[],
): Family {
  const samples = feeds.flatMap((feed) => samplesOf(feed).map(([labels, value]) => ({ labels, value })));
  return { name, metric: METRICS.gateway[name], samples };
}
