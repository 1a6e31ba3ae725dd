// What was reached by the alerts that were really given, beside what either threshold would have reached.
import { countText, percentText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import type { ReadPart } from "../../gateway/read-part.ts";
import { formatProbability } from "../../format/number-format.ts";
import { minuteText } from "../markup/answer-texts.ts";
import { thresholdSource } from "../markup/threshold-source.ts";
import type { QualityAnswer } from "./quality-answer.ts";

type AliasThreshold = SymbolThresholdAnswer["models"][number];
type Window = NonNullable<AliasThreshold["followed"]>["windows"]["24h"];
type Reached = Window["as_served"];

/** @param window of the figures above; an hour has no counts of its own, and shows those of a day. */
export function servedAlerts(part: ReadPart<SymbolThresholdAnswer>, window: QualityAnswer["window"]): Markup {
  return html`<h2>Alerts as served</h2>
    ${"missing" in part ? html`<p class="notice">Unknown: ${part.missing}.</p>` : aliases(part.value, window)}`;
}

function aliases({ mode, models }: SymbolThresholdAnswer, window: QualityAnswer["window"]): Content {
  if (models.length === 0) return html`<p class="empty">No model answers, so that nothing alerts.</p>`;
  return models.map((model) => aliasPart(model, mode, window === "30d" ? "30d" : "24h"));
}

function aliasPart(model: AliasThreshold, mode: SymbolThresholdAnswer["mode"], window: "24h" | "30d"): Content {
  const { alias, threshold, source, goal, followed } = model;
  const words = `The ${alias} alerts from ${formatProbability(threshold)} on: ${thresholdSource(source)}, for ${goal}.`;
  if (followed === null) {
    const why = mode === "off" ? "THRESHOLD_FOLLOWS is off" : "the goal of this model cannot be followed";
    return html`<p>${words} Alerts are not counted as served: ${why}.</p>`;
  }
  const counts = followed.windows[window];
  return [
    html`<p>${words}</p>`,
    table({
      caption: `Labelled steps since ${minuteText(counts.from)} UTC, in whole blocks of six hours; the last row has the last ${window === "24h" ? "24 h" : "30 d"}.`,
      columns: [
        { head: "Alerts" },
        ...["Precision", "Recall", "Alert rate", "Labelled steps"].map((head) => ({ head, numeric: true })),
      ],
      rows: [
        row("as given, each at the threshold of its time", counts.as_served),
        row("as stated: by the model's own or an operator's threshold", counts.stated),
        row("as followed, whether served or not", counts.followed),
        row(`at today's threshold, ${formatProbability(threshold)}`, counts.at_threshold),
      ],
    }),
  ];
}

function row(name: string, reached: Reached | null): Content[] {
  if (reached === null) return [name, "no step of this window has a label"];
  const { tp, fp, fn, tn, precision, recall, alert_rate: rate } = reached;
  return [
    name,
    stacked(percentText(precision), `${countText(tp)} hit, ${countText(fp)} false`),
    stacked(percentText(recall), `${countText(fn)} missed`),
    percentText(rate, 2),
    countText(tp + fp + fn + tn),
  ];
}
