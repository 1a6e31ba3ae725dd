// What the view of quality shows of an answer, as markup: the champion at a glance, the curves, every figure with its
// interval and its episodes, and in words why a figure is missing.
import {
  countText,
  counted,
  decimals,
  intervalText,
  signedDecimals,
  signedIntervalText,
} from "../../../report/figure-text.ts";
import { html, joined, type Content, type Markup } from "../../../report/html.ts";
import { tile } from "../../../report/tile.ts";
import { minuteText } from "../markup/answer-texts.ts";
import { missingList } from "../markup/missing-list.ts";
import { figuresTable } from "./figures-table.ts";
import { labelCurves } from "./label-curves.ts";
import { pairsTable } from "./pairs-table.ts";
import { recalibrationPart } from "./recalibration-part.ts";
import { ruleTable } from "./rule-table.ts";
import { servedAlerts } from "./served-alerts.ts";
import { volatilityTable } from "./volatility-table.ts";
import {
  inOrder,
  type LabelFigures,
  modelTitle,
  type ModelFigures,
  type QualityAnswer,
  type SymbolParts,
} from "./quality-answer.ts";

const NO_LABEL =
  "No model has figures here yet: the first label comes one horizon after the first prediction that is counted.";

/** @param parts what else is known of one symbol; `null` for all symbols together. */
export function truthPage(answer: QualityAnswer, parts: SymbolParts | null = null): Markup {
  const { labels, pairs, pooling = "" } = answer;
  return html`${period(answer)} ${missingList("What is missing", answer.missing)}
    ${labels.length === 0 ? html`<p class="notice">${NO_LABEL}</p>` : null}
    ${labels.map((label, i) => labelPart(label, i, labels.length > 1))}
    ${labels.length === 0 ? null : pairsTable(pairs)} ${volatilityTable(answer.volatility ?? [])}
    ${recalibrationPart(answer.recalibrations ?? [], answer.step_ms)}
    ${parts === null ? null : [servedAlerts(parts.threshold, answer.window), ruleTable(parts.alerts)]}
    ${symbolsPart(answer)}
    <p class="muted">Intervals: ${answer.interval}. ${pooling}</p>`;
}

function period({ from, to }: QualityAnswer): Content {
  if (from === null || to === null) return null;
  return html`<p class="muted">Steps from ${minuteText(from)} to ${minuteText(to)} UTC.</p>`;
}

function labelPart(label: LabelFigures, index: number, several: boolean): Markup {
  const models = inOrder(label.models);
  const champion = models.find(({ model }) => model.aliases.includes("champion"));
  return html`<section aria-label="Figures${several ? ` under label ${index + 1}` : null}">
    ${champion === undefined ? null : tiles(champion)}
    <p>
      ${countText(label.resolved)} resolved steps, ${counted(label.spikes, "spike")} in
      <b>${counted(label.episodes, "episode")}</b>, ${counted(label.blocks, "block")}; ${countText(label.pending)} wait
      for their label, ${countText(label.void)} have none. Mean threshold τ
      ${label.tau_bps_mean === null ? "unknown" : `${decimals(label.tau_bps_mean, 2)} bps`}. Label:
      <code>${label.label}</code>
    </p>
    ${labelCurves(label, models, `label-${index + 1}`)} ${figuresTable(label, models)} ${missingParts(models)}
  </section>`;
}

/** The champion's figures that say at a glance whether it can be trusted. */
function tiles(champion: ModelFigures): Markup {
  const { pr_auc: prAuc, lift, brier_skill: skill, ece, episodes, base_rate: baseRate } = champion;
  const gap = champion.realised_minus_expected.base_rate;
  return html`<div class="tiles">
    ${tile(
      "PR-AUC of the champion",
      withInterval(prAuc, 3),
      baseRate === null ? null : `a constant score reaches ${decimals(baseRate, 3)}`,
      episodes,
    )}
    ${tile("Lift over the base rate", withInterval(lift, 2), beyond(lift, 1, ["better than chance", "worse than chance"]), episodes)}
    ${tile("Brier skill", withInterval(skill, 3), beyond(skill, 0, ["better than the base rate", "worse than the base rate"]), episodes)}
    ${tile(
      "Spikes: realised − expected",
      gap === null
        ? decimals(null, 3)
        : html`${signedDecimals(gap.value, 3)} <small>${signedIntervalText(gap, 3)}</small>`,
      beyond(gap, 0, ["more spikes than promised", "fewer spikes than promised"]),
      episodes,
    )}
    ${tile("ECE, calibration error", withInterval(ece, 4), null, episodes)}
  </div>`;
}

type Figure = ModelFigures["ece"];

function withInterval(figure: Figure, digits: number): Content {
  return figure === null
    ? decimals(null, digits)
    : html`${decimals(figure.value, digits)} <small>${intervalText(figure, digits)}</small>`;
}

/** Whether the interval lies on one side of `reference`. */
function beyond(figure: Figure, reference: number, [above, below]: readonly [string, string]): string | null {
  if (figure === null) return null;
  if (figure.low > reference) return above;
  return figure.high < reference ? below : "not shown to differ";
}

/** Why figures are missing; models with the same reason stand together. */
function missingParts(models: readonly ModelFigures[]): Content {
  const byReason = new Map<string, string[]>();
  for (const { model, missing } of models) {
    for (const reason of missing) byReason.set(reason, [...(byReason.get(reason) ?? []), modelTitle(model)]);
  }
  return missingList(
    "What is missing",
    [...byReason].map(
      ([reason, names]) => `${names.length === models.length ? "every model" : names.join("; ")}: ${reason}`,
    ),
  );
}

function symbolsPart({ symbols }: QualityAnswer): Content {
  if (symbols === undefined) return null;
  const left = symbols.filter(({ included }) => !included);
  const words = `${counted(symbols.length - left.length, "symbol")} of ${countText(symbols.length)} ${symbols.length - left.length === 1 ? "is" : "are"} in these figures.`;
  if (left.length === 0) return html`<p>${words}</p>`;
  return html`<details>
    <summary>${words} Why the others are not</summary>
    <ul>
      ${left.map(({ symbol, reason }) => html`<li>${joined([symbol, reason ?? "no reason is known"], ": ")}</li>`)}
    </ul>
  </details>`;
}
