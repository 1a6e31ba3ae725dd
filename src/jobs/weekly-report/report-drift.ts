// A symbol's drift in the weekly report: the newest verdicts, how often the week alarmed against what was stated, and which
// columns moved.
import { html } from "hono/html";
import type { SymbolWeek } from "./weekly-report.ts";
import { verdictWords } from "../../http/drift-words.ts";
import { verdictPlot } from "./report-plots.ts";
import { type Markup, reportTable } from "./report-table.ts";
import { counted, decimals, percentText, utcText } from "./report-text.ts";

type Drift = NonNullable<SymbolWeek["drift"]>;

/** Columns of the table at most: the furthest beyond their thresholds. */
const MAX_FEATURES = 8;

/** All that is said of drift. */
export function driftPart({ latest, history, concept, shares }: Drift): Markup {
  const marks = history.filter(({ window }) => window === "1h");
  const plot = verdictPlot(
    "Share of drifted features by hour; dashes: the limit of each window; drifted below it: by the farthest feature; hollow: not judged",
    marks.map(({ toMs, driftedShare: share, threshold, verdict }) => ({ toMs, share, threshold, verdict })),
  );
  return html`<h3>Drift of inputs and scores</h3>
    ${(["1h", "24h"] as const).map((name) => {
      const verdict = latest[name];
      const words = verdict === null ? "no whole window has been closed" : verdictWords(verdict);
      return html`<p>
        <b>${name}</b>${verdict === null ? "" : ` to ${utcText(verdict.toMs)}`}:
        <span class="${verdict?.verdict === "drift" ? "alarm" : ""}">${words}</span>
      </p>`;
    })}
    <ul>
      ${shares.map((share) => html`<li>${shareWords(share)}</li>`)}
    </ul>
    ${plot} ${featureTable(latest["24h"] ?? latest["1h"])} ${conceptTable(concept)}`;
}

/** Stated and realised alarms of the week in a sentence, with those that the share of features alone would not have given. */
export function shareWords(share: Drift["shares"][number]): string {
  const { window, alpha, judged, alarms, byFarthest, unjudged, sinceMs } = share;
  const others = Object.entries(unjudged).map(([verdict, n]) => `${n} ${verdict.replaceAll("_", " ")}`);
  const rest = others.length === 0 ? "" : `; not judged: ${others.join(", ")}`;
  const since = sinceMs === null ? "" : `, verdicts kept since ${utcText(sinceMs)}`;
  if (judged === 0) return `${window} windows: none was judged this week${rest}${since}.`;
  const stated = alpha === null ? "no rate stated" : `stated without a change ${percentText(alpha)}`;
  const farthest = byFarthest === 0 ? "" : `, ${byFarthest} by the farthest feature alone`;
  return `${window} windows: ${alarms} of ${judged} drifted, ${percentText(alarms / judged)} (${stated})${farthest}${rest}${since}.`;
}

function featureTable(verdict: Drift["latest"]["1h"]): Markup | string {
  if (verdict === null || verdict.features.length === 0) return "";
  const excess = ({ wasserstein, threshold }: (typeof verdict.features)[number]): number =>
    (wasserstein ?? 0) / (threshold ?? 1);
  const worst = [...verdict.features].sort((a, b) => excess(b) - excess(a)).slice(0, MAX_FEATURES);
  return reportTable(
    `The ${worst.length} of ${verdict.features.length} columns furthest from training in the ${verdict.window} window to ${utcText(verdict.toMs)}, ${counted(verdict.rows, "thinned row")}.`,
    [
      { head: "Column" },
      { head: "Distance", kind: "number" },
      { head: "Threshold", kind: "number" },
      { head: "PSI", kind: "number" },
      { head: "KS", kind: "number" },
      { head: "Verdict", kind: "words" },
    ],
    worst.map((feature) => ({
      cells: [
        html`<code>${feature.name}</code>`,
        decimals(feature.wasserstein),
        decimals(feature.threshold),
        decimals(feature.psi),
        decimals(feature.ks),
        feature.drifted === null ? "not judged" : feature.drifted ? html`<span class="alarm">drifted</span>` : "within",
      ],
    })),
  );
}

function conceptTable(events: Drift["concept"]): Markup | string {
  return reportTable(
    "Changes in the champion's squared errors or scores, from means of 60 steps.",
    [
      { head: "When" },
      { head: "Detector" },
      { head: "Of" },
      { head: "Mean before", kind: "number" },
      { head: "Mean after", kind: "number" },
    ],
    events.map(({ atMs, detector, what, meanBefore, meanAfter }) => ({
      cells: [utcText(atMs), detector, what, decimals(meanBefore, 4), decimals(meanAfter, 4)],
    })),
    "None was found.",
  );
}
