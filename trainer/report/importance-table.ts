// Feature importances of a family's model: the largest shares as bars, and in which direction each feature moves the
// score.
import type { FeatureImportance } from "../run/run-report.ts";
import { counted, percentText } from "../../report/figure-text.ts";
import type { SeriesLook } from "../../report/series-look.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { table } from "../../report/table.ts";

/** Number of rows; the other features are summed in a last row. */
const SHOWN = 12;

/** Features by falling share; for an empty list a text that there is none. */
export function importanceTable(importance: readonly FeatureImportance[], look: SeriesLook): Markup {
  const sorted = importance.toSorted((a, b) => b.share - a.share);
  const rest = sorted.slice(SHOWN);
  const largest = sorted[0]?.share ?? 0;
  const restShare = rest.reduce((sum, { share }) => sum + share, 0);
  return table({
    className: `importance ${look.className}`,
    caption: html`<b>${look.name}</b>`,
    columns: [{ head: "Feature" }, { head: "Share", numeric: true }, { head: "When it rises, the score" }],
    rows: [
      ...sorted
        .slice(0, SHOWN)
        .map((one) => [html`<code>${one.feature}</code>`, bar(one.share, largest), directionText(one)]),
      ...(rest.length === 0 ? [] : [[counted(rest.length, "other feature"), bar(restShare, largest), null]]),
    ],
  });
}

/** `▲ rises (imposed)`, `▼ falls`, `free`. */
function directionText({ direction, constrained }: FeatureImportance): string {
  if (direction === 0) return "free";
  return `${direction === 1 ? "▲ rises" : "▼ falls"}${constrained ? " (imposed)" : ""}`;
}

/** The bar is as long as the share is of the largest one. */
function bar(share: number, largest: number): Content {
  const width = largest > 0 && Number.isFinite(share) ? Math.min(100, (100 * share) / largest) : 0;
  return html`<span class="bar"><span style="width:${width.toFixed(1)}%"></span></span
    ><span class="bar-text">${percentText(share)}</span>`;
}
