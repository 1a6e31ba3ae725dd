// A table with caption and headers that scrolls inside itself when the page is narrow.
import { html, type Content, type Markup } from "./html.ts";

export interface Column {
  readonly head: Content;
  /** Numbers are set right, words left. */
  readonly numeric?: boolean;
  /** Holds sentences, which need some width to be read. */
  readonly sentences?: boolean;
}

export interface TableOptions {
  readonly caption: Content;
  readonly columns: readonly Column[];
  /** The first cell names the row; the last cell of a row that is too short spans the rest. */
  readonly rows: readonly (readonly Content[])[];
  readonly className?: string;
  /** The text in place of a table without rows. */
  readonly nothing?: string;
}

/** Without rows the caption and `nothing` stand in place of the table. */
export function table({ caption, columns, rows, className = "", nothing = "None." }: TableOptions): Markup {
  if (rows.length === 0) return html`<p class="empty">${caption} ${nothing}</p>`;
  return html`<div class="scroll" tabindex="0">
    <table class="${className}">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" ${classOf(column)}>${column.head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tableRow(row, columns))}
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
        : html`<td${classOf(columns[i + 1])}>${cell}</td>`;
    })}
  </tr> `;
}

function classOf(column: Column | undefined): Content {
  if (column?.numeric === true) return html` class="num"`;
  return column?.sentences === true ? html` class="sentences"` : null;
}
