// The rows of a text, line by line or element by element, whatever form it has.
import { linesOf } from "./file-lines.ts";
import { jsonElements } from "./json-elements.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import type { TableContext } from "./recorded-bars.ts";
import { RecordedCsv } from "./recorded-csv.ts";
import { barsOfDocument, RecordedJson } from "./recorded-json.ts";
import { likelyTimeOfLine, rowsOfMessageLine } from "./recorded-messages.ts";
import { isRefusal, type RecordedBar, type RecordedRow, type RowsOfLine } from "./recorded-row.ts";
import type { RecordingTally } from "./recording-tally.ts";
import { type TextForm, textForm } from "./text-kind.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

export type AnyRow = RecordedRow | RecordedBar;

/** Told while a text is read. */
export interface TextListener {
  readonly tally: RecordingTally;
  readonly onCut: () => void;
}

/** A JSON document is read as a whole. */
const MOST_DOCUMENT_CHARS = 1 << 26;
const MESSAGES = "messages";

/** The rows of the pieces of a text, some at a time; refusals go to the tally. Throws `UnreadableFileError`. */
export async function* textRows(
  pieces: AsyncIterable<string>,
  context: TableContext,
  { tally, onCut }: TextListener,
): AsyncGenerator<readonly AnyRow[]> {
  const { path } = context;
  const { form, all } = await begun(path, pieces);
  if (form === "list") yield* listRows(jsonElements(path, all, onCut), context, tally);
  else if (form === "document") yield* listRows(documentElements(path, all), context, tally);
  else if (form === "table") yield* tableRows(linesOf(path, all), context, tally);
  else {
    tally.layout = MESSAGES;
    let place = 0;
    for await (const lines of linesOf(path, all)) {
      const rows: AnyRow[] = [];
      for (const line of lines) {
        place += 1;
        if (line !== "") take(rowsOfMessageLine(line, place, context.times), place, rows, tally);
      }
      yield rows;
    }
  }
}

/** The times of a text's rows in ms, some at a time, without reading the rows; `undefined` for a list of JSON. */
export async function textTimes(
  pieces: AsyncIterable<string>,
  context: TableContext,
): Promise<AsyncIterable<readonly number[]> | undefined> {
  const { form, all } = await begun(context.path, pieces);
  if (form === "table") {
    const table = new RecordedCsv(context);
    return timesOf((line, place) => table.timeOfLine(line, place), linesOf(context.path, all));
  }
  if (form === "messages") {
    return timesOf((line, place) => likelyTimeOfLine(line, place, context.times), linesOf(context.path, all));
  }
  await all.return(undefined);
  return undefined;
}

type TimeOfLine = (line: string, place: number) => number | undefined;

async function* timesOf(timeOf: TimeOfLine, lineGroups: AsyncIterable<string[]>): AsyncGenerator<readonly number[]> {
  let place = 0;
  for await (const lines of lineGroups) {
    const times: number[] = [];
    for (const line of lines) {
      place += 1;
      const tsMs = line === "" ? undefined : readableTime(timeOf, line, place);
      if (tsMs !== undefined) times.push(tsMs);
    }
    yield times;
  }
}

/** Whoever reads the whole row says what is wrong with it. */
function readableTime(timeOf: TimeOfLine, line: string, place: number): number | undefined {
  try {
    return timeOf(line, place);
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined;
    throw error;
  }
}

async function* tableRows(
  lineGroups: AsyncIterable<string[]>,
  context: TableContext,
  tally: RecordingTally,
): AsyncGenerator<readonly AnyRow[]> {
  const table = new RecordedCsv(context);
  let place = 0;
  for await (const lines of lineGroups) {
    const rows: AnyRow[] = [];
    for (const line of lines) {
      place += 1;
      if (line !== "") take(table.rowsOfLine(line, place), place, rows, tally);
    }
    tally.barMs = table.barMs;
    tellPlan(table.plan, context, tally);
    yield rows;
  }
  const rest = table.rest();
  tally.barMs = table.barMs;
  tally.joinedHeaders = table.joinedHeaders;
  yield rest;
}

async function* listRows(
  elementGroups: AsyncIterable<readonly (string | object)[]>,
  context: TableContext,
  tally: RecordingTally,
): AsyncGenerator<readonly AnyRow[]> {
  const list = new RecordedJson(context);
  tally.word = "row";
  let place = 0;
  for await (const elements of elementGroups) {
    const rows: AnyRow[] = [];
    for (const element of elements) {
      place += 1;
      const found = typeof element === "string" ? list.rowsOfText(element, place) : list.rowsOfElement(element, place);
      take(found, place, rows, tally);
    }
    tally.barMs = list.barMs;
    if (place > 0) tellPlan(list.plan, context, tally, MESSAGES);
    yield rows;
  }
  const rest = list.rest();
  tally.barMs = list.barMs;
  yield rest;
}

function take(found: RowsOfLine, place: number, rows: AnyRow[], tally: RecordingTally): void {
  if (isRefusal(found)) tally.refuse(found, place);
  else for (const row of found) rows.push(row);
}

/** Notes how a table is read. */
export function tellPlan(
  plan: TablePlan | undefined,
  { reading }: Pick<TableContext, "reading">,
  tally: RecordingTally,
  otherwise?: string,
): void {
  tally.layout = plan?.layout.name ?? otherwise;
  if (plan === undefined) return;
  const { stamp } = plan.layout;
  if (stamp !== undefined) tally.stamp = reading.stamp ?? (stamp === "ask" ? undefined : stamp);
  tally.note = plan.layout.note;
  tally.ignoredColumns = plan.ignored;
}

/** The form that the first piece shows, and all pieces. */
async function begun(
  path: string,
  pieces: AsyncIterable<string>,
): Promise<{ form: TextForm; all: AsyncGenerator<string> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head = "";
  let isEnded = false;
  while (!isEnded && head.trim() === "") {
    const { value, done } = await iterator.next();
    if (done === true) isEnded = true;
    else head += value;
  }
  const all = async function* (): AsyncGenerator<string> {
    try {
      yield head;
      while (!isEnded) {
        const { value, done } = await iterator.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { form: textForm(path, head), all: all() };
}

async function* documentElements(path: string, pieces: AsyncIterable<string>): AsyncGenerator<readonly object[]> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length > MOST_DOCUMENT_CHARS)
      throw new UnreadableFileError(path, "is a JSON document of more than 64 Mi characters");
  }
  let rows: readonly object[] | undefined;
  try {
    rows = barsOfDocument(JSON.parse(text));
  } catch (error) {
    throw new UnreadableFileError(path, `is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (rows === undefined) throw new UnreadableFileError(path, 'is a JSON document without a list in "bars"');
  yield rows;
}
