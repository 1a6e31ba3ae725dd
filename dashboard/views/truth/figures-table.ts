// Every figure of every model under one label, each with its interval, the episodes beside them.
import {
  countText,
  counted,
  decimals,
  intervalText,
  signedDecimals,
  signedIntervalText,
} from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { type LabelFigures, modelTitle, type ModelFigures } from "./quality-answer.ts";

const COLUMNS = [
  "Episodes",
  "PR-AUC",
  "Base rate",
  "Lift",
  "Brier",
  "Brier skill",
  "ECE",
  "Precision",
  "Recall",
  "Spikes: realised − expected",
  "Brier: realised − expected",
];

export function figuresTable(label: LabelFigures, models: readonly ModelFigures[]): Markup {
  return html`<h2>Figures</h2>
    ${table({
      caption: `${counted(label.episodes, "episode")} in ${counted(label.blocks, "block")}. Under each figure its 95 % interval. Precision and recall are at the model's own threshold.`,
      columns: [{ head: "Model" }, ...COLUMNS.map((head) => ({ head, numeric: true }))],
      rows: models.map(figuresRow),
      nothing: "No model has been followed here.",
    })}`;
}

function figuresRow(figures: ModelFigures): Content[] {
  const { model, confusion, expected, realised_minus_expected: gap, pr_auc_bounds: bounds } = figures;
  const { tp, fp, fn } = confusion;
  const version = [model.name, model.version].filter((part) => part !== null).join(" ");
  return [
    stacked(
      html`<span title="${model.sha256}">${modelTitle(model)}</span>`,
      version === "" ? null : version,
      figures.followed ? null : "scores no new steps",
    ),
    stacked(countText(figures.episodes), counted(figures.blocks, "block")),
    figures.pr_auc === null && bounds !== null
      ? stacked(decimals(null, 3), `within ${decimals(bounds.low, 3)} and ${decimals(bounds.high, 3)}`)
      : cell(figures.pr_auc, 3),
    stacked(decimals(figures.base_rate, 3), `${countText(tp + fn)} of ${countText(figures.resolved)}`),
    cell(figures.lift, 2),
    cell(figures.brier, 4),
    cell(figures.brier_skill, 3),
    cell(figures.ece, 4),
    stacked(decimals(figures.precision, 3), `${countText(tp)} hit, ${countText(fp)} false`),
    stacked(decimals(figures.recall, 3), `${countText(fn)} missed`),
    signedCell(gap.base_rate, 3, `expected ${decimals(expected.base_rate, 3)}`),
    signedCell(gap.brier, 4, `expected ${decimals(expected.brier, 4)}`),
  ];
}

type Figure = ModelFigures["brier"];

function cell(figure: Figure, digits: number): Content {
  return stacked(decimals(figure?.value ?? null, digits), figure === null ? null : intervalText(figure, digits));
}

function signedCell(figure: Figure, digits: number, words: string): Content {
  const interval = figure === null ? null : signedIntervalText(figure, digits);
  return stacked(signedDecimals(figure?.value ?? null, digits), interval, words);
}
