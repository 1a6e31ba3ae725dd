// What the view of drift shows of an answer, as markup: the verdicts in words with the false-alarm rate that they
// state, features over time, the newest window by feature, and what the detectors found.
import { tableBehind } from "../../../report/curve-tables.ts";
import { counted, decimals, percentText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { table } from "../../../report/table.ts";
import {
  type DriftAnswer,
  type DriftLine,
  type DriftWindow,
  type JudgedWindow,
  minuteText,
  verdictTitle,
  type WindowVerdict,
} from "./drift-answer.ts";
import { driftHeatMap, heatLegend } from "./drift-heat-map.ts";
import { featureTable } from "./feature-table.ts";

/** @param shown the length of the windows whose features are shown. */
export function driftPage(answer: DriftAnswer, shown: DriftWindow): Markup {
  const { windows, history, concept } = answer;
  const newest = windows[shown];
  const lines = history.filter(({ window }) => window === shown);
  return html`<div class="verdicts">${(["1h", "24h"] as const).map((name) => verdictPart(name, windows[name]))}</div>
    <h2>Features over time</h2>
    ${heatPart(lines, shown)}
    <h2>The newest window of ${shown}</h2>
    ${
      newest.verdict === "none"
        ? html`<p class="empty">There is none: ${newest.reason}.</p>`
        : [customaryPart(newest), featureTable(newest)]
    }
    <h2>Errors and scores of the champion</h2>
    <p>${concept.words}.</p>
    ${conceptTable(concept.events)}`;
}

function verdictPart(name: DriftWindow, verdict: WindowVerdict): Markup {
  const look = { drift: "is-alert", ok: "is-live" }[verdict.verdict as string] ?? "is-warming";
  const mark = { drift: "▲", ok: "●" }[verdict.verdict as string] ?? "○";
  return html`<section class="panel" aria-label="Window of ${name}">
    <h2>
      ${name}
      <span class="chip ${look}"
        ><span class="chip-mark" aria-hidden="true">${mark}</span><span>${verdictTitle(verdict.verdict)}</span></span
      >
    </h2>
    ${
      verdict.verdict === "none"
        ? html`<p>${verdict.reason}.</p>`
        : html`<p>${verdict.words}</p>
            <p class="muted">
              To ${minuteText(verdict.to)} UTC, ${counted(verdict.rows, "thinned row")}. ${rateWords(verdict)}
            </p>`
    }
  </section>`;
}

/** How often this verdict is a false alarm: stated, and as far as training windows prove it. */
function rateWords({ false_alarms: rates }: JudgedWindow): string {
  const { stated_rate: stated, highest_rate: highest, training_windows: windows } = rates;
  if (stated === null) return "It states no false-alarm rate.";
  const proof = highest === null ? "" : `, with 95 % certainty below ${percentText(highest)}`;
  return `False alarms: ${percentText(stated)} stated${proof}, from ${counted(windows, "training window")}.`;
}

function heatPart(lines: readonly DriftLine[], shown: DriftWindow): Content {
  if (lines.length === 0) return html`<p class="empty">No window of ${shown} has been closed yet.</p>`;
  const map = driftHeatMap(lines);
  const behind = tableBehind(linesTable(lines));
  if (map === null) {
    return [
      html`<p class="empty">
        No window has ratios: the champion has no calibrated thresholds, or an older version wrote the windows.
      </p>`,
      behind,
    ];
  }
  return html`<p>
      Each cell is a feature's distance from the training data over its own threshold, the farthest feature first. In
      the row of verdicts a large dot is drift, a small one is none, a ring was not judged.
    </p>
    ${heatLegend()} ${map} ${behind}`;
}

/** Every window, newest first, with the features that were beyond their thresholds. */
function linesTable(lines: readonly DriftLine[]): Markup {
  return table({
    caption: "Windows, newest first.",
    columns: [
      { head: "Window to (UTC)" },
      { head: "Verdict" },
      { head: "Drifted features", numeric: true },
      { head: "Limit", numeric: true },
      { head: "Farthest ratio", numeric: true },
      { head: "Its limit", numeric: true },
      { head: "Beyond their threshold", sentences: true },
    ],
    rows: lines
      .toReversed()
      .map((line) => [
        minuteText(line.to),
        verdictTitle(line.verdict),
        percentText(line.drifted_share),
        percentText(line.threshold),
        decimals(line.largest_ratio, 2),
        decimals(line.ratio_threshold, 2),
        beyondWords(line),
      ]),
  });
}

function beyondWords({ ratios }: DriftLine): string {
  if (ratios === null || ratios === undefined) return "not known";
  const beyond = Object.entries(ratios).flatMap(([name, ratio]) =>
    ratio !== null && ratio >= 1 ? [{ name, ratio }] : [],
  );
  if (beyond.length === 0) return "none";
  return beyond
    .toSorted((a, b) => b.ratio - a.ratio)
    .map(({ name, ratio }) => `${name} ${decimals(ratio, 2)}`)
    .join(", ");
}

/** What others would say with fixed limits: shown, decides nothing. */
function customaryPart({ customary }: JudgedWindow): Content {
  if (customary.verdicts.length === 0) return null;
  return html`<details>
    <summary>What fixed limits would say</summary>
    <ul>
      ${customary.verdicts.map(
        ({ words, drift }) => html`<li>${words}: ${drift === null ? "unknown" : drift ? "drift" : "no drift"}</li>`,
      )}
    </ul>
    <p class="muted">They decide nothing here: they do not know how far a quiet market moves.</p>
  </details>`;
}

function conceptTable(events: DriftAnswer["concept"]["events"]): Content {
  if (events.length === 0) return null;
  return table({
    className: "compact",
    caption: `${counted(events.length, "change")}, from means of 60 steps.`,
    columns: [
      { head: "When (UTC)" },
      { head: "Detector" },
      { head: "Of" },
      { head: "Mean before", numeric: true },
      { head: "Mean after", numeric: true },
    ],
    rows: events.map(({ at, detector, what, mean_before: before, mean_after: after }) => [
      minuteText(at),
      detector,
      what,
      decimals(before, 4),
      decimals(after, 4),
    ]),
  });
}
