// CSV recordings: the header shows whether the table holds ticks or price bars.
import type { TickField } from "../src/features/tick-fields.ts";
import { csvCells } from "./csv-cells.ts";
import { BAR_COLUMNS, RecordedBars, type TableContext } from "./recorded-bars.ts";
import type { RecordedInput, RecordedRow, RowsOfLine } from "./recorded-row.ts";
import { TableMarkets } from "./table-markets.ts";
import { type TickColumns, tickColumns } from "./tick-columns.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/**
 * Turns the lines of one CSV file into tick inputs. The first line names the columns: `timestamp_ms, open, high, low,
 * close` are bars (see `RecordedBars`), `ts` and `price` with what else a tick has are ticks (see `tickColumns`). A
 * time is a number since 1970 UTC (see `TimeColumn`) or ISO 8601.
 */
export class RecordedCsv {
  private readonly context: TableContext;
  private table: RecordedBars | TickTable | undefined;

  constructor(context: TableContext) {
    this.context = context;
  }

  /**
   * Rows of a line, none for the header; a refusal for a cut or malformed one.
   * @throws UnreadableFileError for a header that is neither, or ticks without any symbol, and what `RecordedBars`
   * throws.
   */
  rowsOfLine(line: string, place: number): RowsOfLine {
    const cells = csvCells(line);
    if (this.table !== undefined) return this.table.rowsOfCells(cells, place);
    this.table = tableOf(
      this.context,
      cells.map((cell) => cell.trim()),
    );
    return [];
  }

  /** Rows that are still held back, at the file's end: see `RecordedBars`. Throws as `rowsOfLine`. */
  rest(): readonly RecordedRow[] {
    return this.table instanceof RecordedBars ? this.table.rest() : [];
  }

  /** Length of the bars in ms; `undefined` for ticks, and before it is known. */
  get barMs(): number | undefined {
    return this.table instanceof RecordedBars ? this.table.stepMs : undefined;
  }

  get ignoredColumns(): readonly string[] {
    return this.table?.ignored ?? [];
  }
}

function tableOf(context: TableContext, names: readonly string[]): RecordedBars | TickTable {
  if (BAR_COLUMNS.every((column) => names.includes(column))) return new RecordedBars(context, names);
  const columns = tickColumns(names);
  if (columns !== undefined) return new TickTable(context, names, columns);
  const separator = names.length === 1 ? /[\t;|]/.exec(names[0]!)?.[0] : undefined;
  throw new UnreadableFileError(
    context.path,
    `got the columns "${names.join(",").slice(0, 120)}", expected bars (${BAR_COLUMNS.join(", ")}) or ticks (ts, ` +
      "symbol, price, …)" +
      (separator === undefined ? "" : `, separated by commas and not by ${JSON.stringify(separator)}`),
  );
}

class TickTable {
  readonly ignored: readonly string[];
  private readonly context: TableContext;
  private readonly width: number;
  private readonly fields: readonly (readonly [TickField, number])[];
  private readonly markets: TableMarkets;

  constructor(context: TableContext, names: readonly string[], columns: TickColumns) {
    this.context = context;
    this.width = names.length;
    this.ignored = columns.ignored;
    this.fields = [...columns.fields].filter(([field]) => field !== "symbol");
    this.markets = new TableMarkets(context, names, columns);
  }

  rowsOfCells(cells: readonly string[], place: number): RowsOfLine {
    if (cells.length !== this.width) {
      return { reason: "not_a_row", field: "row", got: `${cells.length} cells`, expected: `${this.width} cells` };
    }
    const cellOf = (column: number): string | undefined => cells[column];
    const input: RecordedInput = { symbol: this.markets.symbolOf(cellOf) };
    for (const [field, column] of this.fields) input[field] = cells[column]!.trim();
    input.ts = this.context.times.msOf(input.ts, place);
    return [{ input, place, kept: this.markets.keptOf(cellOf) }];
  }
}
