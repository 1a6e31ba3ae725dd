// From which probability a symbol's models alert: where that comes from, what it is for, and its last changes.
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import { countText, decimals } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { formatProbability } from "../../format/number-format.ts";
import { minuteText } from "../markup/answer-texts.ts";
import { thresholdSource } from "../markup/threshold-source.ts";

type AliasThreshold = SymbolThresholdAnswer["models"][number];
type Followed = NonNullable<AliasThreshold["followed"]>;

/** Changes that are shown; the gateway's answer has fifty. */
const MOST_CHANGES = 5;
/** Stretches with a spike that a change needs. */
const NEEDED_STRETCHES = 60;

/** A paragraph and the last changes of each model that may answer. */
export function thresholdPart({ mode, models }: SymbolThresholdAnswer): Markup {
  if (models.length === 0) return html`<p class="muted">No model answers, so that nothing alerts.</p>`;
  return html`${models.map((model) => modelPart(model, mode))}`;
}

function modelPart(model: AliasThreshold, mode: SymbolThresholdAnswer["mode"]): Markup {
  const { alias, threshold, source, goal, manifest_threshold: manifest, followed } = model;
  const own = source === "manifest" ? "" : ` The model's own is ${formatProbability(manifest)}.`;
  return html`<p>
      The ${alias} alerts from <b>${formatProbability(threshold)}</b> on: ${thresholdSource(source)}, for ${goal}.${own}
    </p>
    ${followed === null ? nothingFollows(mode) : followedPart(followed, model)}`;
}

function nothingFollows(mode: SymbolThresholdAnswer["mode"]): Markup {
  const why = mode === "off" ? "THRESHOLD_FOLLOWS is off" : "the goal of this model cannot be followed";
  return html`<p class="muted">Nothing follows the live labels: ${why}.</p>`;
}

function followedPart(followed: Followed, { alias, source }: AliasThreshold): Content {
  const { threshold, lowest, highest, stretches_since: stretches, changes, change_count: count } = followed;
  const stands =
    source === "followed"
      ? "It"
      : `One that follows the live labels is not served. It is at ${formatProbability(threshold)} and`;
  return [
    html`<p class="muted">
      ${stands} stays between ${formatProbability(lowest)} and ${formatProbability(highest)}. Since its last change
      ${countText(stretches)} stretches of time had a spike; the next change needs ${NEEDED_STRETCHES}.
    </p>`,
    table({
      className: "compact",
      caption: `Changes for the ${alias}, newest first${count > MOST_CHANGES ? `: the last ${MOST_CHANGES} of ${count}` : ""}.`,
      columns: [{ head: "From (UTC)" }, { head: "Threshold", numeric: true }, { head: "Goal" }],
      rows: changes.slice(-MOST_CHANGES).reverse().map(changeCells),
      nothing: "It has not changed yet.",
    }),
  ];
}

function changeCells({ at, from, to, reached, true_positives: hits, positives, alerts }: Followed["changes"][number]) {
  const recall = positives > 0 ? decimals(hits / positives, 2) : decimals(null, 2);
  const precision = alerts > 0 ? decimals(hits / alerts, 2) : decimals(null, 2);
  return [
    stacked(...dayAndMinute(at)),
    stacked(formatProbability(to), `from ${formatProbability(from)}`),
    stacked(reached ? "reached" : "not reached", `precision ${precision}, recall ${recall}`),
  ];
}

function dayAndMinute(iso: string): [string, string] {
  const text = minuteText(iso);
  return [text.slice(0, 10), text.slice(11)];
}
