// The sections whose plots are drawn per family: precision and recall, reliability, probabilities by outcome.
import type { FamilyReport, RunReport } from "../run/run-report.ts";
import { precisionRecallTable, reliabilityTable, tableBehind } from "../../report/curve-tables.ts";
import { decimals } from "../../report/figure-text.ts";
import { html, joined, type Content, type Markup } from "../../report/html.ts";
import { familyRole } from "./family-role.ts";
import { legend } from "../../report/legend.ts";
import { precisionRecallPlot } from "../../report/precision-recall-plot.ts";
import { reliabilityEnd, reliabilityPlot } from "../../report/reliability-plot.ts";
import type { SeriesLook } from "../../report/series-look.ts";
import { chosenFirst, episodesWords, noFiguresWhy } from "./run-words.ts";
import { histogramEnd, scoreHistogramPlot } from "../../report/score-histogram-plot.ts";

type Looks = ReadonlyMap<string, SeriesLook>;

/** All curves in one plot. */
export function precisionRecallSection(report: RunReport, looks: Looks): Content {
  const drawn = report.families.filter(({ curves }) => curves !== null && curves.precisionRecall.length > 0);
  if (drawn.length === 0) return noCurves(report);
  const shown = drawn.map(({ family, figures, curves }) => ({
    look: looks.get(family)!,
    points: curves!.precisionRecall,
    area: figures?.prAuc?.value ?? null,
  }));
  return html`<div class="beside">
      <figure>
        ${precisionRecallPlot(shown, {
          id: "precision-recall",
          baseRate: report.test.baseRate,
          emphasised: report.chosen.refitted,
        })}
      </figure>
      <div>
        ${legend(
          drawn.map(({ family }) => looks.get(family)!),
          report.chosen.refitted,
        )}
        <p>${episodesWords(report)} Left of a recall of about 0.1 a curve rests on a few spikes and says little.</p>
        ${notDrawn(report, drawn)}
      </div>
    </div>
    ${tableBehind(precisionRecallTable(shown, `Precision at a recall. ${episodesWords(report)}`))}`;
}

/** A panel a family, all with the same axes. */
export function reliabilitySection(report: RunReport, looks: Looks): Content {
  const drawn = report.families.filter(({ curves }) => curves !== null && curves.reliability.length > 0);
  if (drawn.length === 0) return noCurves(report);
  const end = reliabilityEnd(drawn.map(({ curves }) => curves!.reliability));
  return [
    html`<p>
      On the dashed line a probability means what it says; above it the model is too timid, below too bold. The disc
      grows with the rows of its bin, which are counted underneath. ${episodesWords(report)}
    </p>`,
    panels(
      report,
      drawn,
      looks,
      ({ curves }, look) => reliabilityPlot(curves!.reliability, look, { id: `reliability-${look.id}`, end }),
      ({ figures }) => (figures === null ? null : html`ECE ${decimals(figures.ece.value, 4)}`),
      ({ family, curves }) => tableBehind(reliabilityTable(curves!.reliability, `Bins of ${family}`)),
    ),
    notDrawn(report, drawn),
  ];
}

/** A panel a family, all with the same axis of probability. */
export function histogramSection(report: RunReport, looks: Looks): Content {
  const drawn = report.families.filter(({ curves }) => curves !== null && curves.histogram.calm.length > 0);
  if (drawn.length === 0) return noCurves(report);
  const end = histogramEnd(drawn.map(({ curves }) => curves!.histogram));
  return [
    html`<p>
      Grey: rows that stayed calm. Line: rows before a spike. Each is a share of its own outcome, since calm rows are
      many times more. The further apart, the better the two are told from each other. ${episodesWords(report)}
    </p>`,
    panels(
      report,
      drawn,
      looks,
      ({ curves }, look) => scoreHistogramPlot(curves!.histogram, look, end),
      () => null,
    ),
    notDrawn(report, drawn),
  ];
}

function panels(
  report: RunReport,
  families: readonly FamilyReport[],
  looks: Looks,
  draw: (family: FamilyReport, look: SeriesLook) => Markup,
  words: (family: FamilyReport) => Content,
  behind: (family: FamilyReport) => Content = () => null,
): Markup {
  const order = chosenFirst(report).filter((family) => families.includes(family));
  return html`<div class="panels">
    ${order.map(
      (family) =>
        html`<figure>
          <h3>${family.family} <small>${joined([familyRole(family.family, report), words(family)], " · ")}</small></h3>
          ${draw(family, looks.get(family.family)!)} ${behind(family)}
        </figure> `,
    )}
  </div>`;
}

function notDrawn(report: RunReport, drawn: readonly FamilyReport[]): Content {
  const left = report.families.filter((family) => !drawn.includes(family));
  if (left.length === 0) return null;
  return html`<p class="empty">
    Not drawn:
    ${joined(
      left.map(({ family, refused }) => `${family} (${refused ?? "no curves"})`),
      "; ",
    )}.
  </p>`;
}

function noCurves(report: RunReport): Markup {
  return html`<p class="empty">There is nothing to draw: ${noFiguresWhy(report)}.</p>`;
}
