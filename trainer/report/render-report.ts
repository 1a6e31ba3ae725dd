// The report of a training run as one HTML page.
import type { RunReport } from "../run/run-report.ts";
import { histogramSection, precisionRecallSection, reliabilitySection } from "./curve-sections.ts";
import { familyLooks } from "./family-looks.ts";
import { utcText } from "../../report/figure-text.ts";
import { pageFrame, type PageSection, sectionLinks, sectionList } from "../../report/page-frame.ts";
import { headline } from "./headline.ts";
import { html, joined } from "../../report/html.ts";
import { artifactTable, dataTable, leakTable, runTable, settingsTable, verificationText } from "./provenance-tables.ts";
import { driftReferenceSection } from "./drift-reference-section.ts";
import {
  comparisonSection,
  driftSection,
  importanceSection,
  volatilitySection,
  walkForwardSection,
} from "./result-sections.ts";
import { symbolsSection } from "./symbols-table.ts";

/**
 * The whole page as text. The same report gives the same text. Figures that do not exist are `–` with the reason;
 * sections without content say why. Nothing from the report is taken as markup.
 */
export function renderReport(report: RunReport): string {
  const sections = reportSections(report);
  const symbols = joined(report.data.symbols, ", ");
  const made = utcText(Date.parse(report.createdAt));
  return pageFrame({
    title: `Training run ${made} · ${report.data.symbols.join(", ")}`,
    eyebrow: html`training run · ${symbols} · ${made}`,
    main: html`${headline(report)} ${sectionLinks(sections)} ${sectionList(sections)}`,
  });
}

function reportSections(report: RunReport): PageSection[] {
  const looks = familyLooks(report);
  return [
    { id: "families", title: "All families", content: comparisonSection(report, looks) },
    { id: "symbols", title: "Symbol by symbol", content: symbolsSection(report) },
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
