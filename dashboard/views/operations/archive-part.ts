// How far the archive in the bucket lies behind, and what waits for it.
import { countText, counted } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { table } from "../../../report/table.ts";
import { formatDuration } from "../../format/time-format.ts";
import type { Archive } from "./operations-answer.ts";

export function archivePart(archive: Archive): Content {
  const {
    symbols,
    largest_lag_s: lag,
    largest_lag_symbol: slowest,
    waiting_bytes: waiting,
    failures,
    unread,
  } = archive;
  return [
    table({
      className: "compact",
      caption: `${counted(symbols, "symbol")} with an archive. A quarter of an hour behind is usual.`,
      columns: [{ head: "Figure" }, { head: "Value", numeric: true }],
      rows: [
        ["Largest lag", slowest === null ? "–" : `${formatDuration(1000 * lag)}, ${slowest}`],
        ["Waiting", megabytes(waiting)],
        ["Failed writes", countText(failures)],
      ],
    }),
    unread === 0
      ? null
      : html`<p class="notice">
          ${counted(unread, "symbol")} did not answer and ${unread === 1 ? "is" : "are"} not in these figures.
        </p>`,
  ];
}

/** A symbol is refused when 64 MB of it wait. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
