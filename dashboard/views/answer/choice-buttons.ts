// A row of buttons of which one is pressed: the window of figures.
import { element, setAttribute } from "../../dom/element.ts";

export interface ChoiceButtons<T extends string> {
  readonly element: HTMLElement;
  show(chosen: T): void;
}

export function choiceButtons<T extends string>(
  label: string,
  choices: readonly { readonly value: T; readonly words: string }[],
  choose: (value: T) => void,
): ChoiceButtons<T> {
  const buttons = choices.map(({ value, words }) => {
    const button = element("button", { type: "button" }, words);
    button.addEventListener("click", () => choose(value));
    return { value, button };
  });
  const group = element("div", { class: "choices", role: "group", "aria-label": label });
  group.append(...buttons.map(({ button }) => button));
  return {
    element: group,
    show(chosen) {
      for (const { value, button } of buttons) setAttribute(button, "aria-pressed", String(value === chosen));
    },
  };
}
