// What the view of operation shows of an answer, as markup: first what needs a look, then every part. What could not be
// read says so in its place.
import { html, type Content, type Markup } from "../../../report/html.ts";
import { formatDuration } from "../../format/time-format.ts";
import { changesTable } from "../markup/changes-table.ts";
import { chip } from "../markup/chip.ts";
import { shortSha } from "../markup/answer-texts.ts";
import { activeAlerts, resolvedAlerts } from "./alert-tables.ts";
import { archivePart } from "./archive-part.ts";
import { feedsPart } from "./feeds-part.ts";
import { modelsPart, noticesTable, reasonsTable } from "./health-parts.ts";
import { ingestPart, latencyPart } from "./ingest-parts.ts";
import { type Operations, type Part, unknownReason } from "./operations-answer.ts";
import { reportsPart } from "./reports-part.ts";

export function operationsPage(answer: Operations): Markup {
  const { health, ingest, latency, feeds, alerts, archive, changes, reports } = answer;
  const nowMs = Date.parse(answer.timestamp);
  return html`${headline(answer)}
    <h2>Alerts that fire</h2>
    ${part(answer, "alerts", alerts, (known) => activeAlerts(known, nowMs))}
    <h2>Health</h2>
    ${part(answer, "health", health, (known) => [reasonsTable(known, nowMs), noticesTable(known)])}
    <h2>Feeds</h2>
    ${part(answer, "feeds", feeds, (known) => feedsPart(known, nowMs))}
    <div class="columns">
      <div>
        <h2>Ingest</h2>
        ${part(answer, "ingest", ingest, ingestPart)}
      </div>
      <div>
        <h2>Latency</h2>
        ${part(answer, "latency", latency, (known) => latencyPart(known, ingest?.since ?? null))}
        <h2>Archive</h2>
        ${part(answer, "archive", archive, archivePart)}
      </div>
    </div>
    <h2>Models</h2>
    ${part(answer, "health", health, modelsPart)}
    <h2>Alerts that were resolved</h2>
    ${part(answer, "alerts", alerts, resolvedAlerts)}
    <h2>Changes</h2>
    ${part(answer, "changes", changes, (known) => changesTable(known, answer.withheld))}
    <h2>Weekly reports</h2>
    ${part(answer, "reports", reports, reportsPart)}`;
}

/** One part, or why it is unknown: never an empty table in its place. */
function part<T>(answer: Operations, name: Part, value: T | null, show: (known: T) => Content): Content {
  if (value !== null) return show(value);
  return html`<p class="notice">Unknown: ${unknownReason(answer, name)}.</p>`;
}

function headline(answer: Operations): Markup {
  const { health, alerts, feeds, environment, sha, gateway_version: version, grids, step_ms: stepMs } = answer;
  const down = feeds?.filter(({ state }) => state !== "live" && state !== "stopped").length ?? null;
  return html`<p class="chips">
      ${
        health === null
          ? chip("unsure", "health unknown")
          : chip(health.status === "healthy" ? "good" : "bad", health.status)
      }
      ${health === null ? null : chip(health.ready ? "good" : "bad", health.ready ? "ready" : "not ready")}
      ${
        alerts === null
          ? chip("unsure", "alerts unknown")
          : alerts.active.length === 0
            ? chip("good", "no alert fires")
            : chip("bad", `${alerts.active.length} firing`)
      }
      ${
        down === null
          ? chip("unsure", "feeds unknown")
          : down > 0
            ? chip("bad", `${down} of ${feeds!.length} feeds not live`)
            : feeds!.length === 0
              ? chip("off", "no feed")
              : chip("good", "feeds live")
      }
    </p>
    <p class="muted">
      Gateway ${version}${sha === null ? "" : html`, commit <code>${shortSha(sha)}</code>`}, environment
      ${environment ?? "not named"}; step
      ${formatDuration(stepMs)}${grids.length > 1 ? `; grids ${grids.join(", ")}` : ""}.
    </p>`;
}
