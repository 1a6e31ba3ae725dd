// What happened to the gateway in the week: alerts, the experiment, and who came and went.
import { html } from "hono/html";
import type { WeeklyReport } from "./weekly-report.ts";
import { type Markup, reportTable, stacked } from "./report-table.ts";
import { counted, decimals, intervalText, percentText, signed, utcText } from "./report-text.ts";

/** Alerts by time. */
export function alertsPart({ alerts }: WeeklyReport): Markup {
  if (alerts === null) return html`<p class="empty">The alerts could not be read.</p>`;
  return reportTable(
    "Alerts that fired, or still fired, in the week.",
    [{ head: "Since" }, { head: "Rule" }, { head: "Until" }, { head: "What was said", kind: "words" }],
    alerts.map(({ firing, resolvedMs }) => ({
      cells: [
        utcText(firing.atMs),
        stacked(firing.rule, firing.severity),
        resolvedMs === null ? html`<span class="alarm">still firing</span>` : utcText(resolvedMs),
        firing.summary,
      ],
    })),
  );
}

/** Where the running experiment stands. */
export function experimentPart({ experiment: report }: WeeklyReport): Markup {
  if (report === null) return html`<p class="empty">The experiment could not be read.</p>`;
  const { experiment, comparison, missing, effectiveShare } = report;
  if (experiment === null) return html`<p class="empty">No experiment: no artifact is challenger.</p>`;
  const { id, mode, auto, startedMs, champion, challenger } = experiment;
  const promotes = auto ? "the rule promotes by itself" : "a person promotes";
  const share = effectiveShare === null ? "" : `, the challenger answered ${percentText(effectiveShare)}`;
  const pooled = comparison?.pooled;
  return html`<p>
      ${id}, ${mode}${share}, since ${utcText(startedMs)}; ${promotes}. Champion <code>${champion.slice(0, 12)}</code>,
      challenger <code>${challenger.slice(0, 12)}</code>.
    </p>
    ${
      pooled === undefined
        ? ""
        : html`<p>
            Evidence e = ${decimals(pooled.eValue, 2)} of ${pooled.needs.eValue} needed, from
            ${counted(pooled.blocks, "block")} with ${counted(pooled.episodes, "episode")} of ${pooled.needs.episodes}
            needed; mean Brier gain ${signed(pooled.meanGain?.value ?? null, 5)}
            ${intervalText(pooled.meanGain, (x) => signed(x, 5))}.
          </p>`
    }
    ${
      missing.length === 0
        ? html`<p><b>The challenger may be promoted.</b></p>`
        : html`<ul>
            ${missing.map((words) => html`<li>${words}</li>`)}
          </ul>`
    }`;
}

/** Changes of aliases and experiments by time. Who made them, and why, needs the administrator's token. */
export function changesPart({ changes }: WeeklyReport): Markup {
  if (changes === null) return html`<p class="empty">The history could not be read.</p>`;
  return reportTable(
    "Changes of aliases and experiments; who made them and why is at /admin/history.",
    [{ head: "When" }, { head: "What" }, { head: "From" }, { head: "To" }, { head: "By" }],
    changes.map(({ atMs, what, from, to, by }) => ({
      cells: [utcText(atMs), what, html`<code>${short(what, from)}</code>`, html`<code>${short(what, to)}</code>`, by],
    })),
  );
}

function short(what: string, value: string | null): string {
  if (value === null) return what === "experiment" || what === "challenger" ? "none" : "bundled";
  return what === "experiment" ? value : value.slice(0, 12);
}
