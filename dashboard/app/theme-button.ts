// The switch between the system's theme, light and dark.
import { element } from "../dom/element.ts";
import type { ThemeChoice, ThemeSwitch } from "./theme.ts";

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: "light", light: "dark", dark: "system" };
const WORDS: Readonly<Record<ThemeChoice, string>> = { system: "Auto", light: "Light", dark: "Dark" };

export function themeButton(themes: ThemeSwitch): HTMLElement {
  const button = element("button", { type: "button", class: "quiet" });
  button.addEventListener("click", () => themes.choose(NEXT[themes.choice.value]));
  themes.choice.watch((choice) => {
    button.textContent = WORDS[choice];
    button.title = `Theme: ${WORDS[choice]}. Press for ${WORDS[NEXT[choice]]}.`;
    button.setAttribute("aria-label", `Theme: ${WORDS[choice]}`);
  });
  return button;
}
