// The view `market`: every symbol in a row, live.
import type { OpenView, View, ViewContext } from "../../app/view.ts";
import { element, setText } from "../../dom/element.ts";
import { VirtualGrid } from "../../dom/virtual-grid.ts";
import type { OverviewRow } from "../../gateway/answers.ts";
import { formatRoute, type Route, routeTo, routeWith } from "../../route/route.ts";
import { marketColumns } from "./market-columns.ts";
import { filterRows, formatOrder, keepOrder, nextOrder, parseOrder, SORT_COLUMNS, sortRows } from "./market-rows.ts";
import { MarketToolbar } from "./market-toolbar.ts";

/** Under a pointer the order is kept this long. */
const HELD_MS = 10_000;

export const openMarketView: OpenView = (context) => new MarketView(context);

class MarketView implements View {
  readonly element: HTMLElement;
  readonly title = "Market";
  readonly #context: ViewContext;
  readonly #grid: VirtualGrid<OverviewRow>;
  readonly #toolbar: MarketToolbar;
  readonly #empty = element("p", { class: "market-empty", role: "status" });
  readonly #unwatch: (() => void)[];
  #route: Route;
  #shown: OverviewRow[] = [];
  #sortedMs = 0;

  constructor(context: ViewContext) {
    this.#context = context;
    this.#route = context.route.value;
    const { overview, clock, connection, seconds } = context;
    this.#grid = new VirtualGrid({
      label: "All symbols",
      columns: marketColumns({
        nowMs: () => clock.nowMs(),
        isLost: () => connection.state.value.kind !== "connected",
        linkOf: (symbol) => formatRoute(routeTo(this.#route, "symbol", symbol)),
      }),
      keyOf: ({ symbol }) => symbol,
      rowHeightPx: () => Number.parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height")) || 44,
      onOpen: ({ symbol }) => context.navigate(routeTo(this.#route, "symbol", symbol)),
      onSort: (id) => {
        const column = SORT_COLUMNS.find((known) => known === id);
        if (column !== undefined) this.#change({ sort: formatOrder(nextOrder(this.#order(), column)) });
      },
    });
    this.#toolbar = new MarketToolbar({
      onSearch: (search) => this.#change({ search }),
      onState: (state) => this.#change({ state }),
      onSort: (sort) => this.#change({ sort }),
      onDown: () => {
        this.#grid.element.focus();
        this.#grid.activate(0);
      },
    });
    this.element = element("section", { class: "market" }, this.#toolbar.element, this.#grid.element, this.#empty);
    document.addEventListener("keydown", this.#onKey);
    this.#unwatch = [
      overview.changes.watch(() => this.#showRows(false)),
      overview.failure.watch(() => this.#showEmpty()),
      connection.state.watch(() => this.#grid.refresh()),
      seconds.watch(() => this.#grid.refresh()),
    ];
    this.routeChanged(this.#route);
  }

  routeChanged(route: Route): void {
    this.#route = route;
    const order = this.#order();
    this.#grid.setSort(order.column, order.direction);
    this.#toolbar.show(route.state["search"] ?? "", route.state["state"] ?? "", formatOrder(order));
    this.#showRows(true);
  }

  close(): void {
    document.removeEventListener("keydown", this.#onKey);
    for (const unwatch of this.#unwatch) unwatch();
    this.#grid.close();
  }

  #order(): ReturnType<typeof parseOrder> {
    return parseOrder(this.#route.state["sort"]);
  }

  #change(changes: Record<string, string>): void {
    this.#context.navigate(routeWith(this.#route, changes), { replace: true });
  }

  #showRows(asked: boolean): void {
    const { overview, clock } = this.#context;
    const nowMs = clock.nowMs();
    const filter = { search: this.#route.state["search"] ?? "", state: this.#route.state["state"] ?? "" };
    const rows = filterRows(overview.rows.values(), filter, nowMs);
    const isHeld = !asked && this.#grid.element.matches(":hover") && performance.now() - this.#sortedMs < HELD_MS;
    if (isHeld) this.#shown = keepOrder(rows, this.#shown);
    else {
      this.#shown = sortRows(rows, this.#order(), nowMs);
      this.#sortedMs = performance.now();
    }
    this.#grid.setRows(this.#shown);
    this.#toolbar.count(overview.rows.values(), nowMs, this.#shown.length);
    this.#showEmpty();
  }

  #showEmpty(): void {
    const { overview } = this.#context;
    this.#empty.hidden = this.#shown.length > 0;
    if (this.#shown.length > 0) return;
    if (overview.facts.value === null) {
      const { value } = overview.failure;
      setText(this.#empty, value instanceof Error ? `No market yet: ${value.message}` : "Asking the gateway …");
    } else if (overview.rows.size === 0) {
      setText(this.#empty, "No symbol has received a tick yet.");
    } else setText(this.#empty, `None of ${overview.rows.size} symbols fits.`);
  }

  /** `/` searches, wherever the keyboard is. */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#toolbar.focusSearch();
  };
}
