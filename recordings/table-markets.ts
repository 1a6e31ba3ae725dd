// Finds the market of each row of a table, whose columns may name it in several ways.
import type { KeptMarkets } from "./kept-markets.ts";
import { marketOfFile } from "./market-of-file.ts";
import { folderSymbol } from "./recording-name.ts";
import { isWanted } from "./symbol-filter.ts";
import type { TickColumns } from "./tick-columns.ts";
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
  private readonly columns: readonly number[];
  private readonly constant: string | undefined;
  private readonly wanted: string | undefined;
  private readonly keepers: readonly (readonly [string, number])[];

  /** @throws UnreadableFileError when nothing tells the market, or a column may and no symbol is asked for. */
  constructor({ path, wanted, kept }: MarketContext, names: readonly string[], columns: TickColumns) {
    const { fields, markets, venue } = columns;
    const symbol = fields.get("symbol");
    this.wanted = wanted;
    this.keepers = [...markets, ...(venue === undefined ? [] : [venue])].map((column) => [names[column]!, column]);
    if (symbol !== undefined) this.columns = [symbol];
    else if (markets.length > 0 && folderSymbol(path) === undefined) this.columns = markets;
    else {
      this.columns = [];
      this.constant = marketOfFile(path, wanted, kept, "ticks");
    }
    if (symbol !== undefined || this.constant !== undefined || (wanted !== undefined && markets.length > 0)) return;
    const may = markets.map((column) => `"${names[column]}"`).join(" or ");
    const expected = may === "" ? "a column symbol, a folder symbol=BTC-USD, or" : `${may} renamed to symbol, or`;
    throw new UnreadableFileError(path, `got ticks without a column symbol, expected ${expected} --symbol`);
  }

  /** The symbol as the table has it, the one asked for before others; `undefined` where the row has none. */
  symbolOf(cellOf: CellOf): unknown {
    if (this.constant !== undefined) return this.constant;
    const { columns, wanted } = this;
    if (columns.length === 1) return cellOf(columns[0]!);
    const values = columns.map(cellOf);
    return values.find((value) => typeof value === "string" && isWanted(value.trim(), wanted)) ?? values[0];
  }

  /** What other columns say of the row's market, as `exchange "binance"`; `undefined` without such columns. */
  keptOf(cellOf: CellOf): string | undefined {
    if (this.keepers.length === 0) return undefined;
    return this.keepers.map(([name, column]) => `${name} "${String(cellOf(column) ?? "").trim()}"`).join(", ");
  }

  /** The columns that are read. */
  get positions(): readonly number[] {
    return [...new Set([...this.columns, ...this.keepers.map(([, column]) => column)])];
  }
}
