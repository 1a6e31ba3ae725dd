// The comparison of all families: figures with intervals, then paired differences against the baselines.
import type { Evaluation, Figure } from "../../src/model/manifest-evaluation.ts";
import type { FamilyReport, PairedFigures, RunReport } from "../run/run-report.ts";
import {
  countText,
  counted,
  decimals,
  durationText,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
} from "../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { familyRole } from "./family-role.ts";
import { stacked, table, type Column } from "../../report/table.ts";
import { comparisonWords, type Better } from "../../report/comparison-words.ts";
import { missingReason } from "./verdict-text.ts";

const FIGURE_COLUMNS: readonly Column[] = [
  { head: "Family" },
  ...[
    "Episodes",
    "PR-AUC",
    "Lift",
    "ROC-AUC",
    "Brier",
    "Brier skill",
    "Log loss",
    "ECE",
    "Precision",
    "Recall",
    "F1",
    "Fit time",
  ].map((head) => ({ head, numeric: true })),
];

/** One row a family; a family without figures gives its reason instead. */
export function familiesTable(report: Pick<RunReport, "families" | "test" | "chosen" | "reference">): Markup {
  const { families, test } = report;
  return table({
    className: "families",
    caption: html`Pooled over the test rows of all folds: ${countText(test.rows)} rows, ${countText(test.positives)}
    spikes, base rate ${decimals(test.baseRate, 4)}, ${counted(test.episodes, "independent episode")}. Under each figure
    its 95 % interval. Precision, recall and F1 are at the family’s operating threshold.`,
    columns: FIGURE_COLUMNS,
    rows: families.map((family) => {
      const name = familyName(family, report);
      return family.figures === null
        ? [name, html`No figures: ${family.refused ?? "no reason was recorded"}.`]
        : [name, ...figureCells(family.figures), durationText(family.seconds)];
    }),
  });
}

/** The differences themselves say whether a family is better: overlapping intervals of two figures do not. */
export function pairedTable({ families, test, reference }: Pick<RunReport, "families" | "test" | "reference">): Markup {
  const against = [...new Set([reference.family, "zscore"])];
  const columns = against.flatMap((baseline) => [
    { head: html`PR-AUC minus ${baseline}`, numeric: true },
    { head: html`Brier minus ${baseline}`, numeric: true },
  ]);
  return table({
    caption: html`Paired differences on the same blocks, with 95 % intervals. Higher is better for PR-AUC, lower for
    Brier. ${counted(test.episodes, "independent episode")}.`,
    columns: [{ head: "Family" }, ...columns, { head: "Episodes", numeric: true }],
    rows: families.flatMap((family) =>
      family.figures === null
        ? [[family.family, html`No figures: ${family.refused ?? "no reason was recorded"}.`]]
        : [
            [
              family.family,
              ...against.flatMap((baseline) => pairedCells(family, baseline)),
              countText(family.figures.episodes),
            ],
          ],
    ),
  });
}

function familyName(
  { family, figures, refused }: FamilyReport,
  report: Pick<RunReport, "families" | "chosen" | "reference">,
): Content {
  const artifact = figures !== null && refused !== null ? "no artifact" : null;
  return stacked(
    family === report.chosen.refitted ? html`<b>${family}</b>` : family,
    familyRole(family, report),
    artifact,
  );
}

function figureCells(e: Evaluation): Content[] {
  const reason = missingReason(e, "too few blocks");
  return [
    countText(e.episodes),
    figureCell(e.prAuc, 3, reason),
    figureCell(e.lift, 2, reason),
    figureCell(e.rocAuc, 3, reason),
    figureCell(e.brier, 4, reason),
    figureCell(e.brierSkill, 3, reason),
    figureCell(e.logLoss, 4, reason),
    figureCell(e.ece, 4, reason),
    ...[e.precision, e.recall, e.f1].map((x) => (x === null ? missing(missingReason(e, "no alerts")) : decimals(x, 3))),
  ];
}

function figureCell(figure: Figure | null, digits: number, reason: string): Content {
  return figure === null ? missing(reason) : stacked(decimals(figure.value, digits), intervalText(figure, digits));
}

function pairedCells(family: FamilyReport, baseline: string): Content[] {
  const paired: PairedFigures | undefined = family.paired[baseline];
  const reason = family.family === baseline ? "itself" : "not both have figures";
  return [
    differenceCell(paired?.prAuc ?? null, 3, "higher", reason),
    differenceCell(paired?.brier ?? null, 4, "lower", reason),
  ];
}

function differenceCell(figure: Figure | null, digits: number, better: Better, reason: string): Content {
  if (figure === null) return missing(reason);
  return stacked(
    signedDecimals(figure.value, digits),
    signedIntervalText(figure, digits),
    comparisonWords(figure, better),
  );
}

function missing(reason: string): Content {
  return stacked(MISSING, reason);
}
