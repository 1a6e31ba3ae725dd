// Paired gains: two models on the same blocks, which is what compares them.
import { comparisonWords } from "../../../report/comparison-words.ts";
import { countText, signedDecimals, signedIntervalText } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { modelTitle, type QualityAnswer } from "./quality-answer.ts";

type Pair = NonNullable<QualityAnswer["pairs"]>[number];
type Figure = Pair["brier_gain"];

export function pairsTable(pairs: readonly Pair[]): Content {
  if (pairs.length === 0) return null;
  return html`<h2>Paired gains</h2>
    ${table({
      caption: "Two models on the same blocks, with 95 % intervals; above 0 the first is better.",
      columns: [
        { head: "Compared" },
        { head: "Brier gain", numeric: true },
        { head: "PR-AUC gain", numeric: true },
        { head: "Blocks", numeric: true },
        { head: "Shown by the Brier gain", sentences: true },
      ],
      rows: pairs.map(({ model, reference, blocks, brier_gain: brier, pr_auc_gain: prAuc, reason }) => [
        `${modelTitle(model)} over ${modelTitle(reference)}`,
        gain(brier, 4),
        gain(prAuc, 3),
        countText(blocks),
        brier === null ? (reason ?? "no reason is known") : comparisonWords(brier, "higher"),
      ]),
    })}`;
}

function gain(figure: Figure, digits: number): Content {
  return stacked(
    signedDecimals(figure?.value ?? null, digits),
    figure === null ? null : signedIntervalText(figure, digits),
  );
}
