// The weekly reports in the bucket, newest first.
import { html, type Content } from "../../../report/html.ts";
import { minuteText } from "../markup/answer-texts.ts";
import type { Report } from "./operations-answer.ts";

export function reportsPart(reports: readonly Report[]): Content {
  if (reports.length === 0) return html`<p class="empty">None was written yet: one is on Mondays, 06:05 UTC.</p>`;
  return html`<ul>
    ${reports.map(
      ({ date, page, json, written_at: at }) =>
        html`<li>
          <a href="${page}">${date}</a>, <a href="${json}">its figures as JSON</a>
          <small>written ${minuteText(at)} UTC</small>
        </li>`,
    )}
  </ul>`;
}
