// A table with caption and headers that scrolls inside itself when the page is narrow.
import { html, type Content, type Markup } from "./html.ts";

export interface Column {
  readonly head: Content;
  /** Numbers are set right, words left. */
  readonly numeric?: boolean;
}

export interface TableOptions {
  readonly caption: Content;
  readonly columns: readonly Column[];
  /** The first cell names the row; the last cell of a row that is too short spans the rest. */
  readonly rows: readonly (readonly Content[])[];
  readonly className?: string;
}

/** Rows may be empty: the table then says that there is nothing. */
export function table({ caption, columns, rows, className = "" }: TableOptions): Markup {
  const body =
    rows.length === 0
      ? html`<tr>
          <td colspan="${columns.length}">None.</td>
        </tr>`
      : rows.map((row) => tableRow(row, columns));
  return html`<div class="scroll" tabindex="0">
    <table class="${className}">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head, numeric }) => html`<th scope="col" ${alignment(numeric)}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

/** A figure over its interval, and words about it under both. */
export function stacked(main: Content, below: Content, words: Content = null): Markup {
  return html`<span class="main">${main}</span
    >${below === null ? null : html`<span class="sub">${below}</span>`}${words === null ? null : html`<span class="sub words">${words}</span>`}`;
}

function tableRow(row: readonly Content[], columns: readonly Column[]): Markup {
  const [name, ...cells] = row;
  return html`<tr>
    <th scope="row">${name ?? null}</th>
    ${cells.map((cell, i) => {
      const span = i === cells.length - 1 ? columns.length - row.length + 1 : 1;
      return span > 1
        ? html`<td class="wide" colspan="${span}">${cell}</td>`
        : html`<td${alignment(columns[i + 1]?.numeric)}>${cell}</td>`;
    })}
  </tr> `;
}

function alignment(numeric = false): Content {
  return numeric ? html` class="num"` : null;
}
