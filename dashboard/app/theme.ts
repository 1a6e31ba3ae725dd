// Light or dark: as the system says, until the reader switches. The choice is kept in this browser.
import { Observed } from "./observed.ts";

export type ThemeChoice = "system" | "light" | "dark";
export type Theme = "light" | "dark";

const KEY = "volgate.theme";
const CHOICES: readonly ThemeChoice[] = ["system", "light", "dark"];

export class ThemeSwitch {
  readonly choice: Observed<ThemeChoice>;
  /** What is shown. Charts redraw with it: a canvas does not follow the style sheet. */
  readonly theme: Observed<Theme>;
  readonly #system = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    const kept = localStorage.getItem(KEY);
    this.choice = new Observed(CHOICES.find((choice) => choice === kept) ?? "system");
    this.theme = new Observed(this.#shown());
    this.#system.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    localStorage.setItem(KEY, choice);
    this.choice.set(choice);
    this.#apply();
  }

  #shown(): Theme {
    const { value } = this.choice;
    return value === "system" ? (this.#system.matches ? "dark" : "light") : value;
  }

  #apply(): void {
    const shown = this.#shown();
    document.documentElement.dataset["theme"] = shown;
    this.theme.set(shown);
  }
}
