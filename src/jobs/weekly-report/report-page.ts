// The weekly report as one HTML page: no script, no font, no request to anywhere.
import { html, raw } from "hono/html";
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { SymbolWeek, WeeklyReport } from "./weekly-report.ts";
import { alertsPart, changesPart, experimentPart } from "./report-events.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { anchorOf, modelName, symbolSection } from "./report-symbol.ts";
import { type Markup, type Row, reportTable, stacked } from "./report-table.ts";
import {
  counted,
  decimals,
  type GainWords,
  gainWords,
  intervalText,
  MISSING,
  percentText,
  signed,
  utcText,
} from "./report-text.ts";
import { snakeKeys } from "../../http/snake-keys.ts";

/** Both forms. In the JSON counts per score bin are left out: `/symbols/:symbol/quality?bins=1` has them. */
export async function renderReport(report: WeeklyReport): Promise<{ json: string; page: string }> {
  const json = JSON.stringify(snakeKeys(report), (key, value: unknown) => (key === "counts" ? undefined : value));
  return { json, page: await renderPage(report) };
}

/** The page as text; the same report gives the same text. */
export async function renderPage(report: WeeklyReport): Promise<string> {
  const { fromMs, toMs, symbols, missing } = report;
  const sections = [
    { id: "alerts", title: "Alerts", content: alertsPart(report) },
    { id: "experiment", title: "Champion and challenger", content: experimentPart(report) },
    { id: "changes", title: "Who came and went", content: changesPart(report) },
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Weekly report ${dayOf(toMs)}</title>
        <style>
          ${raw(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow"><b>volgate</b> weekly report · ${utcText(fromMs)} to ${utcText(toMs)}</p>
        </header>
        <main>
          <h1>Quality and drift, week to ${dayOf(toMs)}</h1>
          <p class="lead">${leadWords(report)}</p>
          ${
            missing.length === 0
              ? ""
              : html`<div class="warnings">
                  <ul>
                    ${missing.map((words) => html`<li>${words}</li>`)}
                  </ul>
                </div>`
          }
          ${overview(symbols)}
          ${sections.map(
            ({ id, title, content }) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${content}
              </section>`,
          )}
          ${symbols.map(symbolSection)}
        </main>
      </body>
    </html>`;
  return String(await page);
}

/** What the week was, in sentences that do not flatter. */
export function leadWords({ symbols, alerts }: WeeklyReport): string {
  const said = symbols.map((week) => wordsOf(championGain(week, "30d")));
  const counts = (["better", "worse", "not shown to differ", "too few blocks to say", "not compared"] as const)
    .map((words) => ({ words, n: said.filter((one) => one === words).length }))
    .filter(({ n }) => n > 0)
    .map(({ words, n }) => `${words} on ${n}`);
  const against = counts.length === 0 ? "" : ` The champion against persistence over 30 days: ${counts.join(", ")}.`;
  const shares = symbols.flatMap(({ drift }) => drift?.shares.filter(({ window }) => window === "1h") ?? []);
  const judged = shares.reduce((n, share) => n + share.judged, 0);
  const alarms = shares.reduce((n, share) => n + share.alarms, 0);
  const drift =
    judged === 0
      ? "No hour was judged for drift."
      : `${alarms} of ${counted(judged, "judged hour")} drifted (${percentText(alarms / judged)}).`;
  const fired = alerts === null ? "" : ` ${counted(alerts.length, "alert")}.`;
  return `${counted(symbols.length, "symbol")}.${against} ${drift}${fired}`;
}

function overview(symbols: readonly SymbolWeek[]): Markup {
  return reportTable(
    "The champion by symbol. Gains are against persistence on the same blocks; a figure without episodes beside it says nothing.",
    [
      { head: "Symbol" },
      { head: "PR-AUC, 24 h", kind: "number" },
      { head: "Episodes, 24 h", kind: "number" },
      { head: "Brier gain, 30 d", kind: "number" },
      { head: "Episodes, 30 d", kind: "number" },
      { head: "Hours drifted", kind: "number" },
      { head: "Against persistence, 30 d", kind: "words" },
    ],
    symbols.map(overviewRow),
  );
}

function overviewRow(week: SymbolWeek): Row {
  const { symbol, drift, missing } = week;
  const [day, month] = [championFigures(week, "24h"), championFigures(week, "30d")];
  const gain = championGain(week, "30d");
  const hours = drift?.shares.find(({ window }) => window === "1h");
  const base = day === undefined || day.series.baseRate === null ? "" : `base rate ${decimals(day.series.baseRate)}`;
  return {
    cells: [
      html`<a href="#${anchorOf(symbol)}">${symbol}</a>`,
      stacked(decimals(day?.series.prAuc?.value ?? null), [
        intervalText(day?.series.prAuc ?? null, decimals),
        base === "" ? "" : html`<span class="sub">${base}</span>`,
      ]),
      day === undefined ? MISSING : String(day.label.episodes),
      stacked(signed(gain?.brierGain?.value ?? null), intervalText(gain?.brierGain ?? null, signed)),
      month === undefined ? MISSING : String(month.label.episodes),
      hours === undefined || hours.judged === 0 ? MISSING : `${hours.alarms} of ${hours.judged}`,
      missing.length > 0 ? missing.join("; ") : wordsOf(gain),
    ],
  };
}

/** The champion's figures in a window, with the label that they are under. */
function championFigures({ quality }: SymbolWeek, name: "24h" | "30d") {
  const champion = quality?.models.find(({ aliases }) => aliases.includes("champion"));
  for (const label of quality?.windows.find((window) => window.name === name)?.labels ?? []) {
    const series = label.series.find(({ sha256 }) => sha256 === champion?.sha256);
    if (series !== undefined) return { label, series };
  }
  return undefined;
}

function championGain({ quality }: SymbolWeek, name: "24h" | "30d") {
  const pairs = quality?.windows.find((window) => window.name === name)?.pairs ?? [];
  return pairs.find(({ reference }) => modelName(quality!, reference).split(", ").includes("persistence"));
}

type Gain = SymbolQuality["windows"][number]["pairs"][number];

function wordsOf(gain: Gain | undefined): GainWords {
  return gainWords(gain?.brierGain ?? null, gain?.blocks ?? 0);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
