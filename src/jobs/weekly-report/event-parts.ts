// The week's events: alerts, the experiment, and changes of models.
import {
  counted,
  decimals,
  percentText,
  signedDecimals,
  signedIntervalText,
  utcMinuteText,
} from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import type { WeeklyReport } from "./weekly-report.ts";

/** Alerts by time. */
export function alertsPart({ alerts }: WeeklyReport): Markup {
  if (alerts === null) return html`<p class="empty">The alerts could not be read.</p>`;
  return table({
    caption: "Alerts that fired, or still fired, in the week.",
    columns: [{ head: "Since" }, { head: "Rule" }, { head: "Until" }, { head: "Message", sentences: true }],
    rows: alerts.map(({ firing, resolvedMs }) => [
      utcMinuteText(firing.atMs),
      stacked(firing.rule, firing.severity),
      resolvedMs === null ? html`<span class="alarm">still firing</span>` : utcMinuteText(resolvedMs),
      firing.summary,
    ]),
  });
}

/** Where the running experiment stands. */
export function experimentPart({ experiment: report }: WeeklyReport): Markup {
  if (report === null) return html`<p class="empty">The experiment could not be read.</p>`;
  const { experiment, comparison, missing, effectiveShare } = report;
  if (experiment === null) return html`<p class="empty">No experiment: no artifact is challenger.</p>`;
  const { id, mode, auto, startedMs, champion, challenger, tries } = experiment;
  const promotes = auto ? "the rule promotes by itself" : "a person promotes";
  const share = effectiveShare === null ? "" : `, the challenger answered ${percentText(effectiveShare)}`;
  return html`<p>
      ${id}, ${mode}${share}, since ${utcMinuteText(startedMs)}; ${promotes}. Champion
      <code>${champion.slice(0, 12)}</code>, challenger <code>${challenger.slice(0, 12)}</code>, comparison ${tries}
      with this champion.
    </p>
    ${comparison === null ? null : evidenceWords(comparison.pooled)} ${missingList(missing)}`;
}

type Pooled = NonNullable<NonNullable<WeeklyReport["experiment"]>["comparison"]>["pooled"];

function evidenceWords({ eValue, needs, blocks, episodes, meanGain }: Pooled): Markup {
  return html`<p>
    Evidence e = ${decimals(eValue, 2)} of ${needs.eValue} needed, from ${counted(blocks, "block")} with
    ${counted(episodes, "episode")} of ${needs.episodes} needed; mean Brier gain
    ${signedDecimals(meanGain?.value ?? null, 5)} ${signedIntervalText(meanGain, 5)}.
  </p>`;
}

function missingList(missing: readonly string[]): Content {
  if (missing.length === 0) return html`<p><b>The challenger may be promoted.</b></p>`;
  return html`<ul>
    ${missing.map((words) => html`<li>${words}</li>`)}
  </ul>`;
}

/** Changes of aliases and experiments by time. Who made them, and why, needs the administrator's token. */
export function changesPart({ changes }: WeeklyReport): Markup {
  if (changes === null) return html`<p class="empty">The history could not be read.</p>`;
  return table({
    className: "compact",
    caption: "Changes of aliases and experiments. Who made them and why is at /admin/history.",
    columns: [{ head: "When" }, { head: "What" }, { head: "From" }, { head: "To" }, { head: "By" }],
    rows: changes.map(({ atMs, what, from, to, by }) => [
      utcMinuteText(atMs),
      what,
      html`<code>${shortValue(what, from)}</code>`,
      html`<code>${shortValue(what, to)}</code>`,
      by,
    ]),
  });
}

function shortValue(what: string, value: string | null): string {
  if (value === null) return ["experiment", "challenger", "symbol"].includes(what) ? "none" : "bundled";
  return what === "experiment" || what === "symbol" ? value : value.slice(0, 12);
}
