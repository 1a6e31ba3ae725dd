// Says in a word how the page learns what happens: told as it happens, by asking, or not at all.
import { element, setText } from "../dom/element.ts";
import type { ViewContext } from "./view.ts";

const LOOKS = {
  live: { mark: "●", meaning: "The gateway tells this page what happens, as it happens" },
  polling: { mark: "◔", meaning: "This page asks the gateway again and again: no socket is open" },
  connecting: { mark: "◌", meaning: "The gateway has not answered yet" },
  lost: { mark: "✕", meaning: "The gateway does not answer: what is shown is of the past" },
  refused: { mark: "✕", meaning: "The gateway refuses to be read without a token" },
} as const;

export function lineState({ connection, overview }: ViewContext): HTMLElement {
  const mark = element("span", { class: "chip-mark", "aria-hidden": true });
  const word = element("span");
  const line = element("span", { class: "line-state", role: "status" }, mark, word);
  const show = (): void => {
    const { kind } = connection.state.value;
    const name = kind === "connected" ? (overview.isLive.value ? "live" : "polling") : kind;
    setText(mark, LOOKS[name].mark);
    setText(word, name);
    line.title = LOOKS[name].meaning;
    line.dataset["state"] = name;
  };
  connection.state.watch(show);
  overview.isLive.watch(show);
  return line;
}
