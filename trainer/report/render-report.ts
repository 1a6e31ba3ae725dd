// The report of a training run as one HTML page that opens from disk: no script, no font, no request to anywhere.
import type { RunReport } from "../run/run-report.ts";
import { histogramSection, precisionRecallSection, reliabilitySection } from "./curve-sections.ts";
import { familyLooks } from "./family-look.ts";
import { utcText } from "../../report/figure-text.ts";
import { headline } from "./headline.ts";
import { html, joined, trusted, type Content } from "../../report/html.ts";
import { artifactTable, dataTable, leakTable, runTable, settingsTable, verificationText } from "./provenance-tables.ts";
import { driftReferenceSection } from "./drift-reference.ts";
import { STYLE } from "../../report/report-style.ts";
import {
  comparisonSection,
  driftSection,
  importanceSection,
  volatilitySection,
  walkForwardSection,
} from "./result-sections.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Content;
}

/**
 * The whole page as text. The same report gives the same text. Figures that do not exist are `–` with the reason; sections
 * without content say why. Nothing from the report is taken as markup, and a content policy in the page forbids scripts.
 */
export function renderReport(report: RunReport): string {
  const sections = reportSections(report);
  const symbols = joined(report.data.symbols, ", ");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Training run ${utcText(Date.parse(report.createdAt))} · ${symbols}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow"><b>volgate</b> training run · ${symbols} · ${utcText(Date.parse(report.createdAt))}</p>
        </header>
        <main>
          ${headline(report)}
          <nav aria-label="Sections">
            <ul>
              ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${sections.map(
            ({ id, title, content }) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${content}
              </section> `,
          )}
        </main>
      </body>
    </html> `.text;
}

function reportSections(report: RunReport): Section[] {
  const looks = familyLooks(report);
  return [
    { id: "families", title: "All families", content: comparisonSection(report, looks) },
    { id: "precision-recall-section", title: "Precision and recall", content: precisionRecallSection(report, looks) },
    { id: "reliability", title: "Reliability", content: reliabilitySection(report, looks) },
    { id: "scores", title: "Probabilities by outcome", content: histogramSection(report, looks) },
    { id: "folds", title: "Walk-forward over time", content: walkForwardSection(report, looks) },
    { id: "importance", title: "Feature importance", content: importanceSection(report, looks) },
    { id: "drift", title: "Drift between training and test rows", content: driftSection(report) },
    { id: "drift-reference", title: "What live drift is measured against", content: driftReferenceSection(report) },
    { id: "leaks", title: "Leak checks", content: leakTable(report) },
    { id: "volatility", title: "Volatility forecasts", content: volatilitySection(report) },
    { id: "verification", title: "Verification", content: [verificationText(report), artifactTable(report)] },
    {
      id: "data",
      title: "Data and settings",
      content: html`<div class="columns">
        ${dataTable(report)}
        <div>${runTable(report)}${settingsTable(report)}</div>
      </div>`,
    },
  ];
}
