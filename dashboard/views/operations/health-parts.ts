// The gateway's health as its isolates reported it: reasons, notices, which models serve and which were refused.
import { counted, countText } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { formatDuration } from "../../format/time-format.ts";
import { chip } from "../markup/chip.ts";
import { minuteText, shortSha } from "../markup/answer-texts.ts";
import type { Health } from "./operations-answer.ts";

export function reasonsTable({ reasons }: Health, nowMs: number): Content {
  return table({
    caption: "Why it is degraded. A reason ends when what failed works again.",
    columns: [
      { head: "Reason" },
      { head: "Whom", sentences: true },
      { head: "Since (UTC)" },
      { head: "Meaning, and the newest error", sentences: true },
    ],
    rows: reasons.map(({ code, count, subjects, since, meaning, message, last_seen: seen }) => [
      html`<code>${code}</code>`,
      subjects.length === 0
        ? countText(count)
        : `${subjects.join(", ")}${count > subjects.length ? ` and ${count - subjects.length} more` : ""}`,
      stacked(minuteText(since), `seen ${formatDuration(nowMs - Date.parse(seen))} ago`),
      html`${meaning} <small class="wrapped">${message}</small>`,
    ]),
    nothing: "Nothing is wrong.",
  });
}

export function noticesTable({ notices }: Health): Content {
  if (notices.length === 0) return null;
  return table({
    caption: "What an operator should look at.",
    columns: [{ head: "Notice" }, { head: "Symbol" }, { head: "At (UTC)" }, { head: "What", sentences: true }],
    rows: notices.map(({ code, symbol, at, message }) => [html`<code>${code}</code>`, symbol, minuteText(at), message]),
  });
}

/** A model of simulated data proves nothing, and a stand-in is not the model that was chosen: both are said loudly. */
export function modelsPart({ serving, refused_artifacts: refused, runtime_error: error }: Health): Content {
  return [
    error === null ? null : html`<p class="notice alarm">The runtime of models does not start: ${error}</p>`,
    table({
      caption: "What the isolates serve, as they reported it in the last six minutes.",
      columns: [
        { head: "Alias" },
        { head: "Version" },
        { head: "SHA-256" },
        { head: "Isolates", numeric: true },
        { head: "Of note" },
      ],
      rows: serving.map(({ alias, version, sha256, isolates, stand_in: standIn, evidence }) => [
        alias,
        version,
        html`<code title="${sha256}">${shortSha(sha256)}</code>`,
        countText(isolates),
        standIn || evidence === "simulated"
          ? html`${standIn ? chip("bad", "stand-in") : null}
            ${evidence === "simulated" ? chip("unsure", "a toy: simulated data") : null}`
          : "–",
      ]),
      nothing: "No isolate reported a model.",
    }),
    refused.length === 0
      ? html`<p>No artifact is refused.</p>`
      : table({
          caption: `${counted(refused.length, "artifact")} refused.`,
          columns: [
            { head: "Alias" },
            { head: "SHA-256" },
            { head: "Code" },
            { head: "At (UTC)" },
            { head: "Why", sentences: true },
          ],
          rows: refused.map(({ alias, sha256, code, at, message }) => [
            alias,
            html`<code title="${sha256}">${shortSha(sha256)}</code>`,
            html`<code>${code}</code>`,
            minuteText(at),
            message,
          ]),
        }),
  ];
}
