// The weekly report as one HTML page.
import {
  decimals,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
  utcDayText,
  utcMinuteText,
} from "../../../report/figure-text.ts";
import { html, trusted, type Content, type Markup } from "../../../report/html.ts";
import { pageFrame, type PageSection, sectionLinks, sectionList } from "../../../report/page-frame.ts";
import { stacked, table } from "../../../report/table.ts";
import { championFigures, championGain, referenceFamily } from "./champion-figures.ts";
import { alertsPart, changesPart, experimentPart } from "./event-parts.ts";
import { gainWords } from "./gain-words.ts";
import { learningPart } from "./learning-part.ts";
import { leadWords } from "./lead-words.ts";
import { anchorOf, symbolPart } from "./symbol-part.ts";
import type { SymbolWeek } from "./symbol-week.ts";
import type { WeeklyReport } from "./weekly-report.ts";

/** Where the symbols' sections go. */
const SECTIONS = "<!-- symbols -->";

/** The page in pieces, a symbol at a time; the same report gives the same text. */
export function* weeklyPage(report: WeeklyReport): Generator<string> {
  const { fromMs, toMs, symbols, missing } = report;
  const sections: PageSection[] = [
    { id: "alerts", title: "Alerts", content: alertsPart(report) },
    { id: "learning", title: "What learnt from labels", content: learningPart(report) },
    { id: "experiment", title: "Champion and challenger", content: experimentPart(report) },
    { id: "changes", title: "Changes of models", content: changesPart(report) },
  ];
  const links = Array.from(symbols, ({ symbol }) => ({ id: anchorOf(symbol), title: symbol, content: null }));
  const frame = pageFrame({
    title: `Weekly report ${utcDayText(toMs)}`,
    eyebrow: `weekly report · ${utcMinuteText(fromMs)} to ${utcMinuteText(toMs)}`,
    main: html`<section class="headline">
        <h1>Quality and drift, week to ${utcDayText(toMs)}</h1>
        <p class="lead">${leadWords(report)}</p>
        ${warnings(missing)} ${overview(symbols)}
      </section>
      ${sectionLinks([...sections, ...links])} ${sectionList(sections)}${trusted(SECTIONS)}`,
  });
  const at = frame.lastIndexOf(SECTIONS);
  yield frame.slice(0, at);
  for (const week of symbols) {
    const section = { id: anchorOf(week.symbol), title: week.symbol, content: symbolPart(week) };
    yield html`${sectionList([section])}`.text;
  }
  yield frame.slice(at + SECTIONS.length);
}

function warnings(missing: readonly string[]): Content {
  if (missing.length === 0) return null;
  return html`<div class="warnings" role="note">
    <ul>
      ${missing.map((words) => html`<li>${words}</li>`)}
    </ul>
  </div>`;
}

function overview(symbols: Iterable<SymbolWeek>): Markup {
  return table({
    caption:
      "The champion by symbol. Gains are against the reference, the strongest baseline by the training rows, on the same blocks; a figure without episodes beside it says nothing.",
    columns: [
      { head: "Symbol" },
      { head: "PR-AUC, 24 h", numeric: true },
      { head: "Episodes, 24 h", numeric: true },
      { head: "Brier gain, 30 d", numeric: true },
      { head: "Episodes, 30 d", numeric: true },
      { head: "Hours drifted", numeric: true },
      { head: "Against the reference, 30 d", sentences: true },
    ],
    rows: Array.from(symbols, overviewRow),
  });
}

function overviewRow(week: SymbolWeek): Content[] {
  const { symbol, drift, missing } = week;
  const [day, month] = [championFigures(week, "24h"), championFigures(week, "30d")];
  const gain = championGain(week, "30d");
  const brierGain = gain?.brierGain ?? null;
  const hours = drift?.shares.find(({ window }) => window === "1h");
  const prAuc = day?.series.prAuc ?? null;
  const baseRate = day?.series.baseRate ?? null;
  return [
    html`<a href="#${anchorOf(symbol)}">${symbol}</a>`,
    stacked(
      decimals(prAuc?.value ?? null, 3),
      intervalText(prAuc, 3),
      baseRate === null ? null : `base rate ${decimals(baseRate, 3)}`,
    ),
    day === undefined ? MISSING : String(day.label.episodes),
    stacked(signedDecimals(brierGain?.value ?? null, 4), signedIntervalText(brierGain, 4)),
    month === undefined ? MISSING : String(month.label.episodes),
    hours === undefined || hours.judged === 0 ? MISSING : `${hours.alarms} of ${hours.judged}`,
    missing.length > 0 ? missing.join("; ") : stacked(gainWords(brierGain, gain?.blocks ?? 0), referenceFamily(week)),
  ];
}
