// Finds the market of each row of a table, whose columns may name it in several ways.
import { splitKey } from "../src/features/symbol-name.ts";
import type { KeptMarkets } from "./kept-markets.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import { isBarPlan } from "./layouts/table-plan.ts";
import { marketOfFile } from "./market-of-file.ts";
import { folderSymbol } from "./recording-name.ts";
import { isWanted } from "./symbol-filter.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

export interface MarketContext {
  readonly path: string;
  /** The symbol asked for. */
  readonly wanted: string | undefined;
  readonly kept: KeptMarkets;
}

/** Gives the value of a column in the current row. */
export type CellOf = (column: number) => unknown;

/**
 * A row's symbol is in the column symbol; else it is that of the folder `symbol=…`; else, for the symbol asked for,
 * that of a column such as `pair` or `ticker`; else that of `marketOfFile` for all rows.
 */
export class TableMarkets {
  /** The symbol of all rows; `undefined` where columns tell it. */
  readonly constant: string | undefined;
  private readonly columns: readonly number[];
  private readonly wanted: string | undefined;
  private readonly keepers: readonly (readonly [string, number])[];

  /** @throws UnreadableFileError when nothing tells the market, or a column may and no symbol is asked for. */
  constructor({ path, wanted, kept }: MarketContext, plan: TablePlan) {
    const { fields, markets, keepers, names } = plan;
    const symbol = fields.get("symbol");
    this.wanted = wanted === undefined ? undefined : splitKey(wanted).symbol;
    this.keepers = keepers.map((column) => [names[column]!, column]);
    if (symbol !== undefined) this.columns = [symbol];
    else if (markets.length > 0 && folderSymbol(path) === undefined) this.columns = markets;
    else {
      this.columns = [];
      this.constant = marketOfFile(path, this.wanted, kept, isBarPlan(plan) ? "bars" : "ticks");
    }
    if (symbol !== undefined || this.constant !== undefined || (wanted !== undefined && markets.length > 0)) return;
    if (isBarPlan(plan) && markets.length === 0) {
      throw new UnreadableFileError(path, "got bars without a symbol, expected a name as BTC-USD_1m.csv, or --symbol");
    }
    const may = markets.map((column) => `"${names[column]}"`).join(" or ");
    const expected = may === "" ? "a column symbol, a folder symbol=BTC-USD, or" : `${may} renamed to symbol, or`;
    const what = isBarPlan(plan) ? "bars" : "ticks";
    throw new UnreadableFileError(path, `got ${what} without a column symbol, expected ${expected} --symbol`);
  }

  /** The symbol as the table has it, the one asked for before others; `undefined` where the row has none. */
  symbolOf(cellOf: CellOf): unknown {
    if (this.constant !== undefined) return this.constant;
    const { columns, wanted } = this;
    if (columns.length === 1) return cellOf(columns[0]!);
    const values = columns.map(cellOf);
    return values.find((value) => typeof value === "string" && isWanted(value.trim(), wanted)) ?? values[0];
  }

  /** What other columns say of the row's market, as `pair "BTC/USD"`; `undefined` without such columns. */
  keptOf(cellOf: CellOf): string | undefined {
    if (this.keepers.length === 0) return undefined;
    return this.keepers.map(([name, column]) => `${name} "${String(cellOf(column) ?? "").trim()}"`).join(", ");
  }

  /** The columns that are read. */
  get positions(): readonly number[] {
    return [...new Set([...this.columns, ...this.keepers.map(([, column]) => column)])];
  }
}
