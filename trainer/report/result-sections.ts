// The sections of the report below its headline. Each has plots and tables, or the reason why it has none.
import type { RunReport } from "../run/run-report.ts";
import { driftTables } from "./drift-tables.ts";
import { familiesTable, pairedTable } from "./families-table.ts";
import { legend } from "../../report/legend.ts";
import type { SeriesLook } from "../../report/series-look.ts";
import { decimals } from "../../report/figure-text.ts";
import { finiteFigure } from "../../src/quality/finite-figure.ts";
import { foldsTable } from "./folds-table.ts";
import { html, type Content } from "../../report/html.ts";
import { importanceTable } from "./importance-table.ts";
import { intervalPlot } from "../../report/interval-plot.ts";
import { chosenFirst, episodesWords, noFiguresWhy } from "./run-words.ts";
import { sentence } from "./verdict-text.ts";
import { volatilityTable } from "./volatility-table.ts";
import { walkForwardPlot } from "./walk-forward-plot.ts";

type Looks = ReadonlyMap<string, SeriesLook>;

/** Intervals of all families, both tables, then what the families noted. */
export function comparisonSection(report: RunReport, looks: Looks): Content {
  const judged = report.chosen.refitted;
  const rows = report.families.flatMap(({ family, figures }) => {
    const figure = finiteFigure(figures?.prAuc);
    return figure === null ? [] : [{ name: family, figure, look: looks.get(family)!, emphasised: family === judged }];
  });
  const notes = report.families.flatMap(({ family, notes: own }) =>
    own.map((note) => html`<li><b>${family}</b>: ${sentence(note)}</li>`),
  );
  const reference = { at: report.test.baseRate, label: `base rate ${decimals(report.test.baseRate, 3)}` };
  return [
    rows.length === 0
      ? html`<p class="empty">No family has a PR-AUC: ${noFiguresWhy(report)}.</p>`
      : html`<figure class="narrow">
          ${intervalPlot(rows, { id: "pr-auc", title: "PR-AUC of all families", axisLabel: "PR-AUC with 95 % interval", reference: Number.isFinite(reference.at) ? reference : null })}
          <figcaption>
            ${episodesWords(report)} Intervals that overlap do not show that two families are equal; the paired
            differences below do the comparing.
          </figcaption>
        </figure>`,
    familiesTable(report),
    pairedTable(report),
    notes.length === 0
      ? null
      : html`<h3>Notes</h3>
          <ul>
            ${notes}
          </ul>`,
  ];
}

/** Fold after fold, as plot and as table. */
export function walkForwardSection(report: RunReport, looks: Looks): Content {
  if (report.folds.length === 0) return html`<p class="empty">There is no fold: the data were too few to be split.</p>`;
  const tested = report.folds.map((fold) => ({ ...fold, chosen: report.chosen.refitted }));
  const named = new Set(report.folds.flatMap(({ prAuc, chosen }) => [...Object.keys(prAuc), chosen]));
  return [
    html`<figure>
      <div class="scroll" tabindex="0">${walkForwardPlot(tested, report.reference.family, looks)}</div>
      <figcaption>
        ${legend(
          [...looks.values()].filter(({ name }) => named.has(name)),
          "",
          html`<li>
            <svg class="series-swatch" aria-hidden="true" width="42" height="12" viewBox="0 0 42 12">
              <path class="base-bar" d="M4 6H38" />
            </svg>
            base rate
          </li>`,
        )}Upright
        lines are 95 % intervals: left in each fold the chosen family, then ${report.reference.family}, the reference;
        hollow markers are the other families.
      </figcaption>
    </figure>`,
    foldsTable(report),
  ];
}

/** One table a fitted model, the one refitted on all rows first. */
export function importanceSection(report: RunReport, looks: Looks): Content {
  const models = chosenFirst(report).filter(({ importance }) => importance !== null && importance.length > 0);
  if (models.length === 0) return html`<p class="empty">No fitted model gives importances.</p>`;
  return [
    html`<p>
      Share of all gain (trees) or of all standardised coefficients (linear) in the model refitted on all rows. Features
      that move together share what any one of them could give: a small share does not mean that a feature is useless.
    </p>`,
    html`<div class="columns">
      ${models.map(({ family, importance }) => importanceTable(importance!, looks.get(family)!))}
    </div>`,
  ];
}

/** How far the test rows lie from the training rows. */
export function driftSection(report: RunReport): Content {
  const any = report.folds.some(({ drift }) => drift.length > 0);
  return any ? driftTables(report) : html`<p class="empty">No fold has distances to show.</p>`;
}

/** Forecasts of volatility itself. */
export function volatilitySection(report: RunReport): Content {
  return report.volatility.length === 0
    ? html`<p class="empty">No forecaster of volatility was fitted in this run.</p>`
    : volatilityTable(report);
}
