// A table of the weekly report: a caption that says what the figures stand on, and a body that scrolls when it is narrow.
import { html } from "hono/html";

/** Escaped by the tag that made it. */
export type Markup = ReturnType<typeof html>;
export type Content = Markup | string | readonly Content[];

export interface Column {
  readonly head: string;
  /** Numbers are set right, words left. */
  readonly kind?: "number" | "words";
}

export interface Row {
  /** The first names the row. */
  readonly cells: readonly Content[];
  /** Set off from the others. */
  readonly champion?: boolean;
}

/** A figure with something smaller under it. */
export function stacked(main: Content, below: Content): Markup {
  return html`${main}<span class="sub">${below}</span>`;
}

/** Without rows the table says `nothing`. */
export function reportTable(
  caption: Content,
  columns: readonly Column[],
  rows: readonly Row[],
  nothing = "None.",
): Markup {
  if (rows.length === 0) return html`<p class="empty">${caption} ${nothing}</p>`;
  return html`<div class="scroll" tabindex="0">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head, kind }) => html`<th scope="col" class="${classOf(kind)}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ cells: [name, ...cells], champion = false }) => {
          const values = cells.map((cell, i) => html`<td class="${classOf(columns[i + 1]?.kind)}">${cell}</td>`);
          return html`<tr class="${champion ? "champion" : ""}">
            <th scope="row">${name}</th>
            ${values}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function classOf(kind: Column["kind"]): string {
  return kind === "number" ? "num" : (kind ?? "");
}
