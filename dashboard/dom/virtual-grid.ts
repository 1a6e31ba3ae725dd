// A grid of any number of rows of which only those in sight are elements. Rows are recycled while it scrolls, and keep
// their place under the keyboard while they are sorted anew.
import { element, setAttribute } from "./element.ts";

export interface GridCell<Row> {
  readonly element: HTMLElement;
  /** Shows a row. Called at each change and while it scrolls: it must touch only what differs. */
  show(row: Row): void;
}

export interface GridColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** Said of the column where its title is pointed at. */
  readonly hint?: string;
  readonly sortable: boolean;
  readonly isNumber?: boolean;
  readonly create: () => GridCell<Row>;
}

export interface GridOptions<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Height of every row, by the layout of now. */
  readonly rowHeightPx: () => number;
  readonly onOpen: (row: Row) => void;
  readonly onSort: (columnId: string) => void;
}

export type SortDirection = "ascending" | "descending";

/** Rows made beyond those in sight, above and below. */
const OVERSCAN = 6;

interface PooledRow<Row> {
  readonly element: HTMLElement;
  readonly cells: readonly GridCell<Row>[];
  index: number;
}

/** Ids of rows, which `aria-activedescendant` names, are of one page. */
let grids = 0;

export class VirtualGrid<Row> {
  readonly element: HTMLElement;
  readonly #options: GridOptions<Row>;
  readonly #id = `grid-${(grids += 1)}`;
  readonly #space = element("div", { class: "grid-space", role: "rowgroup" });
  readonly #headers = new Map<string, HTMLElement>();
  readonly #head: HTMLElement;
  readonly #resized: ResizeObserver;
  #pool: PooledRow<Row>[] = [];
  #rows: readonly Row[] = [];
  #activeKey: string | null = null;
  #activeIndex = -1;

  constructor(options: GridOptions<Row>) {
    this.#options = options;
    const headers = options.columns.map((column) => this.#header(column));
    const headRow = element("div", { class: "grid-row", role: "row", "aria-rowindex": 1 }, ...headers);
    this.#head = element("div", { class: "grid-head", role: "rowgroup" }, headRow);
    this.element = element(
      "div",
      {
        class: "grid",
        role: "grid",
        tabindex: 0,
        "aria-label": options.label,
        "aria-colcount": options.columns.length,
        "aria-readonly": "true",
      },
      this.#head,
      this.#space,
    );
    this.element.addEventListener("scroll", () => this.refresh(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.#resized = new ResizeObserver(() => this.refresh());
    this.#resized.observe(this.element);
  }

  /** Rows in the order to be shown. */
  setRows(rows: readonly Row[]): void {
    this.#rows = rows;
    const { keyOf } = this.#options;
    this.#activeIndex = this.#activeKey === null ? -1 : rows.findIndex((row) => keyOf(row) === this.#activeKey);
    setAttribute(this.element, "aria-rowcount", String(rows.length + 1));
    this.refresh();
  }

  setSort(columnId: string, direction: SortDirection): void {
    for (const [id, header] of this.#headers) {
      if (header.dataset["sortable"] === "true")
        setAttribute(header, "aria-sort", id === columnId ? direction : "none");
    }
  }

  /** Shows the rows in sight again. */
  refresh(): void {
    const heightPx = this.#options.rowHeightPx();
    const headPx = this.#head.offsetHeight;
    const topPx = this.element.scrollTop;
    const seenPx = this.element.clientHeight - headPx;
    const first = Math.max(0, Math.floor(topPx / heightPx) - OVERSCAN);
    const last = Math.min(this.#rows.length, Math.ceil((topPx + seenPx) / heightPx) + OVERSCAN);
    this.#space.style.height = `${this.#rows.length * heightPx}px`;
    this.#resize(Math.max(0, last - first));
    for (let i = first; i < last; i += 1) {
      // A row keeps its element while it is in sight: only what scrolled out is used again.
      const pooled = this.#pool[i % this.#pool.length];
      const row = this.#rows[i];
      if (pooled !== undefined && row !== undefined) this.#place(pooled, row, i, i * heightPx);
    }
    const active = this.#pool.find(({ index }) => index === this.#activeIndex);
    setAttribute(this.element, "aria-activedescendant", active?.element.id ?? null);
  }

  close(): void {
    this.#resized.disconnect();
  }

  #header(column: GridColumn<Row>): HTMLElement {
    const title = column.sortable
      ? element("button", { type: "button", class: "grid-sort", title: column.hint ?? null }, column.title)
      : element("span", { title: column.hint ?? null }, column.title);
    if (column.sortable) title.addEventListener("click", () => this.#options.onSort(column.id));
    const header = element("div", { class: cellClass(column), role: "columnheader" }, title);
    header.dataset["sortable"] = String(column.sortable);
    this.#headers.set(column.id, header);
    return header;
  }

  #resize(count: number): void {
    while (this.#pool.length > count) this.#pool.pop()?.element.remove();
    while (this.#pool.length < count) {
      const cells = this.#options.columns.map((column) => column.create());
      cells.forEach((cell, i) => {
        const column = this.#options.columns[i];
        if (column !== undefined) cell.element.className = `${cellClass(column)} ${cell.element.className}`.trim();
        cell.element.setAttribute("role", "gridcell");
      });
      const made = element("div", { class: "grid-row", role: "row", id: `${this.#id}-${this.#pool.length}` });
      made.append(...cells.map((cell) => cell.element));
      this.#space.append(made);
      this.#pool.push({ element: made, cells, index: -1 });
    }
  }

  #place(pooled: PooledRow<Row>, row: Row, index: number, topPx: number): void {
    pooled.index = index;
    pooled.element.style.transform = `translateY(${topPx}px)`;
    setAttribute(pooled.element, "aria-rowindex", String(index + 2));
    setAttribute(pooled.element, "aria-selected", index === this.#activeIndex ? "true" : "false");
    for (const cell of pooled.cells) cell.show(row);
  }

  #onKey(event: KeyboardEvent): void {
    // A button of the head has keys of its own.
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#options.rowHeightPx()) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#activeIndex + 1,
      ArrowUp: this.#activeIndex - 1,
      PageDown: this.#activeIndex + page,
      PageUp: this.#activeIndex - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const target = moves[event.key];
    const active = this.#rows[this.#activeIndex];
    if (target !== undefined) {
      event.preventDefault();
      this.activate(target);
    } else if (event.key === "Enter" && active !== undefined) {
      event.preventDefault();
      this.#options.onOpen(active);
    }
  }

  /** Puts the keyboard on a row, the nearest one there is, and shows it. */
  activate(index: number): void {
    const bounded = Math.min(this.#rows.length - 1, Math.max(0, index));
    const row = this.#rows[bounded];
    if (row === undefined) return;
    this.#activeIndex = bounded;
    this.#activeKey = this.#options.keyOf(row);
    const heightPx = this.#options.rowHeightPx();
    const seenPx = this.element.clientHeight - this.#head.offsetHeight;
    const topPx = bounded * heightPx;
    if (topPx < this.element.scrollTop) this.element.scrollTop = topPx;
    else if (topPx + heightPx > this.element.scrollTop + seenPx) this.element.scrollTop = topPx + heightPx - seenPx;
    this.refresh();
  }

  #onClick(event: MouseEvent): void {
    if (!(event.target instanceof Element) || event.target.closest("a, button") !== null) return;
    const clicked = event.target.closest(".grid-row");
    const pooled = this.#pool.find((one) => one.element === clicked);
    const row = pooled === undefined ? undefined : this.#rows[pooled.index];
    if (row !== undefined) this.#options.onOpen(row);
  }
}

function cellClass<Row>(column: GridColumn<Row>): string {
  return `grid-cell cell-${column.id}${column.isNumber === true ? " number" : ""}`;
}
