// What was changed of models, experiments, thresholds, symbols and feeds, newest first.
import type { ChangeAnswer } from "../../../src/http/aliases-schema.ts";
import { counted } from "../../../report/figure-text.ts";
import { html, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { minuteText, shortSha } from "./answer-texts.ts";

/** @param withheld what the gateway does not show to this reader. */
export function changesTable(changes: readonly ChangeAnswer[], withheld: readonly string[]): Markup {
  return table({
    caption: ["The last changes, newest first.", ...withheld.map((words) => `${words}.`)].join(" "),
    columns: [
      { head: "When (UTC)" },
      { head: "What" },
      { head: "From" },
      { head: "To" },
      { head: "By" },
      { head: "Reason", sentences: true },
    ],
    rows: changes.map(({ at, alias, from, to, by, who, reason, figures }) => [
      minuteText(at),
      alias,
      subject(from),
      subject(to),
      who === null ? by : `${who} (${by})`,
      stacked(
        html`<span class="wrapped">${reason ?? "–"}</span>`,
        figures === null ? null : `e ${figures.e_value.toPrecision(3)}, ${counted(figures.episodes, "episode")}`,
      ),
    ]),
    nothing: "Nothing has been changed.",
  });
}

/** A model by the first digits of its SHA-256; other texts whole. */
function subject(text: string | null): Markup {
  const isSha = text !== null && /^[0-9a-f]{64}$/.test(text);
  return html`<code title="${text ?? ""}">${isSha ? shortSha(text) : (text ?? "none")}</code>`;
}
