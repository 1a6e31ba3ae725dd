// The figures behind precision–recall and reliability curves as tables, for who cannot see the plot or wants numbers.
import { countText, decimals, intervalText } from "./figure-text.ts";
import { html, type Content, type Markup } from "./html.ts";
import type { PrecisionRecallCurve, PrecisionRecallPoints } from "./precision-recall-plot.ts";
import type { ReliabilityPoint } from "./reliability-plot.ts";
import { stacked, table } from "./table.ts";

const RECALLS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** A table that is shown when the reader asks for it: the summary stands under the plot. */
export function tableBehind(content: Content, words = "Figures as a table"): Markup {
  return html`<details class="behind">
    <summary>${words}</summary>
    ${content}
  </details>`;
}

/** Precision at ten recalls, read from the steps of each curve: a row a recall, a column a curve. */
export function precisionRecallTable(curves: readonly PrecisionRecallCurve[], caption: Content): Markup {
  return table({
    className: "compact",
    caption,
    columns: [{ head: "Recall" }, ...curves.map(({ look }) => ({ head: look.name, numeric: true }))],
    rows: RECALLS.map((recall) => [decimals(recall, 1), ...curves.map(({ points }) => precisionCell(points, recall))]),
  });
}

/** A row a bin of probabilities. */
export function reliabilityTable(bins: readonly ReliabilityPoint[], caption: Content): Markup {
  return table({
    className: "compact",
    caption,
    columns: ["Mean probability", "Rows", "Share that were spikes"].map((head, i) => ({ head, numeric: i > 0 })),
    rows: bins.map(({ count, meanProbability, observed, low, high }) => [
      decimals(meanProbability, 3),
      countText(count),
      withInterval(observed, low, high),
    ]),
  });
}

/** Where the curve ends before this recall there is no precision. */
function precisionCell(points: PrecisionRecallPoints, recall: number): Content {
  const at = points.find((point) => point.recall >= recall - 1e-9);
  return at === undefined ? decimals(null, 3) : withInterval(at.precision, at.low, at.high);
}

function withInterval(value: number, low: number | null = null, high: number | null = null): Content {
  return stacked(decimals(value, 3), low === null || high === null ? null : intervalText({ value, low, high }, 3));
}
