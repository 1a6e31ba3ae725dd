// A state in a word, with a shape and a colour.
import { html, type Markup } from "../../../report/html.ts";

export type ChipLook = "good" | "unsure" | "bad" | "off";

const CLASSES: Readonly<Record<ChipLook, string>> = {
  good: "is-live",
  unsure: "is-warming",
  bad: "is-alert",
  off: "is-stale",
};
const MARKS: Readonly<Record<ChipLook, string>> = { good: "●", unsure: "◔", bad: "▲", off: "○" };

export function chip(look: ChipLook, word: string): Markup {
  return html`<span class="chip ${CLASSES[look]}"
    ><span class="chip-mark" aria-hidden="true">${MARKS[look]}</span><span>${word}</span></span
  >`;
}
