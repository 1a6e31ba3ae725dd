// What stands above the market's rows: how many there are in each state, the search, and the filter.
import { element, setText } from "../../dom/element.ts";
import { stateWord } from "../../dom/state-chip.ts";
import { formatCount } from "../../format/number-format.ts";
import type { OverviewRow, SymbolState } from "../../gateway/answers.ts";
import { isAlerting, shownState } from "./market-rows.ts";

export interface ToolbarEvents {
  readonly onSearch: (search: string) => void;
  readonly onState: (state: string) => void;
  readonly onSort: (sort: string) => void;
  /** The keyboard leaves the search downwards. */
  readonly onDown: () => void;
}

const STATES: readonly SymbolState[] = ["live", "warming_up", "stale", "silent", "too_sparse", "flat", "unreachable"];

const SORTS: readonly (readonly [string, string])[] = [
  ["", "Name"],
  ["-probability", "Probability"],
  ["-sigma", "Expected σ"],
  ["-volatility", "Realized volatility"],
  ["-age", "Age"],
  ["-alerts", "Firing alerts"],
];

export class MarketToolbar {
  readonly element: HTMLElement;
  readonly #search = element("input", {
    type: "search",
    id: "market-search",
    placeholder: "Symbol or venue",
    autocomplete: "off",
    spellcheck: "false",
    "aria-keyshortcuts": "/",
  });
  readonly #sort = element("select", { id: "market-sort" }, ...SORTS.map(([value, word]) => option(value, word)));
  readonly #filters = new Map<string, { readonly button: HTMLButtonElement; readonly count: HTMLElement }>();
  readonly #shown = element("span", { class: "visually-hidden", role: "status" });
  #state = "";

  constructor(events: ToolbarEvents) {
    const filters = ["", "alert", ...STATES].map((state) => this.#filter(state, events));
    this.#search.addEventListener("input", () => events.onSearch(this.#search.value.trim()));
    this.#search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        events.onDown();
      } else if (event.key === "Escape" && this.#search.value !== "") {
        event.preventDefault();
        this.#search.value = "";
        events.onSearch("");
      }
    });
    this.#sort.addEventListener("change", () => events.onSort(this.#sort.value));
    this.element = element(
      "div",
      { class: "market-bar" },
      element("h1", {}, "Market"),
      element("div", { class: "market-filters", role: "group", "aria-label": "Filter by state" }, ...filters),
      element("label", { for: "market-search", class: "visually-hidden" }, "Search symbols"),
      this.#search,
      element("label", { for: "market-sort", class: "market-sort visually-hidden" }, "Sort by"),
      this.#sort,
      this.#shown,
    );
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  show(search: string, state: string, sort: string): void {
    // Not while it is typed into: the address follows it.
    if (document.activeElement !== this.#search) this.#search.value = search;
    this.#state = state;
    if (!SORTS.some(([value]) => value === sort)) this.#sort.append(option(sort, sort.replace("-", "")));
    this.#sort.value = sort;
    for (const [name, { button }] of this.#filters) button.setAttribute("aria-pressed", String(name === state));
  }

  /** How many there are in each state; states that none is in are not offered. */
  count(rows: Iterable<OverviewRow>, nowMs: number, shown: number): void {
    const counts = new Map<string, number>([["", 0]]);
    const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const row of rows) {
      add("");
      add(shownState(row, nowMs));
      if (isAlerting(row, nowMs)) add("alert");
    }
    for (const [name, { button, count }] of this.#filters) {
      const value = counts.get(name) ?? 0;
      setText(count, formatCount(value));
      button.hidden = value === 0 && name !== "" && name !== this.#state;
    }
    setText(this.#shown, this.#search.value === "" && this.#state === "" ? "" : `${shown} symbols fit`);
  }

  #filter(state: string, { onState }: ToolbarEvents): HTMLElement {
    const word = state === "" ? "all" : state === "alert" ? "alert" : stateWord(state as SymbolState);
    const count = element("b");
    const button = element("button", { type: "button", class: "quiet", "aria-pressed": "false" }, word, " ", count);
    button.addEventListener("click", () => onState(state === this.#state ? "" : state));
    this.#filters.set(state, { button, count });
    return button;
  }
}

function option(value: string, word: string): HTMLOptionElement {
  return element("option", { value }, word);
}
