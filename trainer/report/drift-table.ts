// How far each feature moved between a fold's training and test rows, as a table that is also a heat map.
import type { FoldReport, RunReport } from "../run/run-report.ts";
import { decimals, MISSING } from "../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { table } from "../../report/table.ts";

/** The customary threshold of the normed Wasserstein distance. */
export const CUSTOMARY_THRESHOLD = 0.1;

/** A distance of this much or more has the darkest cell. */
const DARKEST = 1;

/** So many columns do not fill the page and would only be stretched. */
const NARROW_FOLDS = 6;

/** Features by falling largest distance, a column per fold; with one fold, one column. */
export function driftTable({ folds }: Pick<RunReport, "folds">): Markup {
  return table({
    className: folds.length <= NARROW_FOLDS ? "drift compact" : "drift",
    caption: html`Normed Wasserstein distance (in standard deviations of the training rows). From
    ${decimals(CUSTOMARY_THRESHOLD, 1)} on, the customary threshold, in bold. Short, autocorrelated blocks lie apart
    even when nothing has changed: a large value is a question, not an alarm.`,
    columns: [{ head: "Feature" }, ...folds.map((_, i) => ({ head: `Fold ${i + 1}`, numeric: true }))],
    rows: byLargestDistance(folds).map(([feature, distances]) => [
      html`<code>${feature}</code>`,
      ...distances.map(cell),
    ]),
  });
}

/** Each feature with its distance per fold, `null` where the fold has none, the largest first. */
export function byLargestDistance(folds: readonly FoldReport[]): [string, (number | null)[]][] {
  const features = [...new Set(folds.flatMap(({ drift }) => drift.map(({ feature }) => feature)))];
  const tables = folds.map(({ drift }) => new Map(drift.map(({ feature, distance }) => [feature, distance])));
  const rows = features.map((feature): [string, (number | null)[]] => [
    feature,
    tables.map((distances) => distances.get(feature) ?? null),
  ]);
  const largest = (distances: readonly (number | null)[]) => Math.max(...distances.map((x) => finite(x) ?? -1));
  return rows.toSorted(([, a], [, b]) => largest(b) - largest(a));
}

function cell(distance: number | null): Content {
  const known = finite(distance);
  if (known === null) return html`<span class="heat">${MISSING} <small>no values</small></span>`;
  const strength = Math.round(100 * Math.min(1, known / DARKEST));
  const text = decimals(known, 3);
  return html`<span class="heat" style="--heat-share:${strength}%"
    >${known >= CUSTOMARY_THRESHOLD ? html`<b>${text}</b>` : text}</span
  >`;
}

function finite(x: number | null): number | null {
  return x !== null && Number.isFinite(x) ? x : null;
}
