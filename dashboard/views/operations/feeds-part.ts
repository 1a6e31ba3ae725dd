// Every feed of the gateway: its state, what it lost, and its last faults in the venue's words.
import { counted, countText, decimals } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { formatDuration } from "../../format/time-format.ts";
import { chip, type ChipLook } from "../markup/chip.ts";
import { minuteText } from "../markup/answer-texts.ts";
import type { Feed } from "./operations-answer.ts";

const LOOKS: Readonly<Record<Feed["state"], ChipLook>> = {
  live: "good",
  connecting: "unsure",
  subscribing: "unsure",
  waiting: "bad",
  unreachable: "bad",
  stopped: "off",
};

export function feedsPart(feeds: readonly Feed[], nowMs: number): Content {
  return [
    table({
      caption: "Counts since the feed's object was loaded.",
      columns: [
        { head: "Venue" },
        { head: "State" },
        { head: "Last message" },
        { head: "Lag", numeric: true },
        { head: "Reconnects", numeric: true },
        { head: "Gaps", numeric: true },
        { head: "Unreadable", numeric: true },
        { head: "Last fault", sentences: true },
      ],
      rows: feeds.map((feed) => feedRow(feed, nowMs)),
      nothing: "No feed is wished: ticks come by POST /ingest, sockets or a client of the feeds.",
    }),
    feeds.map(followedPart),
  ];
}

function feedRow(feed: Feed, nowMs: number): Content[] {
  const { venue, hint, state, since, last_message: last, lag_ms: lag, next_attempt: next } = feed;
  // An object that does not answer has no counts: 0 would be a guess.
  const counts = state === "unreachable" || feed.counting_since === null ? null : feed;
  return [
    stacked(venue, `from ${hint}`),
    stacked(
      chip(LOOKS[state], state),
      since === null ? null : `for ${formatDuration(nowMs - Date.parse(since))}`,
      next === null ? null : `next attempt ${minuteText(next)}`,
    ),
    last === null ? "none known" : `${formatDuration(nowMs - Date.parse(last))} ago`,
    lag === null ? "–" : `${decimals(lag, 0)} ms`,
    counts === null
      ? "–"
      : stacked(countText(counts.reconnects), `${countText(counts.failed_attempts)} failed attempts`),
    counts === null
      ? "–"
      : stacked(
          countText(counts.gaps),
          `${countText(counts.missed_trades)} trades, ${countText(counts.missed_messages)} messages missing`,
        ),
    counts === null ? "–" : stacked(countText(counts.garbled), `${countText(counts.refused_ticks)} refused ticks`),
    faults(feed),
  ];
}

function faults({ last_fault: connection, last_data_fault: data }: Feed): Content {
  if (connection === null && data === null) return "none";
  return [connection, data].map((fault) =>
    fault === null ? null : html`<span class="fault">${fault.text} <small>${minuteText(fault.at)} UTC</small></span>`,
  );
}

/** The symbols of one feed; those with trouble are named without being asked for. */
function followedPart({ venue, symbols }: Feed): Content {
  if (symbols.length === 0) return null;
  const trouble = symbols.filter(
    ({ refusal, failure, dropped }) => refusal !== null || failure !== null || dropped > 0,
  );
  return html`<details>
    <summary>
      ${counted(symbols.length, "symbol")} of ${venue}${trouble.length === 0 ? "" : `, ${trouble.length} with trouble`}
    </summary>
    ${table({
      caption: `What ${venue} is followed for.`,
      columns: [
        { head: "Symbol" },
        { head: "Subscription" },
        { head: "Ticks", numeric: true },
        { head: "Delivered", numeric: true },
        { head: "Waiting", numeric: true },
        { head: "Dropped", numeric: true },
        { head: "Trouble", sentences: true },
      ],
      rows: [...trouble, ...symbols.filter((one) => !trouble.includes(one))].map((one) => [
        html`<a href="#/symbol/${encodeURIComponent(one.symbol)}">${one.symbol}</a>`,
        one.state,
        ...[one.ticks, one.delivered, one.waiting, one.dropped].map(countText),
        one.refusal ?? one.failure ?? (one.dropped > 0 ? "ticks were given up" : "none"),
      ]),
    })}
  </details>`;
}
