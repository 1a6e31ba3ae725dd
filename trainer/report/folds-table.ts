// The folds in numbers: when, how many rows and episodes, which family was chosen, every family's PR-AUC.
import type { FoldReport, RunReport } from "../run/run-report.ts";
import type { RowFigures } from "../rows/row-figures.ts";
import { countText, decimals, intervalText, MISSING, utcText } from "../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { stacked, table } from "../../report/table.ts";

/** One row a fold. */
export function foldsTable({ folds }: Pick<RunReport, "folds">): Markup {
  const families = [...new Set(folds.flatMap(({ prAuc }) => Object.keys(prAuc)))];
  return table({
    caption:
      "Each fold trains on everything before its test block, less the purged rows between them. PR-AUC on the fold’s own test rows, with 95 % intervals; the family chosen inside the fold’s training rows is in bold.",
    columns: [
      { head: "Fold" },
      { head: "Test block (UTC)" },
      ...["Train rows", "Purged", "Test rows", "Base rate", "Episodes"].map((head) => ({ head, numeric: true })),
      { head: "Chosen" },
      ...families.map((head) => ({ head, numeric: true })),
    ],
    rows: folds.map((fold, i) => [
      String(i + 1),
      stacked(utcText(fold.testFromMs), `to ${utcText(fold.testToMs)}`),
      stacked(countText(fold.train.rows), `${countText(fold.train.episodes)} ep.`),
      countText(fold.purged),
      stacked(countText(fold.test.rows), `${countText(fold.test.positives)} spikes`),
      rateCell(fold.test),
      countText(fold.test.episodes),
      fold.chosen,
      ...families.map((family) => figureCell(fold, family)),
    ]),
  });
}

function rateCell(test: RowFigures): Content {
  return test.rows === 0 ? stacked(MISSING, "no rows") : decimals(test.baseRate, 4);
}

function figureCell({ prAuc, noPrAuc, chosen }: FoldReport, family: string): Content {
  const figure = prAuc[family] ?? null;
  if (figure === null) return stacked(MISSING, noPrAuc[family] ?? "not fitted");
  const value = decimals(figure.value, 3);
  return stacked(family === chosen ? html`<b>${value}</b>` : value, intervalText(figure, 3));
}
