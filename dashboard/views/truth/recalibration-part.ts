// What recalibrates each model of a symbol, and whether that helps: calibration by month of the model's own scores, of
// the recalibrated ones and of what was answered.
import { counted, countText, decimals, signedDecimals, utcMinuteText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import type { ModelRecalibration } from "../../../src/http/recalibration-schema.ts";
import { recalibrationSentence } from "../markup/recalibration-sentence.ts";
import { isContender, modelTitle } from "./quality-answer.ts";

type Month = ModelRecalibration["months"][number];

/** Nothing of all symbols together: each has its own. @param stepMs length of the grid's step. */
export function recalibrationPart(recalibrations: readonly ModelRecalibration[], stepMs: number): Content {
  if (recalibrations.length === 0) return null;
  const contenders = recalibrations.filter(({ model }) => isContender(model));
  const others = recalibrations.filter(({ model }) => !isContender(model));
  return html`<h2>Recalibration</h2>
    ${contenders.map((one) => modelPart(one, stepMs))}
    ${
      others.length === 0
        ? null
        : html`<details>
            <summary>${counted(others.length, "baseline")}</summary>
            ${others.map((one) => modelPart(one, stepMs))}
          </details>`
    }`;
}

function modelPart(one: ModelRecalibration, stepMs: number): Markup {
  const { model, months, changes } = one;
  return html`<p><b>${modelTitle(model)}</b>: ${recalibrationSentence(one)}</p>
    ${months.length === 0 ? null : monthsTable(modelTitle(model), months)} ${changesList(changes, stepMs)}`;
}

function monthsTable(title: string, months: readonly Month[]): Markup {
  return table({
    caption: `Calibration of ${title} by month (UTC), newest first.`,
    columns: [
      { head: "Month" },
      ...["Labels", "ECE, model's own", "recalibrated", "as answered"].map(number),
      ...["Brier skill, model's own", "recalibrated", "as answered"].map(number),
    ],
    rows: months.toReversed().map(monthCells),
  });
}

function number(head: string): { head: string; numeric: true } {
  return { head, numeric: true };
}

function monthCells({ month, ...kinds }: Month): Content[] {
  const all = [kinds.raw, kinds.recalibrated, kinds.served];
  return [
    month,
    stacked(countText(kinds.served.rows), counted(kinds.served.spikes, "spike")),
    ...all.map(({ ece }) => decimals(ece, 4)),
    ...all.map(({ brier_skill: skill }) => decimals(skill, 3)),
  ];
}

function changesList(changes: ModelRecalibration["changes"], stepMs: number): Content {
  if (changes.length === 0) return null;
  return html`<ul>
    ${changes
      .toReversed()
      .map(
        ({ step, to, e_value: eValue, mean_gain: gain, rows }) =>
          html`<li>
            ${utcMinuteText(step * stepMs)}: ${to === "serving" ? "began to serve" : "was undone"}, evidence
            ${decimals(eValue, 1)}, mean Brier gain ${signedDecimals(gain, 5)} over ${counted(rows, "label")}.
          </li>`,
      )}
  </ul>`;
}
