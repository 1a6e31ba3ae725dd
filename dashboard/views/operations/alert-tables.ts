// Alerts with the sentence that says why, those that fire first.
import { html, type Content, type Markup } from "../../../report/html.ts";
import { percentText } from "../../../report/figure-text.ts";
import { stacked, table } from "../../../report/table.ts";
import { formatSignificant } from "../../format/number-format.ts";
import { formatDuration } from "../../format/time-format.ts";
import { chip } from "../markup/chip.ts";
import { minuteText } from "../markup/answer-texts.ts";
import type { Alerts } from "./operations-answer.ts";

type Alert = Alerts["active"][number];

const RANKS = { critical: 0, warning: 1, info: 2 } as const;

/** The most severe first, then the oldest. */
export function activeAlerts({ active }: Alerts, nowMs: number): Markup {
  const sorted = active.toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity] || a.since.localeCompare(b.since));
  return table({
    caption: "An alert fires until its rule says that it is over.",
    columns: [
      { head: "Rule" },
      { head: "Severity" },
      { head: "Symbol" },
      { head: "Since (UTC)" },
      { head: "Why", sentences: true },
    ],
    rows: sorted.map(({ rule, severity, symbol, since, summary, figures }) => [
      rule,
      chip(severity === "info" ? "unsure" : "bad", severity),
      symbolLink(symbol),
      stacked(minuteText(since), `${formatDuration(nowMs - Date.parse(since))} ago`),
      stacked(summary, evidenceWords(figures)),
    ]),
    nothing: "None fires.",
  });
}

export function resolvedAlerts({ resolved }: Alerts): Content {
  return html`<details>
    <summary>The last ${resolved.length} that were resolved</summary>
    ${table({
      caption: "Newest first.",
      columns: [
        { head: "Rule" },
        { head: "Symbol" },
        { head: "Since (UTC)" },
        { head: "Resolved (UTC)" },
        { head: "Why it fired", sentences: true },
        { head: "Why it ended", sentences: true },
      ],
      rows: resolved.map(({ rule, symbol, since, summary, resolved_at: at, resolved_summary: end }) => [
        rule,
        symbolLink(symbol),
        minuteText(since),
        at === null ? "not known" : minuteText(at),
        summary,
        end ?? "not known",
      ]),
    })}
  </details>`;
}

/** Of a rule that evidence decides: the evidence as it fired, and how seldom it fires without a reason. */
function evidenceWords({ evidence, evidence_limit: limit, rate_per_month: rate }: Alert["figures"]): string | null {
  if (typeof evidence !== "number" || typeof limit !== "number" || typeof rate !== "number") return null;
  return `Evidence ${formatSignificant(evidence)} of ${formatSignificant(limit)}; at most ${percentText(rate)} of quiet months have a false alarm.`;
}

/** `*` is the whole gateway, which has no view of its own. */
function symbolLink(symbol: string): Content {
  if (symbol === "*") return "the gateway";
  return html`<a href="#/symbol/${encodeURIComponent(symbol)}">${symbol}</a>`;
}
