// CSV recordings: the header shows whether the table holds ticks or price bars.
import { UnreadableFileError } from "./file-lines.ts";
import { BAR_COLUMNS, RecordedBars } from "./recorded-bars.ts";
import { type TickColumns, tickColumns } from "./tick-columns.ts";

/** What data frames write for a missing value. */
const MISSING = /^(|null|none|nan|na)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Turns the rows of one CSV file into tick inputs. The first row names the columns: `timestamp_ms, open, high, low,
 * close` are bars (see `RecordedBars`), `ts` and `price` with what else a tick has are ticks (see `tickColumns`). An
 * empty cell, `null` and `NaN` are missing. A time is ms since 1970 UTC or ISO 8601.
 */
export class RecordedCsv {
  private readonly path: string;
  private readonly wanted: string | undefined;
  private table: RecordedBars | TickTable | undefined;

  /**
   * @param path names the file in errors; its name may give the symbol and the length of bars.
   * @param wanted the symbol of ticks without a column for it, and of bars where neither column nor name tells it.
   */
  constructor(path: string, wanted?: string) {
    this.path = path;
    this.wanted = wanted;
  }

  /**
   * Inputs of `parseTick` in a row, none for the header; `"not_a_bar"` and `"not_a_row"` for a cut or malformed one.
   * @throws UnreadableFileError for a header that is neither, or ticks without any symbol, and what `RecordedBars`
   * throws.
   */
  inputsOfRow(cells: readonly string[]): readonly unknown[] | "not_a_bar" | "not_a_row" {
    if (this.table !== undefined) return this.table.inputsOfCells(cells);
    const names = cells.map((cell) => cell.trim());
    this.table = this.tableOf(names);
    return [];
  }

  /** Inputs that are still held back, at the file's end: see `RecordedBars`. Throws as `inputsOfRow`. */
  rest(): readonly unknown[] {
    return this.table instanceof RecordedBars ? this.table.rest() : [];
  }

  private tableOf(names: readonly string[]): RecordedBars | TickTable {
    if (BAR_COLUMNS.every((column) => names.includes(column))) return new RecordedBars(this.path, names, this.wanted);
    const columns = tickColumns(names);
    if (columns === undefined) {
      const shown = names.join(",").slice(0, 120);
      throw new UnreadableFileError(
        this.path,
        `got the columns "${shown}", expected bars (${BAR_COLUMNS.join(", ")}) or ticks (ts, symbol, price, …)`,
      );
    }
    if (!columns.has("symbol") && this.wanted === undefined) {
      throw new UnreadableFileError(this.path, "got ticks without a column symbol, expected one, or --symbol");
    }
    return new TickTable(names.length, columns, this.wanted);
  }
}

class TickTable {
  private readonly width: number;
  private readonly columns: TickColumns;
  private readonly symbol: string | undefined;

  constructor(width: number, columns: TickColumns, symbol: string | undefined) {
    this.width = width;
    this.columns = columns;
    this.symbol = symbol;
  }

  inputsOfCells(cells: readonly string[]): readonly unknown[] | "not_a_row" {
    if (cells.length !== this.width) return "not_a_row";
    const input: Record<string, unknown> = { symbol: this.columns.has("symbol") ? undefined : this.symbol };
    for (const [field, column] of this.columns) {
      const cell = cells[column]!.trim();
      // NA can be a symbol, so a symbol is missing only when the cell is empty.
      if (field === "symbol" ? cell !== "" : !MISSING.test(cell)) input[field] = cell;
    }
    const { ts } = input;
    if (typeof ts === "string" && NUMBER.test(ts)) input["ts"] = Number(ts);
    return [input];
  }
}
