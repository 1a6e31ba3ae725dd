// The newest window by feature, farthest first: a bar of its distance over its own threshold beside the figures.
import { decimals, percentText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { niceEnd } from "../../../report/linear-scale.ts";
import { stacked, table } from "../../../report/table.ts";
import { type FeatureDistance, type JudgedWindow, minuteText, ratioOf } from "./drift-answer.ts";

const BAR = 200;

export function featureTable(window: JudgedWindow): Markup {
  const sorted = window.features.toSorted((a, b) => rankOf(b) - rankOf(a));
  const end = niceEnd(Math.max(1.2, ...sorted.map((feature) => ratioOf(feature) ?? 0)));
  return table({
    className: "features",
    caption: `Window to ${minuteText(window.to)} UTC, ${window.rows} thinned rows. The upright line is the feature's own threshold; bars end at ${decimals(end, 1)} of it.`,
    columns: [
      { head: "Feature" },
      { head: "Distance in its threshold" },
      ...["Ratio", "Wasserstein", "Threshold", "PSI", "KS", "Missing"].map((head) => ({ head, numeric: true })),
      { head: "Verdict", sentences: true },
    ],
    rows: sorted.map((feature) => featureRow(feature, end)),
    nothing: "No feature could be compared.",
  });
}

function featureRow(feature: FeatureDistance, end: number): Content[] {
  const { name, wasserstein, threshold, psi, ks, drifted, words, presence } = feature;
  return [
    html`<code>${name}</code>`,
    ratioBar(ratioOf(feature), end),
    decimals(ratioOf(feature), 2),
    ...[wasserstein, threshold, psi, ks].map((x) => decimals(x, 3)),
    stacked(percentText(feature.missing_share), `training ${percentText(feature.reference_missing_share)}`),
    drifted === true || presence !== null ? html`<span class="alarm">${words}</span>` : words,
  ];
}

/** What appeared or vanished is first, then the largest ratio; what is not judged is last. */
function rankOf(feature: FeatureDistance): number {
  return feature.presence !== null ? Number.MAX_VALUE : (ratioOf(feature) ?? -1);
}

/** Beyond its threshold a bar has the colour of an alarm. Without a ratio there is none. */
function ratioBar(ratio: number | null, end: number): Content {
  if (ratio === null) return html`<span class="muted">no threshold</span>`;
  const x = (value: number): number => Math.min(BAR, (BAR * value) / end);
  return html`<svg class="ratio-bar" aria-hidden="true" viewBox="0 0 ${BAR} 12" preserveAspectRatio="none">
    <path class="${ratio >= 1 ? "ratio-4" : "within"}" d="M0 2h${x(ratio)}v8h-${x(ratio)}z" />
    <path class="threshold" d="M${x(1)} 0v12" />
  </svg>`;
}
