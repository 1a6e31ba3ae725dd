// Which rows of the market are shown, and in which order.
import type { OverviewRow, SymbolState } from "../../gateway/answers.ts";
import type { SortDirection } from "../../dom/virtual-grid.ts";

export const SORT_COLUMNS = [
  "symbol",
  "price",
  "sigma",
  "volatility",
  "tau",
  "probability",
  "state",
  "age",
  "alerts",
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export interface MarketOrder {
  readonly column: SortColumn;
  readonly direction: SortDirection;
}

const BY_NAME: MarketOrder = { column: "symbol", direction: "ascending" };

/** Reads `probability` or `-probability`, the second for the largest first. Anything else sorts by name. */
export function parseOrder(text: string | undefined): MarketOrder {
  const isDescending = text?.startsWith("-") === true;
  const column = SORT_COLUMNS.find((known) => known === (isDescending ? text?.slice(1) : text));
  return column === undefined ? BY_NAME : { column, direction: isDescending ? "descending" : "ascending" };
}

/** What `parseOrder` reads; the order by name is an empty text. */
export function formatOrder({ column, direction }: MarketOrder): string {
  if (column === BY_NAME.column && direction === BY_NAME.direction) return "";
  return direction === "descending" ? `-${column}` : column;
}

/** Figures are asked for by their largest first, names by their first. Asked again, the other way round. */
export function nextOrder(order: MarketOrder, column: SortColumn): MarketOrder {
  if (order.column === column) {
    return { column, direction: order.direction === "ascending" ? "descending" : "ascending" };
  }
  return { column, direction: column === "symbol" || column === "state" ? "ascending" : "descending" };
}

/** A live row whose horizon is over is of the past, whatever was said when it was new. */
export function shownState(row: OverviewRow, nowMs: number): SymbolState {
  if (row.state !== "live" || row.ts === null || row.horizon_s === null) return row.state;
  return nowMs - row.ts > row.horizon_s * 1000 ? "stale" : "live";
}

export interface MarketFilter {
  /** Every word must be in the symbol or the venue. */
  readonly search: string;
  /** A state, or `alert` for what alerts now; empty for all. */
  readonly state: string;
}

export function filterRows(rows: Iterable<OverviewRow>, filter: MarketFilter, nowMs: number): OverviewRow[] {
  const words = filter.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const kept: OverviewRow[] = [];
  for (const row of rows) {
    const isWanted =
      filter.state === "" ||
      (filter.state === "alert" ? isAlerting(row, nowMs) : shownState(row, nowMs) === filter.state);
    if (!isWanted) continue;
    const text = words.length === 0 ? "" : `${row.symbol}@${row.venue ?? ""}`.toLowerCase();
    if (words.every((word) => text.includes(word))) kept.push(row);
  }
  return kept;
}

export function isAlerting(row: OverviewRow, nowMs: number): boolean {
  return row.alert === true && shownState(row, nowMs) === "live";
}

const VALUES: Readonly<Record<SortColumn, (row: OverviewRow, nowMs: number) => string | number | null>> = {
  symbol: ({ symbol }) => symbol,
  price: ({ price }) => price,
  sigma: ({ sigma_bps }) => sigma_bps,
  volatility: ({ rv_60_bps }) => rv_60_bps,
  tau: ({ tau_bps }) => tau_bps,
  // As a share of its threshold: models of different symbols alert from different probabilities on.
  probability: ({ probability, threshold }) =>
    probability === null ? null : threshold === null || threshold <= 0 ? probability : probability / threshold,
  state: (row, nowMs) => shownState(row, nowMs),
  age: ({ ts }, nowMs) => (ts === null ? null : nowMs - ts),
  alerts: ({ firing }) => firing,
};

/** Sorts in place. Rows without the figure come last in both directions, equal ones by name. */
export function sortRows(rows: OverviewRow[], { column, direction }: MarketOrder, nowMs: number): OverviewRow[] {
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = rows.map((row) => ({ row, value: VALUES[column](row, nowMs) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      if (a.value !== b.value) return a.value === null ? 1 : -1;
    } else if (a.value !== b.value) return a.value < b.value ? -sign : sign;
    return a.row.symbol < b.row.symbol ? -1 : 1;
  });
  keyed.forEach(({ row }, i) => (rows[i] = row));
  return rows;
}

/** The rows in the order of before; those that are new come last. Under a pointer nothing may jump. */
export function keepOrder(rows: readonly OverviewRow[], before: readonly OverviewRow[]): OverviewRow[] {
  const bySymbol = new Map(rows.map((row) => [row.symbol, row]));
  const kept: OverviewRow[] = [];
  for (const { symbol } of before) {
    const row = bySymbol.get(symbol);
    if (row === undefined) continue;
    kept.push(row);
    bySymbol.delete(symbol);
  }
  return [...kept, ...bySymbol.values()];
}
