// A symbol's drift in the weekly report: the newest verdicts, how often the week alarmed against what was stated, and
// which columns moved.
import type { DriftSummary, DriftVerdict, FeatureDrift } from "../../drift/drift-verdict.ts";
import { tableBehind } from "../../../report/curve-tables.ts";
import { counted, decimals, percentText, utcMinuteText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { table } from "../../../report/table.ts";
import { verdictWords } from "../../words/drift-words.ts";
import { shareWords } from "./share-words.ts";
import { verdictPlot } from "./verdict-plot.ts";
import type { SymbolWeek } from "./symbol-week.ts";

type Drift = NonNullable<SymbolWeek["drift"]>;

/** Columns of the table at most: the furthest beyond their thresholds. */
const MAX_FEATURES = 8;

/** The whole drift part. @param id begins the ids of its plots. */
export function driftPart({ latest, history, concept, shares }: Drift, id: string): Markup {
  const hours = history.filter(({ window }) => window === "1h");
  const plot = verdictPlot(hours, `${id}-drift`);
  return html`<h3>Drift of inputs and scores</h3>
    ${(["1h", "24h"] as const).map((name) => {
      const verdict = latest[name];
      const words = verdict === null ? "no whole window has been closed" : verdictWords(verdict);
      return html`<p>
        <b>${name}</b>${verdict === null ? "" : ` to ${utcMinuteText(verdict.toMs)}`}:
        ${verdict?.verdict === "drift" ? html`<span class="alarm">${words}</span>` : words}
      </p>`;
    })}
    <ul>
      ${shares.map((share) => html`<li>${shareWords(share)}</li>`)}
    </ul>
    ${plot === null ? null : plotFigure(plot, hours)} ${featureTable(latest["24h"] ?? latest["1h"])}
    ${conceptTable(concept)}`;
}

function plotFigure(plot: Content, hours: readonly DriftSummary[]): Markup {
  return html`<figure class="wide">
    <div class="scroll" tabindex="0">${plot}</div>
    <figcaption>
      Share of drifted features by hour. Dashes: the limit of each window. A window that drifted below it did so by its
      farthest feature. Hollow: not judged.
    </figcaption>
    ${tableBehind(hoursTable(hours))}
  </figure>`;
}

function hoursTable(hours: readonly DriftSummary[]): Markup {
  return table({
    className: "compact",
    caption: "Verdicts by hour, newest first.",
    columns: [
      { head: "Window to" },
      { head: "Verdict" },
      { head: "Drifted features", numeric: true },
      { head: "Limit", numeric: true },
      { head: "Farthest, in its threshold", numeric: true },
    ],
    rows: hours
      .toReversed()
      .map(({ toMs, verdict, driftedShare, threshold, largestRatio }) => [
        utcMinuteText(toMs),
        verdict.replaceAll("_", " "),
        percentText(driftedShare),
        percentText(threshold),
        decimals(largestRatio, 2),
      ]),
  });
}

function featureTable(verdict: DriftVerdict | null): Content {
  if (verdict === null || verdict.features.length === 0) return null;
  // An object of before presence was judged gives none.
  const excess = ({ wasserstein, threshold, presence }: FeatureDrift): number =>
    (presence ?? null) === null ? (wasserstein ?? 0) / (threshold ?? 1) : Number.MAX_VALUE;
  const worst = verdict.features.toSorted((a, b) => excess(b) - excess(a)).slice(0, MAX_FEATURES);
  return table({
    className: "compact",
    caption: `The ${worst.length} of ${verdict.features.length} columns furthest from training in the ${verdict.window} window to ${utcMinuteText(verdict.toMs)}, ${counted(verdict.rows, "thinned row")}.`,
    columns: [
      { head: "Column" },
      ...["Wasserstein", "Threshold", "PSI", "KS", "Jensen–Shannon"].map((head) => ({ head, numeric: true })),
      { head: "Verdict" },
    ],
    rows: worst.map(({ name, wasserstein, threshold, psi, ks, jensenShannon, drifted, presence }) => [
      html`<code>${name}</code>`,
      ...[wasserstein, threshold, psi, ks, jensenShannon].map((x) => decimals(x, 3)),
      drifted === null ? "not judged" : drifted ? html`<span class="alarm">${presence ?? "drifted"}</span>` : "within",
    ]),
  });
}

function conceptTable(events: Drift["concept"]): Markup {
  return table({
    className: "compact",
    caption: "Changes in the champion's squared errors or scores, from means of 60 steps.",
    columns: [
      { head: "When" },
      { head: "Detector" },
      { head: "Of" },
      { head: "Mean before", numeric: true },
      { head: "Mean after", numeric: true },
    ],
    rows: events.map(({ atMs, detector, what, meanBefore, meanAfter }) => [
      utcMinuteText(atMs),
      detector,
      what,
      decimals(meanBefore, 4),
      decimals(meanAfter, 4),
    ]),
    nothing: "None was found.",
  });
}
