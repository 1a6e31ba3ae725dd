// How far a symbol's figures can be trusted, in a word and a shape: no reader has to tell colours apart.
import type { SymbolState } from "../gateway/answers.ts";
import { element, setAttribute, setText } from "./element.ts";

interface Look {
  readonly word: string;
  readonly mark: string;
  readonly className: string;
  readonly meaning: string;
}

const LOOKS: Readonly<Record<SymbolState, Look>> = {
  live: { word: "live", mark: "●", className: "is-live", meaning: "The last step is recent" },
  warming_up: { word: "warming up", mark: "◔", className: "is-warming", meaning: "More ticks are needed" },
  stale: {
    word: "stale",
    mark: "◌",
    className: "is-stale",
    meaning: "The last step is old: its figures are of the past",
  },
  silent: { word: "silent", mark: "○", className: "is-stale", meaning: "No ticks come" },
  too_sparse: { word: "too sparse", mark: "⋯", className: "is-warming", meaning: "Too few of the steps have a tick" },
  flat: {
    word: "flat",
    mark: "―",
    className: "is-warming",
    meaning: "The price hardly moves: there is no threshold τ",
  },
  unreachable: { word: "unreachable", mark: "✕", className: "is-bad", meaning: "Its object does not answer" },
};
const LOST: Look = { word: "unknown", mark: "?", className: "is-stale", meaning: "No connection to the gateway" };

/** The words of a state, for filters. */
export function stateWord(state: SymbolState): string {
  return LOOKS[state].word;
}

export interface StateChip {
  readonly element: HTMLElement;
  /** With `lost` nothing is called live. */
  show(state: SymbolState, missing: readonly string[], lost: boolean): void;
}

export function stateChip(): StateChip {
  const mark = element("span", { class: "chip-mark", "aria-hidden": true });
  const word = element("span");
  const chip = element("span", { class: "chip" }, mark, word);
  return {
    element: chip,
    show(state, missing, lost) {
      const look = lost ? LOST : LOOKS[state];
      setText(mark, look.mark);
      setText(word, look.word);
      setAttribute(chip, "class", `chip ${look.className}`);
      setAttribute(
        chip,
        "title",
        missing.length === 0 ? look.meaning : `${look.meaning}. Missing: ${missing.join("; ")}`,
      );
    },
  };
}
