// Lists of JSON: rows as lists or objects, whose layout the first of them shows, or messages.
import { jsonObject, type JsonObject } from "../src/markets/json-object.ts";
import { ticksOfMessage } from "../src/markets/message.ts";
import { planOfHeader, planOfRow } from "./layouts/find-layout.ts";
import { isValue } from "./layouts/match-shape.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import { RecordedBars, type TableContext } from "./recorded-bars.ts";
import { rowsOfMessage } from "./recorded-messages.ts";
import { refusedLine, type RowsOfLine } from "./recorded-row.ts";
import { type RecordedTable, recordedTable } from "./recorded-table.ts";
import type { RowRefusal } from "./recording-tally.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

const REST_ROW = "a row like the first: a list, or an object with the same keys";

/** Turns the elements of one list into ticks. */
export class RecordedJson {
  plan: TablePlan | undefined;
  private readonly context: TableContext;
  private table: RecordedTable | undefined;
  private isMessages = false;
  private keys: ReadonlySet<string> | undefined;

  constructor(context: TableContext) {
    this.context = context;
  }

  /** Rows of an element's text; a refusal for one that is no JSON or has not the form of the first. */
  rowsOfText(text: string, place: number): RowsOfLine {
    let element: unknown;
    try {
      element = JSON.parse(text);
    } catch {
      return refusedLine("not_json", "row", text, "JSON");
    }
    return this.rowsOfElement(element, place);
  }

  /** @throws UnreadableFileError for a list of no known layout, and where something must be asked for. */
  rowsOfElement(element: unknown, place: number): RowsOfLine {
    if (this.table === undefined && !this.isMessages) {
      const isHeader = this.begin(element);
      if (isHeader) return [];
    }
    if (this.isMessages) return rowsOfMessage(element, place, this.context.times);
    const cells = this.cellsOf(element);
    return "reason" in cells ? cells : this.table!.rowsOfCells(cells, place);
  }

  rest(): ReturnType<RecordedTable["rest"]> {
    return this.table?.rest() ?? [];
  }

  get barMs(): number | undefined {
    return this.table instanceof RecordedBars ? this.table.stepMs : undefined;
  }

  /** Decides the form by the first element; whether it is a header. */
  private begin(first: unknown): boolean {
    const { path, reading } = this.context;
    if (Array.isArray(first)) {
      const isHeader = first.length > 0 && !first.some(isValue);
      this.plan = isHeader ? planOfHeader(path, first.map(String), reading) : planOfRow(path, first, reading);
      this.table = recordedTable(this.context, this.plan);
      return isHeader;
    }
    const object = jsonObject(first);
    if (object === undefined) throw new UnreadableFileError(path, `holds a list of ${typeof first}, expected rows`);
    const plan = this.planOfObject(object);
    if (plan === undefined) this.isMessages = true;
    else {
      this.plan = plan;
      this.keys = new Set(plan.names);
      this.table = recordedTable(this.context, plan);
    }
    return false;
  }

  /** `undefined` for a message. */
  private planOfObject(object: JsonObject): TablePlan | undefined {
    const { path, reading } = this.context;
    try {
      return planOfHeader(path, Object.keys(object), reading);
    } catch (error) {
      if (error instanceof UnreadableFileError && ticksOfMessage(object) !== undefined) return undefined;
      throw error;
    }
  }

  private cellsOf(element: unknown): readonly unknown[] | RowRefusal {
    if (this.keys === undefined) return Array.isArray(element) ? element : this.notARow(element);
    const object = jsonObject(element);
    if (object === undefined) return this.notARow(element);
    for (const key in object) {
      if (!this.keys.has(key)) return { reason: "not_a_row", field: "row", got: `the key ${key}`, expected: REST_ROW };
    }
    return this.plan!.names.map((name) => object[name]);
  }

  private notARow(element: unknown): RowRefusal {
    return refusedLine("not_a_row", "row", JSON.stringify(element) ?? "nothing", REST_ROW);
  }
}

/**
 * The rows of a page of Alpaca's bars, `{"bars": […], "symbol": "AAPL"}` or `{"bars": {"AAPL": […]}}`, each with its
 * symbol; `undefined` for any other document.
 */
export function barsOfDocument(document: unknown): JsonObject[] | undefined {
  const page = jsonObject(document);
  if (page === undefined) return undefined;
  const { bars, symbol } = page;
  const bySymbol = jsonObject(bars);
  if (!Array.isArray(bars) && bySymbol === undefined) return undefined;
  const lists = Array.isArray(bars) ? [[symbol, bars] as const] : Object.entries(bySymbol ?? {});
  if (lists.some(([, list]) => !Array.isArray(list))) return undefined;
  return lists.flatMap(([name, list]) =>
    (list as unknown[]).map((bar) => {
      const row = jsonObject(bar) ?? {};
      return name === undefined ? row : { ...row, symbol: name };
    }),
  );
}
