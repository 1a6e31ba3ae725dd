// What the lines and markers of a plot mean: each beside its name.
import { html, type Content, type Markup } from "./html.ts";
import { markerAt, type SeriesLook } from "./series-look.ts";

/** Line and marker beside the name. @param extra further items of the list. */
export function legend(looks: readonly SeriesLook[], emphasised: string, extra: Content = null): Markup {
  return html`<ul class="legend">
    ${looks.map(
      (look) =>
        html`<li>
          ${swatch(look, look.name === emphasised)} ${look.name === emphasised ? html`<b>${look.name}</b>` : look.name}
        </li>`,
    )}${extra}
  </ul>`;
}

function swatch(look: SeriesLook, emphasised: boolean): Markup {
  const dash = look.dash === "" ? null : html` stroke-dasharray="${look.dash}"`;
  return html`<svg class="series-swatch" aria-hidden="true" width="42" height="12" viewBox="0 0 42 12">
    <path class="${look.className} curve${emphasised ? " chosen" : ""}" d="M1 6H41" ${dash} />
    ${markerAt(look, 21, 6)}
  </svg>`;
}
