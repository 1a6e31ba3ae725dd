// What is missing and why, as a list that stands out.
import { html, type Content } from "../../../report/html.ts";

/** Nothing where nothing is missing. */
export function missingList(title: string, reasons: readonly Content[]): Content {
  if (reasons.length === 0) return null;
  return html`<div class="warnings" role="note">
    <p><b>${title}</b></p>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </div>`;
}
