// One figure in large digits, with its interval, a word about it, and the episodes that it stands on.
import { counted } from "./figure-text.ts";
import { html, type Content, type Markup } from "./html.ts";

/** @param figure the value with its interval; @param words what it means, `null` for nothing. */
export function tile(label: string, figure: Content, words: Content, episodes: number): Markup {
  return html`<div class="tile">
    <p class="tile-label">${label}</p>
    <p class="tile-figure">${figure}</p>
    ${words === null ? null : html`<p class="words">${words}</p>`}
    <p class="sub">${counted(episodes, "independent episode")}</p>
  </div>`;
}
