// Tables of ticks: each row of cells becomes an input of `parseTick`.
import { isMissing } from "../src/features/missing-value.ts";
import type { TickField } from "../src/features/tick-fields.ts";
import { type CellOfName, type LayoutInput, plainName, type RowField } from "./layouts/layout.ts";
import { isBarPlan, type TablePlan } from "./layouts/table-plan.ts";
import { RecordedBars, type TableContext } from "./recorded-bars.ts";
import { parquetInputValue } from "./recorded-parquet-tick.ts";
import type { RecordedBar, RowsOfLine } from "./recorded-row.ts";
import { TableMarkets } from "./table-markets.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Rows of one table, whatever its container. */
export type RecordedTable = RecordedBars | TickTable;

/** @throws UnreadableFileError when something about the table must be asked for. */
export function recordedTable(context: TableContext, plan: TablePlan): RecordedTable {
  const { layout } = plan;
  context.times.forms = layout.timeForms ?? [];
  if (layout.asksZone !== undefined && context.reading.timezone === undefined) {
    throw new UnreadableFileError(context.path, `got ${layout.name}, whose times are not UTC: ${layout.asksZone}`);
  }
  return isBarPlan(plan) ? new RecordedBars(context, plan) : new TickTable(context, plan);
}

class TickTable {
  private readonly context: TableContext;
  private readonly plan: TablePlan;
  private readonly fields: readonly (readonly [RowField, number])[];
  private readonly mustHave: ReadonlySet<RowField>;
  private readonly markets: TableMarkets;
  private readonly nameOf: (field: string) => string;

  constructor(context: TableContext, plan: TablePlan) {
    const { layout, names } = plan;
    const { mayBeEmpty = [] } = layout;
    this.context = context;
    this.plan = plan;
    this.fields = [...plan.fields].filter(([field]) => field !== "symbol");
    this.mustHave =
      mayBeEmpty === "all"
        ? new Set()
        : new Set(this.fields.map(([field]) => field).filter((field) => !mayBeEmpty.includes(field)));
    this.markets = new TableMarkets(context, plan);
    this.nameOf = (field) => {
      const name = names[plan.fields.get(field as RowField) ?? -1];
      return name === undefined || plainName(name) === plainName(field) ? field : `${field} (column ${name})`;
    };
  }

  get positions(): readonly number[] {
    return [...new Set([...this.plan.fields.values(), ...this.markets.positions])];
  }

  get width(): number {
    return this.plan.names.length;
  }

  rowsOfCells(cells: readonly unknown[], place: number): RowsOfLine {
    const { plan, width, markets, nameOf } = this;
    if (cells.length !== width) {
      return { reason: "not_a_row", field: "row", got: `${cells.length} cells`, expected: `${width} cells` };
    }
    const cellOf = (column: number): unknown => cells[column];
    const input: LayoutInput = {};
    for (const [field, column] of this.fields) {
      const value = inputValue(cells[column], field);
      if (this.mustHave.has(field) && isNothing(value)) {
        const expected = `a value, which ${plan.layout.name} always have`;
        return { reason: "not_a_row", field: plan.names[column]!, got: JSON.stringify(value ?? ""), expected };
      }
      input[field] = value;
    }
    const byName: CellOfName = (name) => cells[plan.plain.indexOf(name)];
    plan.layout.adjust?.(input, byName);
    input.ts = this.context.times.msOf(input.ts, place);
    input.symbol = markets.symbolOf(cellOf);
    return [{ input, place, kept: markets.keptOf(cellOf), nameOf }];
  }

  /** Rows held back: none, unlike in bars. */
  rest(): readonly RecordedBar[] {
    return [];
  }
}

function inputValue(value: unknown, field: RowField): unknown {
  if (typeof value === "string") return value.trim();
  // A time keeps all its digits.
  return field === "ts" ? value : parquetInputValue(value, field as TickField);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && isMissing(value));
}
