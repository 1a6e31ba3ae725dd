// How far each feature moved between a fold's training and test rows, as tables that are also heat maps: one a
// distance.
import { CUSTOMARY_DISTANCE, CUSTOMARY_SHARE } from "../../src/drift/drifted-share.ts";
import { decimals, MISSING, percentText } from "../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { table } from "../../report/table.ts";
import type { FoldFeatureDrift } from "../folds/fold-drift.ts";
import type { FoldReport, RunReport } from "../run/run-report.ts";

/** One of the four distances. */
interface Distance {
  readonly key: Exclude<keyof FoldFeatureDrift, "feature">;
  readonly name: string;
  readonly caption: Content;
  /** From here on a figure is in bold; `null` where there is no custom. */
  readonly customary: number | null;
  /** A distance of this much or more has the darkest cell. */
  readonly darkest: number;
}

const WASSERSTEIN: Distance = {
  key: "distance",
  name: "Wasserstein",
  caption: html`Normed Wasserstein distance (in standard deviations of the training rows). From
  ${decimals(CUSTOMARY_DISTANCE, 1)} on, the customary threshold, in bold. Short, autocorrelated blocks lie apart even
  when nothing has changed: a large value is a question, not an alarm.`,
  customary: CUSTOMARY_DISTANCE,
  darkest: 1,
};

const OTHERS: readonly Distance[] = [
  {
    key: "psi",
    name: "Population stability index",
    caption: `Σ (r − c) · ln(r / c) over pooled bins. From ${decimals(CUSTOMARY_DISTANCE, 1)} on in bold.`,
    customary: CUSTOMARY_DISTANCE,
    darkest: 1,
  },
  {
    key: "ks",
    name: "Kolmogorov–Smirnov",
    caption:
      "Largest difference between the two distribution functions, from 0 to 1. Rows that follow each other are alike, so that a p value would mean nothing here.",
    customary: null,
    darkest: 0.5,
  },
  {
    key: "jensenShannon",
    name: "Jensen–Shannon",
    caption: `Distance over pooled bins, from 0 to 0.833. From ${decimals(CUSTOMARY_DISTANCE, 1)} on in bold.`,
    customary: CUSTOMARY_DISTANCE,
    darkest: 0.5,
  },
];

/** So many columns do not fill the page and would only be stretched. */
const NARROW_FOLDS = 6;

/** The Wasserstein distance, which the gateway's verdicts rest on, open; the others unfold. */
export function driftTables({ folds }: Pick<RunReport, "folds">): Content {
  return [
    distanceTable(folds, WASSERSTEIN),
    OTHERS.map(
      (distance) =>
        html`<details>
          <summary>${distance.name}</summary>
          ${distanceTable(folds, distance)}
        </details> `,
    ),
  ];
}

/** Features by falling largest distance, a column per fold. */
function distanceTable(folds: readonly FoldReport[], distance: Distance): Markup {
  const rows = byLargest(folds, distance).map(([feature, distances]) => [
    html`<code>${feature}</code>`,
    ...distances.map((one) => cell(one, distance)),
  ]);
  return table({
    className: folds.length <= NARROW_FOLDS ? "drift compact" : "drift",
    caption: distance.caption,
    columns: [{ head: "Feature" }, ...folds.map((_, i) => ({ head: `Fold ${i + 1}`, numeric: true }))],
    rows: distance === WASSERSTEIN ? [shareRow(folds), ...rows] : rows,
  });
}

/** The share of drifted features per fold, as Evidently computes it. */
function shareRow(folds: readonly FoldReport[]): Content[] {
  const name = html`Share at ${decimals(CUSTOMARY_DISTANCE, 1)} or more
    <span class="sub">from ${percentText(CUSTOMARY_SHARE, 0)} on, customarily drift of the data set</span>`;
  return [
    name,
    ...folds.map(({ driftedShare }) => {
      const text = percentText(driftedShare, 0);
      return html`<span class="heat">${(driftedShare ?? 0) >= CUSTOMARY_SHARE ? html`<b>${text}</b>` : text}</span>`;
    }),
  ];
}

/** Each feature with its distance per fold, `null` where the fold has none, the largest first. */
function byLargest(folds: readonly FoldReport[], { key }: Distance): [string, (number | null)[]][] {
  const features = [...new Set(folds.flatMap(({ drift }) => drift.map(({ feature }) => feature)))];
  const byFold = folds.map(({ drift }) => new Map(drift.map((one) => [one.feature, one[key]])));
  const rows = features.map((feature): [string, (number | null)[]] => [
    feature,
    byFold.map((distances) => finite(distances.get(feature))),
  ]);
  const largest = (distances: readonly (number | null)[]) => Math.max(...distances.map((x) => x ?? -1));
  return rows.toSorted(([, a], [, b]) => largest(b) - largest(a));
}

function cell(distance: number | null, { customary, darkest }: Distance): Content {
  if (distance === null) return html`<span class="heat">${MISSING} <small>no values</small></span>`;
  const strength = Math.round(100 * Math.min(1, distance / darkest));
  const text = decimals(distance, 3);
  return html`<span class="heat" style="--heat-share:${strength}%"
    >${customary !== null && distance >= customary ? html`<b>${text}</b>` : text}</span
  >`;
}

function finite(x: number | undefined): number | null {
  return x !== undefined && Number.isFinite(x) ? x : null;
}
