// What learnt from labels, in the weekly report: recalibrations and thresholds by symbol, and which rules fired by
// evidence, beside the rate that is stated for all symbols together.
import { counted, countText, decimals, MISSING, percentText, utcMinuteText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { recalibrationWords } from "../../../report/recalibration-words.ts";
import { stacked, table } from "../../../report/table.ts";
import { isChampion } from "./champion-figures.ts";
import type { SymbolWeek } from "./symbol-week.ts";
import type { WeeklyReport } from "./weekly-report.ts";

/** Changes of a threshold that are shown by symbol. */
const MOST_CHANGES = 3;

export function learningPart({ symbols, alerts, evidenceRates, fromMs }: WeeklyReport): Markup {
  const rows: Content[][] = [];
  let judged = 0;
  for (const week of symbols) {
    if (week.quality !== null) judged++;
    rows.push(symbolCells(week, fromMs));
  }
  return html`${table({
    caption:
      "The champion by symbol. ECE and Brier skill are of the newest calendar month (UTC) with labels: of the model's own scores, and of what was answered.",
    columns: [
      { head: "Symbol" },
      { head: "Recalibration", sentences: true },
      { head: "Month" },
      { head: "ECE, own", numeric: true },
      { head: "ECE, answered", numeric: true },
      { head: "Threshold", numeric: true },
      { head: "Changes of the threshold in the week", sentences: true },
    ],
    rows,
  })}
  ${rulesTable(alerts, evidenceRates, judged)}`;
}

function symbolCells({ symbol, quality, threshold, missing }: SymbolWeek, fromMs: number): Content[] {
  const one = quality?.recalibrations?.find(({ sha256 }) => isChampion(quality, sha256));
  const month = one?.months.at(-1);
  const ece = (kind: "raw" | "served"): Content =>
    stacked(decimals(month?.[kind].ece ?? null, 4), `skill ${decimals(month?.[kind].brierSkill ?? null, 3)}`);
  const none = missing[0] ?? "nothing is known of its champion";
  return [
    symbol,
    one === undefined ? none : recalibrationWords(one.facts),
    month === undefined ? MISSING : stacked(month.month, counted(month.served.rows, "label")),
    ...(month === undefined ? [MISSING, MISSING] : [ece("raw"), ece("served")]),
    ...thresholdCells(threshold, fromMs),
  ];
}

function thresholdCells(threshold: SymbolWeek["threshold"], fromMs: number): [Content, Content] {
  const champion = threshold?.aliases.find(({ alias }) => alias === "champion");
  if (champion === undefined) return [MISSING, "not known"];
  const { followed, goal, source } = champion;
  const stands = stacked(decimals(champion.threshold, 3), `${SOURCES[source]}, for ${goal}`);
  if (followed === null) return [stands, "nothing follows the live labels"];
  const changes = followed.changes.filter(({ atMs }) => atMs >= fromMs);
  if (changes.length === 0) return [stands, `none; one that follows is at ${decimals(followed.threshold, 3)}`];
  const last = changes.slice(-MOST_CHANGES).map(({ atMs, from, to }) => {
    return html`<span class="sub">${utcMinuteText(atMs)}: ${decimals(from, 3)} to ${decimals(to, 3)}</span>`;
  });
  const served = source === "followed" ? "" : ", not served";
  return [stands, html`${counted(changes.length, "change")}${served}${last}`];
}

const SOURCES = { manifest: "the model's own", operator: "an operator's choice", followed: "follows" } as const;

/** @param judged symbols that the rules judged. */
function rulesTable(alerts: WeeklyReport["alerts"], rates: WeeklyReport["evidenceRates"], judged: number): Content {
  if (alerts === null)
    return html`<p class="empty">Which rules fired by evidence is not known: the alerts could not be read.</p>`;
  const rows = Object.entries(rates).map(([rule, rate]) => {
    const fired = alerts.filter(({ firing }) => firing.rule === rule);
    const symbols = [...new Set(fired.map(({ firing }) => firing.symbol))];
    return [
      rule,
      countText(fired.length),
      percentText(rate),
      stacked(decimals(rate * judged, 2), `on ${counted(judged, "symbol")}`),
      symbols.length === 0 ? "–" : symbols.join(", "),
    ];
  });
  return table({
    caption:
      "Rules that evidence decides. Stated is the most false alarms of a quiet month, of one symbol and summed over the symbols; a week has about a quarter of it.",
    columns: [
      { head: "Rule" },
      { head: "Alerts in the week", numeric: true },
      { head: "Stated by symbol", numeric: true },
      { head: "Stated in sum", numeric: true },
      { head: "On", sentences: true },
    ],
    rows,
    nothing: "All of them are switched off.",
  });
}
