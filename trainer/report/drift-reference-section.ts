// The gateway's limits for drift: the null-calibrated thresholds of each feature and of the dataset, or why there are
// none.
import type { DriftWindowReference } from "../../src/drift/drift-reference.ts";
import type { DriftReport, RunReport } from "../run/run-report.ts";
import { CUSTOMARY_DISTANCE } from "../../src/drift/drifted-share.ts";
import { decimals, MISSING } from "../../report/figure-text.ts";
import { html, type Content } from "../../report/html.ts";
import { table } from "../../report/table.ts";

/** A sentence per window length and a table of thresholds; without a reference the reason. */
export function driftReferenceSection({ driftReference }: Pick<RunReport, "driftReference">): Content {
  if (driftReference === null) {
    return html`<p class="empty">No learned model was fitted, and baselines are not watched for drift.</p>`;
  }
  const { family, windows } = driftReference;
  const calibrated = windows.filter(({ thresholds }) => thresholds !== null);
  return [
    html`<p>
      Windows of live rows of <b>${family}</b> are compared with the training rows. A feature drifted when its distance
      is above its threshold, the dataset when more than the given share of the features did, or when one of them lies
      further beyond its threshold than the given number of times.
    </p>`,
    html`<ul>
      ${windows.map((window) => html`<li>${windowWords(window)}</li>`)}
    </ul>`,
    calibrated.length === 0 ? null : thresholdTable(driftReference, calibrated),
  ];
}

function windowWords({ name, nullWindows, alpha, datasetShare, datasetRatio, reason }: DriftWindowReference): Content {
  if (datasetShare === null) {
    return html`<b>${name}</b>: not calibrated, ${reason ?? "no thresholds"}. Distances will be shown without a verdict.`;
  }
  return html`<b>${name}</b>: from ${nullWindows} training windows, for a false alarm in ${decimals(100 * alpha, 1)} %
    of the windows; the dataset drifted when more than ${decimals(100 * datasetShare, 1)} % of its features
    did${datasetRatio === null ? "" : html`, or one lies above ${decimals(datasetRatio, 2)} times its threshold`}.`;
}

function thresholdTable({ features }: DriftReport, windows: readonly DriftWindowReference[]): Content {
  return table({
    className: "compact",
    caption: html`Threshold of the normed Wasserstein distance, in standard deviations of the training rows. Where it is
    above ${decimals(CUSTOMARY_DISTANCE, 1)}, that customary threshold would alarm more often than stated.`,
    columns: [{ head: "Feature" }, ...windows.map(({ name }) => ({ head: name, numeric: true }))],
    rows: features.map((feature, f) => [
      html`<code>${feature}</code>`,
      ...windows.map(({ thresholds }) => threshold(thresholds?.[f] ?? null)),
    ]),
  });
}

function threshold(value: number | null): Content {
  return value === null ? html`${MISSING} <small>too few values</small>` : decimals(value, 3);
}
