// The top of the report: the gate's verdict in words, the figures that it rests on, and every warning.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { choseBaseline } from "../run/data-advice.ts";
import type { FamilyReport, LeakReport, RunReport } from "../run/run-report.ts";
import {
  counted,
  decimals,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
} from "../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { stacked, table } from "../../report/table.ts";
import { tile } from "../../report/tile.ts";
import { comparisonWords } from "../../report/comparison-words.ts";
import { missingReason, reasonText, sentence } from "./verdict-text.ts";

/** Verdict, reasons, warnings, figures, gains: in this order, none of them hidden. */
export function headline(report: RunReport): Markup {
  const { gate, chosen } = report;
  const passed = gate.verdict === "passed";
  if (choseBaseline(report)) return withoutModel(report);
  return html`<section class="headline" id="verdict">
    <h1>${chosen.refitted} ${passed ? "passed" : "did not pass"} the gate</h1>
    <p class="lead">
      ${passed ? `Its Brier score is shown to be better than that of ${report.reference.family}, the strongest baseline by the training rows, on the same test blocks.` : "It is a candidate: a gateway takes it as champion only when someone forces it, and records who and why."}
      The gate was tested once, on the predictions of ${chosen.refitted} over
      ${counted(gate.episodes, "independent episode")}.
    </p>
    ${passed ? null : reasons(gate.reasons)} ${advice(report)} ${warnings(report)} ${tiles(report)}
    <div class="columns">
      ${gains(report)}
      <div>
        <p><b>How ${chosen.refitted} was chosen.</b> ${sentence(chosen.why)} ${perFoldWords(report)}</p>
        <p><b>Why ${report.reference.family} is the reference.</b> ${sentence(report.reference.why)}</p>
      </div>
    </div>
  </section>`;
}

/** Of a run that chose a baseline: there is no model that a gate could judge. */
function withoutModel(report: RunReport): Markup {
  const { chosen } = report;
  return html`<section class="headline" id="verdict">
    <h1>No learned model: ${chosen.refitted} was chosen</h1>
    <p class="lead">${chosen.refitted} is a baseline, which a model has to beat. There is nothing to promote.</p>
    ${advice(report)} ${warnings(report)} ${tiles(report)}
    <p><b>How ${chosen.refitted} was chosen.</b> ${sentence(chosen.why)} ${perFoldWords(report)}</p>
  </section>`;
}

function advice({ advice: steps }: RunReport): Content {
  if (steps.length === 0) return null;
  return html`<div class="reasons">
    <h2>What to do next</h2>
    <ul>
      ${steps.map((step) => html`<li>${sentence(step)}</li>`)}
    </ul>
  </div>`;
}

/** The run's own warnings, then the leak checks that did not pass and that no warning names. */
function allWarnings({ warnings: own, leaks }: Pick<RunReport, "warnings" | "leaks">): string[] {
  const unsaid = ({ name, outcome }: LeakReport) =>
    outcome !== "passed" && !own.some((warning) => warning.includes(name));
  return [...own, ...leaks.filter(unsaid).map(leakWarning)];
}

function leakWarning({ name, outcome, detail }: LeakReport): string {
  const state = outcome === "failed" ? "failed: the figures below cannot be trusted" : "was not possible";
  return `Leak check “${name}” ${state}. ${detail}`;
}

function reasons(codes: readonly string[]): Markup {
  const sentences = codes.length === 0 ? ["No reason was recorded."] : codes.map(reasonText);
  return html`<div class="reasons">
    <h2>Why not</h2>
    <ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </div>`;
}

function warnings(report: RunReport): Content {
  const all = allWarnings(report);
  if (all.length === 0) return null;
  return html`<div class="warnings" role="note">
    <h2>${counted(all.length, "warning")}</h2>
    <ul>
      ${all.map((warning) => html`<li>${sentence(warning)}</li>`)}
    </ul>
  </div>`;
}

function tiles(report: RunReport): Markup {
  const { families, test, gate } = report;
  const judged = report.chosen.refitted;
  const model = families.find(({ family }) => family === judged);
  const reference = report.reference.family;
  const baseline = families.find(({ family }) => family === reference);
  const paired = model?.paired[reference]?.prAuc ?? null;
  return html`<div class="tiles">
    ${tile(`PR-AUC of ${report.chosen.refitted}`, figureOf(model), chanceWords(model), episodesOf(model, test.episodes))}
    ${tile("Base rate", decimals(test.baseRate, 3), "what a constant score reaches", test.episodes)}
    ${tile(`PR-AUC of ${reference}, the strongest baseline`, figureOf(baseline), chanceWords(baseline), episodesOf(baseline, test.episodes))}
    ${tile(`PR-AUC minus ${reference}`, paired === null ? html`${MISSING} <small>${pairedMissing(judged, reference)}</small>` : html`${signedDecimals(paired.value, 3)} <small>${signedIntervalText(paired, 3)}</small>`, paired === null ? null : comparisonWords(paired, "higher"), episodesOf(model, gate.episodes))}
  </div>`;
}

function figureOf(family: FamilyReport | undefined): Content {
  const figures = family?.figures ?? null;
  if (figures === null) return html`${MISSING} <small>${family?.refused ?? "not fitted"}</small>`;
  if (figures.prAuc === null) return html`${MISSING} <small>${missingReason(figures, "too few blocks")}</small>`;
  return html`${decimals(figures.prAuc.value, 3)} <small>${intervalText(figures.prAuc, 3)}</small>`;
}

function chanceWords(family: FamilyReport | undefined): string | null {
  const lift: Figure | null = family?.figures?.lift ?? null;
  return lift === null ? null : `${decimals(lift.value, 2)} × the base rate, ${intervalText(lift, 2)}: ${chance(lift)}`;
}

function chance(lift: Figure): string {
  const words = comparisonWords(lift, "higher", 1);
  return words === "not shown to differ" ? "not shown to differ from chance" : `${words} than chance`;
}

function episodesOf(family: FamilyReport | undefined, otherwise: number): number {
  return family?.figures?.episodes ?? otherwise;
}

function pairedMissing(family: string, reference: string): string {
  return family === reference ? `it is ${reference}` : "no paired figures";
}

function gains(report: RunReport): Markup {
  const { gate } = report;
  return table({
    className: "compact",
    caption: html`Brier gain of ${report.chosen.refitted}, mean over blocks with a 95 % t interval; above zero is
    better. ${counted(gate.episodes, "independent episode")}.`,
    columns: [{ head: "Over" }, { head: "Brier gain", numeric: true }],
    rows: Object.entries(gate.gains).map(([baseline, gain]) => [
      baseline,
      stacked(signedDecimals(gain.value, 4), signedIntervalText(gain, 4), comparisonWords(gain, "higher")),
    ]),
  });
}

function perFoldWords(report: RunReport): string {
  const { perFold, refitted } = report.chosen;
  if (perFold.length === 0) return "There was no fold to choose in.";
  const same = perFold.filter((family) => family === refitted).length;
  return `The first fold's training rows chose it; of all folds' training rows ${same} of ${perFold.length} would.`;
}
