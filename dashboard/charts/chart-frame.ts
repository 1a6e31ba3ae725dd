// What stands around every chart: its title, its legend with the values under the cursor, and the table behind it.
import { element, setAttribute, setText } from "../dom/element.ts";
import type { StyleToken } from "./style-token.ts";

export interface LegendEntry {
  readonly label: string;
  readonly colour: StyleToken;
  readonly dashed?: boolean;
  readonly unit?: string;
  /** A mark of its own instead of a line, such as "▲". */
  readonly mark?: string;
}

/** What the table behind a chart shows: texts, so that it says what the chart's axis and legend say. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Why it is not all: the newest rows only, or one of several. */
  readonly note?: string;
}

export interface ChartFrameOptions {
  readonly title: string;
  /** A sentence beside the title. */
  readonly words?: string;
  readonly legend: readonly LegendEntry[];
  /** Asked for when the table is shown, and each time `tableChanged` is called while it is. */
  readonly table: () => ChartTable;
}

let frames = 0;

export class ChartFrame {
  readonly element: HTMLElement;
  /** Where the chart draws. */
  readonly plot: HTMLElement;
  readonly #table = element("div", { class: "chart-table scroll", tabindex: 0, role: "region", hidden: true });
  readonly #toggle = element("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Table");
  readonly #values: readonly HTMLElement[];
  readonly #words = element("span", { class: "chart-words" });
  readonly #options: ChartFrameOptions;

  constructor(options: ChartFrameOptions) {
    this.#options = options;
    const id = `chart-${(frames += 1)}`;
    this.#table.id = `${id}-table`;
    this.#table.setAttribute("aria-label", `Table: ${options.title}`);
    this.#toggle.setAttribute("aria-controls", this.#table.id);
    this.#toggle.setAttribute("aria-label", `Table of the chart “${options.title}”`);
    this.#toggle.addEventListener("click", () =>
      this.#showTable(this.#toggle.getAttribute("aria-expanded") !== "true"),
    );
    this.plot = element("div", { class: "chart-plot", role: "img", "aria-label": options.title });
    this.#values = options.legend.map(() => element("b", { class: "legend-value" }));
    setText(this.#words, options.words ?? "");
    this.element = element(
      "figure",
      { class: "chart", "aria-labelledby": `${id}-title` },
      element(
        "figcaption",
        {},
        element("h3", { id: `${id}-title` }, options.title),
        this.#words,
        element("ul", { class: "legend" }, ...options.legend.map((entry, i) => this.#legendItem(entry, i))),
        this.#toggle,
      ),
      this.plot,
      this.#table,
    );
  }

  /** The legend's values, in its order; an empty text shows none. */
  setValues(values: readonly string[]): void {
    this.#values.forEach((shown, i) => setText(shown, values[i] ?? ""));
  }

  setWords(words: string): void {
    setText(this.#words, words);
  }

  /** What a screen reader says of the drawing: the title, and what it shows in a sentence. */
  setDescription(description: string): void {
    setAttribute(this.plot, "aria-label", `${this.#options.title}. ${description}`);
  }

  tableChanged(): void {
    if (!this.#table.hidden) this.#fillTable();
  }

  #showTable(shown: boolean): void {
    this.#table.hidden = !shown;
    this.plot.hidden = shown;
    this.#toggle.setAttribute("aria-expanded", String(shown));
    this.#toggle.setAttribute("aria-pressed", String(shown));
    if (shown) this.#fillTable();
  }

  #fillTable(): void {
    const { columns, rows, note } = this.#options.table();
    const head = element("tr", {}, ...columns.map((title, i) => headCell(title, i)));
    const body = rows.map((cells) => element("tr", {}, ...cells.map((text, i) => bodyCell(text, i))));
    const caption = element(
      "caption",
      {},
      note === undefined ? this.#options.title : `${this.#options.title}: ${note}`,
    );
    this.#table.replaceChildren(
      element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...body)),
    );
  }

  #legendItem({ label, colour, dashed, mark, unit }: LegendEntry, index: number): HTMLElement {
    const swatch = element("span", { class: dashed === true ? "swatch dashed" : "swatch", "aria-hidden": true });
    swatch.style.setProperty("--c", `var(${colour})`);
    if (mark !== undefined) {
      swatch.className = "swatch marked";
      swatch.textContent = mark;
    }
    return element("li", {}, swatch, label, " ", this.#values[index] ?? null, unit === undefined ? null : ` ${unit}`);
  }
}

function headCell(title: string, index: number): HTMLElement {
  return element("th", { scope: "col", class: index === 0 ? null : "number" }, title);
}

function bodyCell(text: string, index: number): HTMLElement {
  return index === 0 ? element("th", { scope: "row" }, text) : element("td", { class: "number" }, text);
}
