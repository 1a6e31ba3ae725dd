// The forecasts of volatility itself, by QLIKE, against EWMA on the same blocks.
import type { RunReport } from "../run/run-report.ts";
import {
  counted,
  decimals,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
} from "../../report/figure-text.ts";
import { html, type Markup } from "../../report/html.ts";
import { stacked, table } from "../../report/table.ts";
import { comparisonWords } from "../../report/comparison-words.ts";

/** One row a forecaster. */
export function volatilityTable({ volatility, test }: Pick<RunReport, "volatility" | "test">): Markup {
  return table({
    className: "compact",
    caption: html`Mean QLIKE on the pooled test rows with 95 % intervals; lower is better.
    ${counted(test.episodes, "independent episode")}.`,
    columns: [{ head: "Forecaster" }, { head: "QLIKE", numeric: true }, { head: "Minus EWMA", numeric: true }],
    rows: volatility.map(({ name, qlike, againstEwma }) => [
      name,
      stacked(decimals(qlike.value, 4), intervalText(qlike, 4)),
      againstEwma === null
        ? stacked(MISSING, name.toLowerCase().startsWith("ewma") ? "itself" : "no paired figures")
        : stacked(
            signedDecimals(againstEwma.value, 4),
            signedIntervalText(againstEwma, 4),
            comparisonWords(againstEwma, "lower"),
          ),
    ]),
  });
}
