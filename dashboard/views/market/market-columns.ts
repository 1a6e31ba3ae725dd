// The columns of the market.
import { element, setAttribute, setText } from "../../dom/element.ts";
import { stateChip } from "../../dom/state-chip.ts";
import type { GridCell, GridColumn } from "../../dom/virtual-grid.ts";
import { formatBps, formatCount, formatPrice, formatProbability, UNKNOWN } from "../../format/number-format.ts";
import { formatDuration } from "../../format/time-format.ts";
import type { OverviewRow } from "../../gateway/answers.ts";
import { isAlerting, shownState, type SortColumn } from "./market-rows.ts";
import { sparkLine } from "./spark-line.ts";

/** What the cells need beside their row. */
export interface MarketMoment {
  readonly nowMs: () => number;
  readonly isLost: () => boolean;
  readonly linkOf: (symbol: string) => string;
}

type Column = GridColumn<OverviewRow> & { readonly id: SortColumn };

export function marketColumns(moment: MarketMoment): Column[] {
  const figure = (read: (row: OverviewRow) => number | null, format: (value: number | null) => string) => () =>
    figureCell(read, format, moment);
  return [
    { id: "symbol", title: "Symbol", sortable: true, create: () => symbolCell(moment) },
    { id: "price", title: "Price", sortable: true, isNumber: true, create: figure((row) => row.price, formatPrice) },
    {
      id: "sigma",
      title: "σ bps",
      hint: "Volatility that the model expects of the horizon",
      sortable: true,
      isNumber: true,
      create: figure((row) => row.sigma_bps, formatBps),
    },
    {
      id: "volatility",
      title: "RV bps",
      hint: "Realized volatility of the last 60 steps",
      sortable: true,
      isNumber: true,
      create: figure((row) => row.rv_60_bps, formatBps),
    },
    {
      id: "tau",
      title: "τ bps",
      hint: "From this volatility on it is a spike",
      sortable: true,
      isNumber: true,
      create: figure((row) => row.tau_bps, formatBps),
    },
    {
      id: "probability",
      title: "Probability",
      hint: "Of a spike within the horizon; sorted as a share of its threshold",
      sortable: true,
      isNumber: true,
      create: () => probabilityCell(moment),
    },
    { id: "state", title: "State", sortable: true, create: () => stateCell(moment) },
    {
      id: "age",
      title: "Age",
      hint: "Of the last closed step",
      sortable: true,
      isNumber: true,
      create: () => ageCell(moment),
    },
    {
      id: "alerts",
      title: "Firing",
      hint: "Alert rules that fire for the symbol",
      sortable: true,
      isNumber: true,
      create: alertsCell,
    },
  ];
}

function symbolCell({ linkOf }: MarketMoment): GridCell<OverviewRow> {
  const link = element("a", { tabindex: "-1" });
  const venue = element("small");
  return {
    element: element("div", {}, link, " ", venue),
    show({ symbol, venue: name }) {
      // The venue stands behind the name already.
      const [shown = symbol] = symbol.split("@");
      setText(link, shown);
      setAttribute(link, "href", linkOf(symbol));
      setText(venue, name ?? "");
    },
  };
}

function figureCell(
  read: (row: OverviewRow) => number | null,
  format: (value: number | null) => string,
  moment: MarketMoment,
): GridCell<OverviewRow> {
  const cell = element("div");
  return {
    element: cell,
    show(row) {
      const value = read(row);
      setText(cell, format(value));
      setAttribute(cell, "title", value === null ? whyUnknown(row) : null);
      cell.classList.toggle("is-past", isPast(row, moment));
    },
  };
}

function probabilityCell(moment: MarketMoment): GridCell<OverviewRow> {
  const spark = sparkLine();
  const figure = element("b");
  const threshold = element("small");
  const cell = element("div", {}, spark.element, element("span", { class: "against" }, figure, " ", threshold));
  return {
    element: cell,
    show(row) {
      const alerts = isAlerting(row, moment.nowMs()) && !moment.isLost();
      spark.show(row, alerts);
      setText(figure, formatProbability(row.probability));
      setText(threshold, row.threshold === null ? "" : `/ ${formatProbability(row.threshold)}`);
      setAttribute(cell, "title", row.probability === null ? whyUnknown(row) : null);
      cell.classList.toggle("is-past", isPast(row, moment));
      cell.classList.toggle("is-alert", alerts);
    },
  };
}

function stateCell(moment: MarketMoment): GridCell<OverviewRow> {
  const chip = stateChip();
  const missing = element("small");
  const alert = element("span", { class: "chip is-alert", title: "The probability reaches its threshold" }, "▲ alert");
  return {
    element: element("div", {}, chip.element, " ", alert, missing),
    show(row) {
      const state = shownState(row, moment.nowMs());
      chip.show(state, row.missing, moment.isLost());
      alert.hidden = !isAlerting(row, moment.nowMs()) || moment.isLost();
      setText(missing, row.missing.join("; "));
    },
  };
}

function ageCell(moment: MarketMoment): GridCell<OverviewRow> {
  const cell = element("div");
  return {
    element: cell,
    show(row) {
      setText(cell, row.ts === null ? UNKNOWN : formatDuration(moment.nowMs() - row.ts));
      setAttribute(cell, "title", row.ts === null ? whyUnknown(row) : null);
    },
  };
}

function alertsCell(): GridCell<OverviewRow> {
  const cell = element("div");
  return {
    element: cell,
    show({ firing }) {
      setText(cell, formatCount(firing));
      setAttribute(cell, "title", firing === null ? "Its alerts are not known" : null);
      cell.classList.toggle("is-firing", firing !== null && firing > 0);
    },
  };
}

function isPast(row: OverviewRow, { nowMs, isLost }: MarketMoment): boolean {
  const state = shownState(row, nowMs());
  return isLost() || state === "stale" || state === "silent" || state === "unreachable";
}

function whyUnknown({ state, missing }: OverviewRow): string {
  if (missing.length > 0) return `Not known: ${missing.join("; ")}`;
  return state === "unreachable" ? "Not known: the symbol's object does not answer" : "Not known";
}
