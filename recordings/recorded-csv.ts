// CSV recordings: the first line shows the separator and, as a header or by its shape, the layout.
import { parseTsMs } from "../src/features/tick-time.ts";
import { cellAt, csvCells } from "./csv-cells.ts";
import { isRemark, separatorOf } from "./csv-dialect.ts";
import { planOfHeader, planOfRow } from "./layouts/find-layout.ts";
import { isValue } from "./layouts/match-shape.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import { RecordedBars, type TableContext } from "./recorded-bars.ts";
import type { RecordedBar, RowsOfLine } from "./recorded-row.ts";
import { type RecordedTable, recordedTable } from "./recorded-table.ts";

/**
 * Turns the lines of one CSV file into ticks. The first line that is no remark names the columns, or is a row of a
 * layout without a header. Remarks, and headers that files brought along when they were joined, are passed over.
 */
export class RecordedCsv {
  /** How the file is read; `undefined` before its first line. */
  plan: TablePlan | undefined;
  /** Headers behind the first. */
  joinedHeaders = 0;
  private readonly context: TableContext;
  private table: RecordedTable | undefined;
  private separator = ",";
  private header: string | undefined;

  constructor(context: TableContext) {
    this.context = context;
  }

  /**
   * Rows of a line, none for a header or a remark; a refusal for a cut or malformed one.
   * @throws UnreadableFileError for a file of no known layout, and where something must be asked for.
   */
  rowsOfLine(given: string, place: number): RowsOfLine {
    const line = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given;
    if (this.table === undefined) return this.firstRow(line, place);
    if (line === this.header) {
      this.joinedHeaders += 1;
      return [];
    }
    if (line.startsWith("#") || (line.includes("://") && isRemark(line))) return [];
    if (this.table instanceof RecordedBars && !line.includes('"')) {
      const rows = this.table.rowsOfPlainLine(line, this.separator, place);
      if (rows !== undefined) return rows;
    }
    return this.table.rowsOfCells(csvCells(line, this.separator), place);
  }

  /** The time of a line's row in ms, `undefined` for a line that has none; as cheap as it can be. */
  timeOfLine(line: string, place: number): number | undefined {
    if (this.table === undefined) {
      this.rowsOfLine(line, place);
      if (this.header !== undefined || this.plan === undefined) return undefined;
    }
    const column = this.plan?.fields.get("ts") ?? 0;
    const cell = line.includes('"') ? csvCells(line, this.separator)[column] : cellAt(line, this.separator, column);
    const ms = this.context.times.msOf(cell, place);
    const known = typeof ms === "number" ? ms : parseTsMs(ms);
    return Number.isFinite(known) ? known : undefined;
  }

  private firstRow(line: string, place: number): RowsOfLine {
    if (line.trim() === "" || isRemark(line)) return [];
    this.separator = separatorOf(line);
    const cells = csvCells(line, this.separator).map((cell) => cell.trim());
    const { context } = this;
    if (cells.some(isValue)) {
      this.plan = planOfRow(context.path, cells, context.reading);
      this.table = recordedTable(context, this.plan);
      return this.table.rowsOfCells(cells, place);
    }
    this.header = line;
    this.plan = planOfHeader(context.path, cells, context.reading);
    this.table = recordedTable(context, this.plan);
    return [];
  }

  /** Rows that are still held back, at the file's end: see `RecordedBars`. Throws as `rowsOfLine`. */
  rest(): readonly RecordedBar[] {
    return this.table?.rest() ?? [];
  }

  /** Length of the bars in ms; `undefined` for ticks, and before it is known. */
  get barMs(): number | undefined {
    return this.table instanceof RecordedBars ? this.table.stepMs : undefined;
  }

  get ignoredColumns(): readonly string[] {
    return this.plan?.ignored ?? [];
  }
}
