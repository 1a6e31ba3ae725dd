// The page around a report: it opens from disk and loads nothing else, neither script nor font nor image.
import { html, trusted, type Content } from "./html.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** A part of the page with a heading of its own. */
export interface PageSection {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly content: Content;
}

export interface PageOptions {
  readonly title: string;
  /** The line at the top: the kind of report and its date. */
  readonly eyebrow: Content;
  readonly main: Content;
}

/** The whole page as text. A content policy in the page forbids scripts, whatever the content holds. */
export function pageFrame({ title, eyebrow, main }: PageOptions): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow"><b>volgate</b> ${eyebrow}</p>
        </header>
        <main>${main}</main>
      </body>
    </html> `.text;
}

/** Links to every section. */
export function sectionLinks(sections: readonly PageSection[]): Content {
  return html`<nav aria-label="Sections">
    <ul>
      ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;
}

/** The sections one after another. */
export function sectionList(sections: readonly PageSection[]): Content {
  return sections.map(
    ({ id, title, content }) =>
      html`<section id="${id}">
        <h2>${title}</h2>
        ${content}
      </section> `,
  );
}
